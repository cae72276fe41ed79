"""The store against the same work done by hand: recording a plan, and the current view by NHS number.

    python benchmarks/bench_storage.py [--number 300] [--people 5000] [--postgresql URL]

The baseline is the bare driver (sqlite3, psycopg) with the same rows, in the same tables, with the same durability.
"""

from __future__ import annotations

import argparse
import gc
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

from acpshare.plan.values import FhirDate
from acpshare.storage import CurrentView, PlanRow, Remembered, Store, StoredResource
from acpshare.storage.sql import open_store, upgrade

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NHS = "https://fhir.nhs.uk/Id/nhs-number"
TYPES = (
    "Patient",
    "QuestionnaireResponse",
    "CarePlan",
    "Consent",
    "Consent",
    "Flag",
    "Provenance",
    "DocumentReference",
)
TEXT = b'{"resourceType":"Any","text":"' + b"x" * 2000 + b'"}'
PLAN = b'{"p":"' + b"x" * 3000 + b'"}'
VIEW, BUNDLE = b'{"v":"' + b"x" * 2000 + b'"}', b'{"b":"' + b"x" * 12000 + b'"}'


def record(store: Store, person: str) -> None:
    with store.write() as writing:
        for place, type in enumerate(TYPES):
            writing.put(StoredResource(type, f"{person}-{place}", 1, NOW, TEXT, person))
        writing.put_identifier(person, NHS, person)
        writing.put_plan(
            PlanRow(person, f"{person}-2", 1, PLAN, "respect-v3", "respect", NOW, decision_date=FhirDate("2026-03-01"))
        )
        writing.put_current_view(CurrentView(person, VIEW, BUNDLE, date(2027, 3, 1)))
        writing.append_audit(TEXT, person, NOW)
        writing.append_outbox("plan-recorded", b'{"id":"e"}', person, NOW)
        writing.remember(Remembered(person, b"digest", NOW, b"result"))


BY_HAND = {
    "resource": "INSERT INTO resource (person, type, id, version_id) VALUES (?, ?, ?, 1)",
    "resource_version": (
        "INSERT INTO resource_version (person, type, id, version_id, last_updated, text) VALUES (?, ?, ?, 1, ?, ?)"
    ),
    "identifier": "INSERT INTO identifier (system, value, person) VALUES (?, ?, ?)",
    "plan": (
        "INSERT INTO plan (person, plan_id, version_id, state, form, family, decision_date, decision_day, recorded_at,"
        " plan) VALUES (?, ?, 1, 'current', 'respect-v3', 'respect', '2026-03-01', '2026-03-01', ?, ?)"
    ),
    "current_view": "INSERT INTO current_view (person, changes_on, view, bundle) VALUES (?, '2027-03-01', ?, ?)",
    "audit_event": "INSERT INTO audit_event (sequence, recorded, person, text, hash) VALUES (?, ?, ?, ?, ?)",
    "outbox": "INSERT INTO outbox (sequence, recorded, person, kind, text) VALUES (?, ?, ?, 'plan-recorded', ?)",
    "idempotency": "INSERT INTO idempotency (key, digest, recorded, result) VALUES (?, ?, ?, ?)",
    "log_head": "UPDATE log_head SET sequence = ?",
}
VIEW_BY_HAND = (
    "SELECT v.person, v.view, v.bundle, v.changes_on, i.replaced_by FROM identifier i"
    " LEFT JOIN identifier n ON n.system = i.system AND n.value = i.replaced_by"
    " JOIN current_view v ON v.person = coalesce(n.person, i.person) WHERE i.system = ? AND i.value = ?"
)


