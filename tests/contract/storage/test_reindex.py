"""The search index made anew: beside traffic, taken up again after a kill, and its counts are true."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from acpshare.storage import StoredResource
from acpshare.storage.sql import SqlStore, downgrade, open_store, schema_version, upgrade
from acpshare.storage.sql.engine import database_url as driver_url
from acpshare.storage.sql.reindex import Checked, SearchIndex
from tests.contract.storage.rows import NOW

PEOPLE = 120
TABLES = ("index_token", "index_string", "index_date", "index_reference", "index_quantity", "index_uri")
HERE = "https://acp.example/fhir/R4"


def patient(number: int, version_id: int = 1, family: str = "Original") -> StoredResource:
    body = (
        f'{{"resourceType":"Patient","id":"p{number}","active":true,"birthDate":"1950-01-{number % 28 + 1:02}",'
        f'"name":[{{"family":"{family}{number}"}}],"generalPractitioner":[{{"reference":"{HERE}/Organization/o{number}"}}]}}'
    )
    return StoredResource(
        "Patient", f"p{number}", version_id, NOW + timedelta(seconds=version_id), body.encode(), f"p{number}"
    )


@pytest.fixture
def full(database_url: str) -> Iterator[SqlStore]:
    """Patients, two of them deleted, whose index is true."""
    store = open_store(database_url, base_url=HERE, connections=25)
    with store.write() as writing:
        writing.put_new([patient(number) for number in range(PEOPLE)])
        for number in (3, 4):
            writing.delete("Patient", f"p{number}", 2, NOW)
    yield store
    store.close()


def execute(url: str, *statements: str) -> None:
    engine = create_engine(driver_url(url))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def as_before_search(url: str) -> None:
    """As an upgrade from a version that had no search leaves it."""
    execute(url, "UPDATE resource SET indexed_as = NULL", *(f"DELETE FROM {table}" for table in TABLES))  # noqa: S608


def checked(index: SearchIndex) -> Checked:
    *_, last = index.check()
    return last


def test_what_was_stored_before_search_is_indexed_as_if_it_were_written_now(full: SqlStore, database_url: str) -> None:
    before = full.index.rows()
    assert min(before[table] for table in TABLES[:4]) >= PEOPLE - 2
    assert checked(full.index).is_true
    as_before_search(database_url)
    assert full.index.outstanding() == {"Patient": PEOPLE - 2}
    assert checked(full.index).missing == {table: rows for table, rows in before.items() if rows}
    assert list(full.index.reindex())[-1] == (PEOPLE - 2, PEOPLE - 2)
    assert full.index.rows() == before
    assert full.index.outstanding() == {}
    assert checked(full.index) == Checked(resources=PEOPLE - 2)
    assert list(full.index.reindex()) == [(0, 0)]


def test_rows_of_other_search_parameters_go(full: SqlStore, database_url: str) -> None:
    """A parameter that is no more leaves nothing behind, and what an older version wrote is written again."""
    before = full.index.rows()
    execute(
        database_url,
        "UPDATE resource SET indexed_as = 1 WHERE id <> 'p5'",
        "INSERT INTO index_uri (parameter, uri, key) SELECT 7, 'urn:old', key FROM resource WHERE NOT deleted",
        "UPDATE index_string SET folded = 'other'",
    )
    list(full.index.reindex(["Patient"]))
    wrong = checked(full.index)
    assert (wrong.differing, wrong.surplus["index_uri"]) == (1, 1)  # p5 says that it is indexed
    list(full.index.reindex_all())
    assert checked(full.index).is_true
    assert full.index.rows() == before


def test_rows_of_no_resource_are_found_and_go(full: SqlStore, database_url: str) -> None:
    execute(
        database_url,
        "INSERT INTO index_uri (parameter, uri, key) VALUES (7, 'urn:nobody', 12)",
        "INSERT INTO index_uri (parameter, uri, key) SELECT 7, 'urn:deleted', key FROM resource WHERE deleted",
    )
    found = checked(full.index)
    assert (found.is_true, found.surplus["index_uri"]) == (False, 3)
    list(full.index.reindex_all())
    assert checked(full.index).is_true


def test_another_base_url_is_another_index(full: SqlStore, database_url: str) -> None:
    elsewhere = open_store(database_url, base_url="https://moved.example/fhir")
    assert checked(elsewhere.index).missing == {"index_reference": PEOPLE - 2}
    list(elsewhere.index.reindex_all())
    assert checked(elsewhere.index).is_true
    elsewhere.close()


KILLED = """
import sys
from acpshare.storage.sql import open_store
store = open_store(sys.argv[1], base_url=sys.argv[2])
for done, of in store.index.reindex():
    print(done, of, flush=True)
    if done:
        sys.stdin.readline()
