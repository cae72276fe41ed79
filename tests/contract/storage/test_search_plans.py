"""No search goes through a table, and none takes more work the more there is: counted, not timed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from acpshare.search.query import SearchQuery
from acpshare.storage.sql import SqlStore, open_store
from acpshare.storage.sql.search import pages
from acpshare.storage.sql.search.quick import outline, statement_of
from tests.contract.storage.search_cases import CASES, fill

FEW, MANY = 300, 3000
_STEPS = 20
_NOTHING_MORE = 1.3


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement as the driver was given it."""

    text: str
    values: Any


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest) -> Iterator[tuple[SqlStore, SqlStore]]:
    """One with few people, and one with ten times as many."""
    databases = request.getfixturevalue("databases_of_module")
    with ExitStack() as stack:
        made = []
        for people in (FEW, MANY):
            store = open_store(stack.enter_context(databases(request.param)))
            stack.callback(store.close)
            fill(store, people)
            with store._engines.write.connect() as connection:
                connection.execute(text("ANALYZE"))
                connection.commit()
            made.append(store)
        yield made[0], made[1]


def statements(store: SqlStore, query: SearchQuery) -> list[Asked]:
    """What a search asks of the database in a transaction, and outside of any."""
    asked: list[Asked] = []

    def note(_connection: Connection, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "set_config" not in statement:
            asked.append(Asked(statement, values))

    event.listen(store._engines.snapshot, "before_cursor_execute", note)
    with store.read() as reading:
        reading.search(query)
    event.remove(store._engines.snapshot, "before_cursor_execute", note)
    shape = outline(query)
    if shape is not None:
        store.search(query)
        statement = statement_of(shape, query, store._engines.single.dialect)
        asked.append(Asked(statement.text, statement.placed(shape.values)))
    return asked


@contextmanager
def driver(store: SqlStore) -> Iterator[Any]:
    """A connection of the driver's with the settings that a search has."""
    connections = store._searching.connections
    connection = connections._borrowed()
    yield connection.dbapi_connection
    connections._idle.append(connection)


def plan(store: SqlStore, asked: Asked) -> str:
    with driver(store) as connection:
        how = "EXPLAIN QUERY PLAN" if isinstance(connection, sqlite3.Connection) else "EXPLAIN"
        return "\n".join(str(tuple(row)) for row in connection.execute(f"{how} {asked.text}", asked.values))


def work(store: SqlStore, asked: Asked) -> int:
    """SQLite: steps of its machine. PostgreSQL: rows that were looked at."""
    with driver(store) as connection:
        if not isinstance(connection, sqlite3.Connection):
            explained = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {asked.text}", asked.values).fetchone()
            return rows_of(explained[0][0]["Plan"])
        steps: list[None] = []
        connection.set_progress_handler(lambda: steps.append(None), _STEPS)
        connection.execute(asked.text, asked.values).fetchall()
        connection.set_progress_handler(None, 0)
        return len(steps) * _STEPS


def rows_of(node: dict[str, Any]) -> int:
    own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return int(own) + sum(rows_of(each) for each in node.get("Plans", ()))


@pytest.mark.parametrize("case", CASES)
def test_a_search_goes_by_indexes(stores: tuple[SqlStore, SqlStore], case: str) -> None:
    query, _ = CASES[case]
    for store in stores:
        for asked in statements(store, query):
            found = plan(store, asked)
            assert "Seq Scan" not in found, f"{asked.text}\n{found}"
            assert not re.search(r"SCAN (?!anon_|\(|CONSTANT|[23456789] CONSTANT)", found), f"{asked.text}\n{found}"


@pytest.fixture
def thresholds_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are to be large, as the small number of records of a test goes."""
    monkeypatch.setattr(pages, "SMALL", 50)
    monkeypatch.setattr(pages, "WINDOW", 100)


@pytest.mark.usefixtures("thresholds_in_proportion")
@pytest.mark.parametrize("case", CASES)
def test_ten_times_as_many_are_no_more_work(stores: tuple[SqlStore, SqlStore], case: str) -> None:
    query, _ = CASES[case]
    few, many = (sum(work(store, asked) for asked in statements(store, query)) for store in stores)
    assert many <= few * _NOTHING_MORE + 5 * _STEPS, (few, many)
