"""Storing a resource of 6 KB with its index rows and history, beside a bare insert of as many bytes in the same engine.

    python benchmarks/bench_write.py [--number 500] [--before 2000] [--postgresql URL]

Aimed at is processor time of this process: under 0.7 ms a create, of the 1.5 ms that the whole request may take.
"""

from __future__ import annotations

import argparse
import gc
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from acpshare.storage import Store, StoredResource
from acpshare.storage.indexing import values_of
from acpshare.storage.sql import open_store, upgrade

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ACTIVITIES = 18


def care_plan(number: int, version: int = 1, status: str = "active") -> StoredResource:
    """As records systems send one: subject, period, categories, authors, and activities with their codes."""
    snomed = "http://snomed.info/sct"
    activity = [
        {
            "detail": {
                "kind": "ServiceRequest",
                "code": {"coding": [{"system": snomed, "code": f"{place}", "display": "An activity of a care plan"}]},
                "status": "scheduled",
                "scheduledPeriod": {"start": "2026-01-01", "end": "2027-01-01"},
                "performer": [{"reference": f"Practitioner/p{place % 3}"}],
            }
        }
        for place in range(ACTIVITIES)
    ]  # fmt: skip
    text = {
        "resourceType": "CarePlan",
        "id": f"c{number}",
        "meta": {"versionId": str(version), "lastUpdated": NOW.isoformat(), "profile": ["https://acpshare.example/p"]},
        "identifier": [{"system": "urn:example:plan", "value": f"plan-{number}"}],
        "status": status,
        "intent": "plan",
        "category": [{"coding": [{"system": snomed, "code": "735324008"}], "text": "Treatment escalation plan"}],
        "subject": {"reference": f"Patient/{number}"},
        "period": {"start": "2026-01-01", "end": "2027-01-01"},
        "author": {"reference": "Practitioner/p1"},
        "goal": [{"reference": f"Goal/{number}"}],
        "activity": activity,
    }
    at = NOW + timedelta(seconds=number + version)
    return StoredResource("CarePlan", f"c{number}", version, at, json.dumps(text).encode(), f"p{number % 1000}")


def timed(work: Callable[[int], object], numbers: range) -> tuple[list[float], list[float]]:
    """Wall and processor milliseconds of each."""
    gc.collect()
    wall, processor = [], []
    for number in numbers:
        started, spent = time.perf_counter(), time.process_time()
        work(number)
        processor.append((time.process_time() - spent) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
    return wall, processor


def show(what: str, times: tuple[list[float], list[float]]) -> None:
    wall, processor = (statistics.median(each) for each in times)
    p95 = statistics.quantiles(times[0], n=20)[-1]
    print(f"{what:52} median {wall:6.2f} ms   95 % {p95:6.2f} ms   processor {processor:6.2f} ms")


def measure(name: str, store: Store, bare: Callable[[int], object], number: int, before: int) -> None:
    with store.write() as writing:
        writing.put_new([care_plan(-1 - place) for place in range(before)])

    def put(place: int) -> None:
        with store.write() as writing:
            writing.put(care_plan(place))

    def update(place: int) -> None:
        with store.write() as writing:
            writing.put(replace(care_plan(place, 2, "completed")))

    made = [care_plan(place) for place in range(50)]
    show(f"{name}: bare insert and commit", timed(bare, range(number)))
    timed(put, range(number, number + 50))
    show(f"{name}: create, {before} before it", timed(put, range(number)))
    show(f"{name}: update, one value changed", timed(update, range(number)))
    show("making the text (part of both)", timed(care_plan, range(number)))
    show("its index values", timed(lambda place: values_of(made[place % 50], ""), range(number)))
    print(f"{len(made[0].text or b'')} bytes, {len(values_of(made[0], ''))} index rows")


def sqlite(number: int, before: int) -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        url = f"sqlite:///{folder}/bench.db"
        upgrade(url)
        with closing(sqlite3.connect(f"{folder}/bare.db", isolation_level=None)) as connection:
            for pragma in ("journal_mode = WAL", "synchronous = FULL"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, text BLOB)")

            def bare(place: int) -> None:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO kept (text) VALUES (?)", (care_plan(place).text,))
                connection.execute("COMMIT")

            with closing(open_store(url)) as store:
                measure("SQLite", store, bare, number, before)


def postgresql(url: str, number: int, before: int) -> None:
    upgrade(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id SERIAL PRIMARY KEY, text BYTEA)")

        def bare(place: int) -> None:
            with connection.transaction():
                connection.execute("INSERT INTO kept (text) VALUES (%s)", (care_plan(place).text,))

        with closing(open_store(url)) as store:
            measure("PostgreSQL", store, bare, number, before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=500)
    parser.add_argument("--before", type=int, default=2000, help="resources that are there already")
    parser.add_argument("--postgresql", help="the URL of an empty PostgreSQL database, to measure it too")
    given = parser.parse_args()
    sqlite(given.number, given.before)
    if given.postgresql:
        postgresql(given.postgresql, given.number, given.before)


if __name__ == "__main__":
    main()
