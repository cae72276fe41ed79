"""Erasing one person's records leaves nothing of them, and nothing else is touched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, inspect, text

from acpshare.storage import Remembered, Store, StoredResource, faults
from acpshare.storage.sql import open_store
from acpshare.storage.sql.engine import database_url as driver_url
from tests.contract.storage.rows import ANN, BOB, NHS, NOW, a_plan, care_plan, record

SURNAME = "Zyxwvut"


def _record_ann(store: Store) -> None:
    patient = b'{"resourceType":"Patient","id":"ann","name":[{"family":"%s"}]}' % SURNAME.encode()
    with store.write() as writing:
        record(writing)
        writing.put(StoredResource("Patient", "ann", 2, NOW + timedelta(seconds=1), patient, "ann"))
        writing.put(care_plan(version_id=2, text=b'{"resourceType":"CarePlan","subject":{"reference":"Patient/ann"}}'))
        writing.put_plan(a_plan(version_id=2))
        writing.remember(Remembered("ann's form", b"digest", NOW, b"{}", "ann"))


def test_nothing_of_the_person_is_left_and_others_keep_everything(store: Store) -> None:
    _record_ann(store)
    with store.write() as writing:
        record(writing, "bob", BOB, "plan-2")
        writing.put_identifier("bob", NHS, "old number", replaced_by=ANN)  # that of a duplicate record
    with store.write() as writing:
        gone = writing.erase("ann")
        assert writing.resource("Patient", "ann") is None
    assert gone["resource"] == 2
    assert gone["resource_version"] == 4
    assert gone["plan"] == 2
    assert (gone["current_view"], gone["identifier"], gone["idempotency"]) == (1, 1, 1)
    with store.read() as reading:
        assert reading.resource("Patient", "ann") is None
        assert list(reading.history("CarePlan", "plan-1")) == []
        assert list(reading.resources_of("ann")) == []
        assert {row.person for row in reading.history_of()} == {"bob"}
        assert list(reading.plans_of("ann")) == []
        assert reading.current_view(NHS, ANN) is None
        assert reading.person_by_identifier(NHS, ANN) is None
        assert reading.idempotency("ann's form") is None
        assert reading.resource("Patient", "bob") is not None
        assert reading.current_view(NHS, BOB) is not None
        led = reading.person_by_identifier(NHS, "old number")
        assert led is not None
        assert (led.person, led.replaced_by) == ("bob", None)
        assert reading.counts().audit_events == 2  # they name nobody
        assert list(faults(reading.audit(), reading.audit_head())) == []


def test_no_table_holds_anything_of_the_person(database_url: str) -> None:
    """Every row of every table is looked through, so that a table made later is not forgotten."""
    store = open_store(database_url)
    _record_ann(store)
    assert _holding(database_url, ANN, SURNAME.casefold(), "Patient/ann", "ann") >= {
        "resource",
        "index_string",
        "identifier",
    }
    with store.write() as writing:
        writing.erase("ann")
    store.close()
    assert _holding(database_url, ANN, SURNAME.casefold(), "Patient/ann") == set()
    assert _holding(database_url, "ann") == {"audit_event", "outbox"}


def _holding(url: str, *words: str) -> set[str]:
    engine = create_engine(driver_url(url))
    found = set()
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608 - names of our own
                cells = [_words(cell) for cell in row]
                if any(word == cell or (len(word) > 3 and word in cell) for word in words for cell in cells):
                    found.add(table)
    engine.dispose()
    return found


def _words(cell: object) -> str:
    return (cell.decode(errors="replace") if isinstance(cell, bytes) else str(cell)).casefold()


@pytest.mark.parametrize("person", ["nobody", "", "a\0b"])
def test_there_is_nothing_to_erase_of_nobody(store: Store, person: str) -> None:
    """What lies in nobody's compartment is not somebody's."""
    with store.write() as writing:
        record(writing)
        writing.put(StoredResource("Questionnaire", "q", 1, NOW, b'{"resourceType":"Questionnaire"}'))
        before = writing.counts()
        assert sum(writing.erase(person).values()) == 0
        assert writing.counts() == before


def test_a_number_that_was_erased_can_be_given_to_a_new_record(store: Store) -> None:
    _record_ann(store)
    with store.write() as writing:
        writing.erase("ann")
    with store.write() as writing:
        record(writing, "ann-again", ANN, "plan-3")
    with store.read() as reading:
        view = reading.current_view(NHS, ANN)
        assert view is not None
        assert view.person == "ann-again"