"""


def test_it_is_taken_up_where_a_kill_stopped_it(full: SqlStore, database_url: str) -> None:
    as_before_search(database_url)
    command = [sys.executable, "-c", KILLED, database_url, HERE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"0 {PEOPLE - 2}\n"
        assert process.stdout.readline() == f"50 {PEOPLE - 2}\n"
        os.kill(process.pid, signal.SIGKILL)
    assert full.index.outstanding() == {"Patient": PEOPLE - 2 - 50}
    half = checked(full.index)
    assert half.differing == PEOPLE - 2 - 50  # what is done is done whole
    assert next(iter(full.index.reindex())) == (0, PEOPLE - 2 - 50)
    list(full.index.reindex())
    assert checked(full.index).is_true


def test_beside_traffic_nobody_waits_long_and_no_newer_version_loses_its_rows(
    full: SqlStore, database_url: str
) -> None:
    as_before_search(database_url)
    ended, waits, versions = Event(), [0.0], dict.fromkeys(range(10, 30), 1)

    def traffic() -> None:
        other = open_store(database_url, base_url=HERE)
        while not ended.is_set():
            for number in versions:
                versions[number] += 1
                started = time.perf_counter()
                with other.write() as writing:
                    writing.put(patient(number, versions[number], "Changed"))
                waits.append(time.perf_counter() - started)
        other.close()

    writer = Thread(target=traffic)
    writer.start()
    try:
        for _ in range(3):
            list(full.index.reindex_all())
    finally:
        ended.set()
        writer.join()
    list(full.index.reindex())
    assert checked(full.index).is_true
    assert max(waits) < 5
    with full.read() as reading:
        assert all(len(reading.history("Patient", f"p{number}")) == last for number, last in versions.items())


def test_a_resource_that_somebody_is_changing_is_passed_over_and_done_in_the_end(
    full: SqlStore, database_url: str, postgresql: object
) -> None:
    """On PostgreSQL the others are done meanwhile; on SQLite everybody has a turn."""
    del postgresql
    as_before_search(database_url)
    if database_url.startswith("sqlite"):
        list(full.index.reindex())
        assert checked(full.index).is_true
        return
    steps = full.index.reindex()
    with full.write() as writing:
        writing.put(patient(7, 2, "Changed"))
        progress = [next(steps) for _ in range(4)]
    assert progress[-1] == (PEOPLE - 3, PEOPLE - 2)
    list(steps)
    assert full.index.outstanding() == {}
    assert checked(full.index).is_true


OLD: dict[str, tuple[tuple[Any, ...], ...]] = {
    "resource": (
        ("person", "type", "id", "version_id"),
        ("p1", "Patient", "p1", 2),
        ("", "Organization", "o1", 1),
        ("p1", "Flag", "f1", 2),
        ("p1", "Consent", "c1", 1),
    ),
    "resource_version": (
        ("person", "type", "id", "version_id", "last_updated", "text"),
        ("p1", "Patient", "p1", 1, "2026-11-22 09:30:00.000001", patient(1).text),
        ("p1", "Patient", "p1", 2, "2026-11-22 09:31:00.000002", patient(1).text),
        ("", "Organization", "o1", 1, "2026-11-22 09:30:00.500000", b'{"resourceType":"Organization","name":"One"}'),
        ("p1", "Flag", "f1", 1, "2026-11-22 09:29:00.000000", b'{"resourceType":"Flag"}'),
        ("p1", "Flag", "f1", 2, "2026-11-22 09:40:00.000000", None),
        ("p1", "Consent", "c1", 1, "2026-11-22 10:00:00.000000", b'{"resourceType":"Consent"}'),
    ),
    "idempotency": (
        ("key", "digest", "recorded", "result"),
        ("of another", b"d", "2026-11-22 10:00:00.000000", b'{"id": "elsewhere", "plan": null}'),
        ("of c1", b"d", "2026-11-22 10:00:00.000000", b'{"id": "c1", "plan": null}'),
    ),
}


def as_the_first_revision_stored_it(engine: Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        for table, (columns, *rows) in OLD.items():
            names = ", ".join(columns)
            places = ", ".join(f":{column}" for column in columns)
            for row in rows:
                statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - names of our own
                connection.execute(text(statement), dict(zip(columns, row, strict=True)))


def test_an_upgrade_numbers_what_is_there_in_its_order_and_reindex_finds_it(empty_database_url: str) -> None:
    upgrade(empty_database_url, "0001")
    engine = create_engine(driver_url(empty_database_url))
    as_the_first_revision_stored_it(engine)
    upgrade(empty_database_url)
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT id, last_updated, deleted, indexed_as FROM resource ORDER BY key")
        ).all()
        answers = connection.execute(text("SELECT key, person FROM idempotency ORDER BY key")).all()
    engine.dispose()
    half_past_nine = int(NOW.replace(microsecond=0).timestamp()) * 1_000_000
    assert [(row.id, row.last_updated - half_past_nine, bool(row.deleted)) for row in found] == [
        ("f1", 600_000_000, True),
        ("p1", 60_000_002, False),
        ("o1", 500_000, False),
        ("c1", 1_800_000_000, False),
    ]
    assert {row.indexed_as for row in found} == {None}
    assert [tuple(row) for row in answers] == [("of another", None), ("of c1", "p1")]
    store = open_store(empty_database_url, base_url=HERE)
    assert store.index.outstanding() == {"Patient": 1, "Organization": 1, "Consent": 1}
    list(store.index.reindex())
    assert checked(store.index).is_true
    with store.write() as writing:
        writing.put(StoredResource("Patient", "new", 1, NOW, b'{"resourceType":"Patient"}', "new"))
        writing.put(StoredResource("Flag", "f1", 3, NOW, b'{"resourceType":"Flag"}', "p1"))
    with store.read() as reading:
        assert [row.version_id for row in reading.history("Flag", "f1")] == [3, 2, 1]
    store.close()
    downgrade(empty_database_url, "0001")
    assert schema_version(empty_database_url) == "0001"
