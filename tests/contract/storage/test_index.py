"""Index rows follow the current version in its own transaction: made, changed as far as they differ, and gone with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text

from acpshare.storage import StoredResource
from acpshare.storage.sql import SqlStore, open_store
from acpshare.storage.sql.engine import database_url as driver_url
from tests.contract.storage.rows import NOW
from tests.contract.storage.test_reindex import HERE, TABLES, checked, patient


@pytest.fixture
def opened(database_url: str) -> Iterator[SqlStore]:
    store = open_store(database_url, base_url=HERE)
    yield store
    store.close()


def folded(url: str) -> list[str]:
    return [str(value) for value in column(url, "SELECT folded FROM index_string ORDER BY folded")]


def column(url: str, statement: str) -> list[object]:
    engine = create_engine(driver_url(url))
    with engine.connect() as connection:
        found = list(connection.execute(text(statement)).scalars())
    engine.dispose()
    return found


def test_a_version_has_the_rows_of_its_own_values_and_a_deletion_has_none(opened: SqlStore, database_url: str) -> None:
    with opened.write() as writing:
        writing.put(patient(1))
    assert "original1" in folded(database_url)
    with opened.write() as writing:
        writing.put(patient(1, 2, "Changed"))
    assert {"changed1", "original1"} & set(folded(database_url)) == {"changed1"}
    assert column(database_url, "SELECT type || '/' || id FROM index_reference") == ["Organization/o1"]
    with opened.write() as writing:
        writing.delete("Patient", "p1", 3, NOW)
    assert all(rows == 0 for rows in opened.index.rows().values())
    with opened.write() as writing:
        writing.put(patient(1, 4, "Back"))
    assert "back1" in folded(database_url)
    assert checked(opened.index).is_true


def test_what_is_undone_leaves_no_rows(opened: SqlStore) -> None:
    with pytest.raises(KeyboardInterrupt), opened.write() as writing:  # noqa: PT012 - what came before it is the test
        writing.put(patient(1))
        writing.history("Patient", "p1")  # everything is written that is to be written
        raise KeyboardInterrupt
    assert set(opened.index.rows().values()) == {0}


def test_a_resource_that_changes_often_in_one_write_is_indexed_as_it_ends(opened: SqlStore, database_url: str) -> None:
    with opened.write() as writing:
        writing.put(patient(1))
        writing.put(patient(1, 2, "Second"))
        writing.put(patient(2))
        assert writing.resource("Patient", "p1") is not None  # a reading, after which the rest goes in
        writing.put(patient(1, 3, "Third"))
        writing.put(patient(1, 4, "Fourth"))
        writing.delete("Patient", "p2", 2, NOW)
    assert {"second1", "third1", "fourth1", "original2"} & set(folded(database_url)) == {"fourth1"}
    assert checked(opened.index).is_true


def test_a_resource_keeps_its_number_whatever_becomes_of_it(opened: SqlStore, database_url: str) -> None:
    """Also when it is given to another person, or comes back after a deletion."""
    with opened.write() as writing:
        writing.put(patient(1))
    number = column(database_url, "SELECT key FROM resource")
    with opened.write() as writing:
        writing.put(replace(patient(1, 2, "Moved"), person="another"))
        writing.delete("Patient", "p1", 3, NOW)
        writing.put(patient(1, 4))
    assert column(database_url, "SELECT key FROM resource") == number
    assert checked(opened.index).is_true
    with opened.read() as reading:
        assert {row.person for row in reading.history("Patient", "p1")} == {"p1"}


def test_many_updates_in_one_write_are_indexed(opened: SqlStore) -> None:
    """More than one statement of an engine may have values."""
    with opened.write() as writing:
        writing.put_new([patient(number) for number in range(1200)])
    with opened.write() as writing:
        for number in range(1200):
            writing.put(patient(number, 2, "Changed"))
    assert checked(opened.index).is_true
    assert opened.index.rows()["index_string"] >= 1200


RESTRICTED = (
    '{"resourceType":"Patient","id":"p1","meta":{"security":[{"system":'
    '"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]},"name":[{"family":"Original"}],'
    '"address":[{"city":"Whereabouts","postalCode":"ZZ99 3VZ"}]}'
)


def test_where_a_restricted_person_is_cannot_be_found(opened: SqlStore, database_url: str) -> None:
    with opened.write() as writing:
        writing.put(StoredResource("Patient", "p1", 1, NOW, RESTRICTED.encode(), "p1"))
    found = folded(database_url)
    assert "original" in found
    assert not [value for value in found if "whereabouts" in value or "zz99" in value]
    open_again = RESTRICTED.replace('"code":"R"', '"code":"N"')
    with opened.write() as writing:
        writing.put(StoredResource("Patient", "p1", 2, NOW, open_again.encode(), "p1"))
    assert "whereabouts" in folded(database_url)


def test_what_is_no_resource_is_kept_and_found_by_its_id_only(opened: SqlStore) -> None:
    with opened.write() as writing:
        writing.put(StoredResource("Patient", "odd", 1, NOW, b"[1]", None))
        writing.put(StoredResource("Unknown", "odd", 1, NOW, b'{"resourceType":"Unknown","status":"x"}', None))
    assert opened.index.rows() == dict.fromkeys(sorted(TABLES), 0) | dict.fromkeys(TABLES, 0)
    assert opened.index.outstanding() == {}
    assert checked(opened.index).is_true
