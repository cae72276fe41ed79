"""The same searches among few resources and among many, straight from the store: the best of some rounds.

    python benchmarks/bench_search_store.py [--few 10000] [--many 100000] [--engine sqlite] [--rounds 15]

Aim: a page of 50 under 10 ms, and with 1,000,000 resources under 1.3 times what it takes with 10,000. Both databases
are made in a temporary folder, the records loaded past the store; PostgreSQL comes from the support of the tests.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields, replace
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from acpshare.search.extraction import index_values
from acpshare.search.query import SearchQuery
from acpshare.storage import StoredResource
from acpshare.storage.checks import microseconds
from acpshare.storage.indexing import indexed_as
from acpshare.storage.keys import new_key
from acpshare.storage.sql import SqlStore, open_store, upgrade
from acpshare.storage.sql.tables import INDEX_TABLES, resource, resource_version
from tests.contract.storage.search_cases import ACTIVE, CASES, plans, records
from tests.support import databases

BATCH = 20_000
PER_PERSON = 4
PAGES: dict[str, SearchQuery] = {
    **{name: replace(query, count=query.count and 50) for name, (query, _) in CASES.items()},
    "a page of 50 that most have": plans(ACTIVE, count=50),
}


def rows_of(stored: StoredResource, key: int) -> Iterator[tuple[Table, tuple[Any, ...]]]:
    person, instant = stored.person or "", stored.last_updated
    yield resource, (person, stored.type, stored.id, 1, key, microseconds(instant), False, indexed_as(stored.type))
    yield resource_version, (person, stored.type, stored.id, 1, instant, stored.text)
    assert stored.text is not None
    for value in index_values(json.loads(stored.text), person=stored.person):
        yield INDEX_TABLES[type(value)], (*astuple(value), key)


def names(table: Table) -> list[str]:
    kinds = {index: kind for kind, index in INDEX_TABLES.items()}
    if table in kinds:
        return [*(field.name for field in fields(kinds[table])), "key"]
    first = ["person", "type", "id", "version_id"]
    return (
        [*first, "key", "last_updated", "deleted", "indexed_as"]
        if table is resource
        else [*first, "last_updated", "text"]
    )


def load(url: str, resources: int) -> None:
    people = records(resources // PER_PERSON)
    begun = time.perf_counter()
    connection: Any
    with contextlib.ExitStack() as stack:
        if url.startswith("sqlite"):
            connection = stack.enter_context(contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))))
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA cache_size = -400000")
        else:
            connection = stack.enter_context(psycopg.connect(url.replace("+psycopg", "")))
        while some := list(islice(people, BATCH)):
            rows: defaultdict[Table, list[tuple[Any, ...]]] = defaultdict(list)
            for each in some:
                for table, row in rows_of(each, new_key()):
                    rows[table].append(row)
            for table, of_table in rows.items():
                put(connection, table, of_table)
            connection.commit()
        connection.execute("ANALYZE")
        connection.commit()
    print(f"  {resources} resources loaded in {time.perf_counter() - begun:.0f} s", flush=True)


def put(connection: Any, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    columns = ", ".join(f'"{name}"' for name in names(table))
    if isinstance(connection, sqlite3.Connection):
        if table is resource_version:
            rows = [(*row[:4], row[4].replace(tzinfo=None).isoformat(" ", "microseconds"), row[5]) for row in rows]
        connection.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
        return
    with connection.cursor().copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


@contextlib.contextmanager
def two_databases(engine: str) -> Iterator[tuple[str, str]]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if engine == "sqlite":
            yield f"sqlite:///{folder}/few.db", f"sqlite:///{folder}/many.db"
            return
        server = databases.PostgreSQL(stack.enter_context(databases._server()), "")  # noqa: SLF001
        yield server.database(template=None), server.database(template=None)


def once(store: SqlStore, query: SearchQuery) -> float:
    begun = time.perf_counter()
    store.search(query)
    return (time.perf_counter() - begun) * 1e6


def measure(few: SqlStore, many: SqlStore, rounds: int) -> None:
    print(f"{'':56}{'few':>10} {'many':>10}  ratio")
    ratios: list[float] = []
    for name, query in PAGES.items():
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(rounds + 5):
            for store, own in zip((few, many), times, strict=True):
                own.append(once(store, query)) if turn >= 5 else once(store, query)
        one, two = (min(own) for own in times)
        ratios.append(two / one)
        print(
            f"{name:56}{one:8.0f} us {two:8.0f} us  {two / one:.2f}{'  <-' if two / one >= 1.3 or two > 10_000 else ''}"
        )
    print(f"ratio: median {statistics.median(ratios):.2f}, worst {max(ratios):.2f} (aim: under 1.3)")


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--few", type=int, default=10_000)
    arguments.add_argument("--many", type=int, default=100_000)
    arguments.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    arguments.add_argument("--rounds", type=int, default=15)
    options = arguments.parse_args()
    with two_databases(options.engine) as urls:
        stores: list[SqlStore] = []
        for url, resources in zip(urls, (options.few, options.many), strict=True):
            upgrade(url)
            load(url, resources)
            stores.append(open_store(url, search_seconds=60))
        measure(stores[0], stores[1], options.rounds)
        for store in stores:
            store.close()


if __name__ == "__main__":
    main()