def record_by_hand(execute: Callable[[str, tuple[object, ...]], object], person: str, sequence: int) -> None:
    at = str(NOW)
    for place, type in enumerate(TYPES):
        execute(BY_HAND["resource"], (person, type, f"{person}-{place}"))
        execute(BY_HAND["resource_version"], (person, type, f"{person}-{place}", at, TEXT))
    execute(BY_HAND["identifier"], (NHS, person, person))
    execute(BY_HAND["plan"], (person, f"{person}-2", at, PLAN))
    execute(BY_HAND["current_view"], (person, VIEW, BUNDLE))
    execute(BY_HAND["audit_event"], (sequence, at, person, TEXT, b"h" * 32))
    execute(BY_HAND["outbox"], (sequence, at, person, b'{"id":"e"}'))
    execute(BY_HAND["idempotency"], (person, b"digest", at, b"result"))
    execute(BY_HAND["log_head"], (sequence,))


def timed(work: Callable[[int], object], number: int) -> tuple[float, float]:
    """Median and 95th percentile, in microseconds, after a tenth of the runs to warm up."""
    for place in range(max(1, number // 10)):
        work(-1 - place)
    gc.collect()
    times = []
    for place in range(number):
        start = time.perf_counter()
        work(place)
        times.append((time.perf_counter() - start) * 1e6)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def show(what: str, ours: tuple[float, float], baseline: tuple[float, float]) -> None:
    print(
        f"{what:<44} store {ours[0]:8.0f} us (p95 {ours[1]:8.0f})"
        f"   by hand {baseline[0]:8.0f} us (p95 {baseline[1]:8.0f})   {ours[0] / baseline[0]:.2f} x"
    )


def measure(
    name: str, url: str, by_hand: tuple[Callable[[int], object], Callable[[int], object]], number: int, people: int
) -> None:
    store = open_store(url)
    recording = timed(lambda place: record(store, f"store-{place}"), number)
    show(f"{name}: record a plan (8 resources of 2 KB)", recording, timed(by_hand[0], number))
    with store.write() as writing:
        for place in range(people):
            writing.put_identifier(f"person-{place}", NHS, f"number-{place}")
            writing.put_current_view(CurrentView(f"person-{place}", VIEW, BUNDLE, date(2027, 3, 1)))
    found = timed(lambda place: store.current_view(NHS, f"number-{place * 7919 % people}"), number * 20)
    show(f"{name}: current view, {people} people, 14 KB", found, timed(by_hand[1], number * 20))

    def snapshot(place: int) -> None:
        with store.read() as reading:
            reading.resource("CarePlan", f"store-{place % number}-2")

    read = timed(snapshot, number * 10)
    print(f"{name}: read a resource in a snapshot            store {read[0]:8.0f} us (p95 {read[1]:8.0f})")
    store.close()


def sqlite(number: int, people: int) -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        url = f"sqlite:///{folder}/bench.db"
        upgrade(url)
        connection = sqlite3.connect(f"{folder}/bench.db", isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")

        def by_hand(place: int) -> None:
            connection.execute("BEGIN IMMEDIATE")
            record_by_hand(connection.execute, f"hand-{place}", 10**9 + place)
            connection.execute("COMMIT")

        def view(place: int) -> None:
            connection.execute(VIEW_BY_HAND, (NHS, f"number-{place * 7919 % people}")).fetchone()

        measure("SQLite", url, (by_hand, view), number, people)
        connection.close()


def postgresql(url: str, number: int, people: int) -> None:
    upgrade(url)
    connection = psycopg.connect(url, autocommit=True)

    def by_hand(place: int) -> None:
        with connection.transaction():
            record_by_hand(
                lambda statement, row: connection.execute(statement.replace("?", "%s").encode(), row),
                f"hand-{place}",
                10**9 + place,
            )

    def view(place: int) -> None:
        connection.execute(VIEW_BY_HAND.replace("?", "%s"), (NHS, f"number-{place * 7919 % people}")).fetchone()

    measure("PostgreSQL", url, (by_hand, view), number, people)
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=300, help="plans to record")
    parser.add_argument("--people", type=int, default=5000, help="people with a current view")
    parser.add_argument("--postgresql", help="the URL of an empty PostgreSQL database, to measure it too")
    given = parser.parse_args()
    sqlite(given.number, given.people)
    if given.postgresql:
        postgresql(given.postgresql, given.number, given.people)


if __name__ == "__main__":
    main()
