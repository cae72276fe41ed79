"""Statements that SQLAlchemy writes once and the driver executes: by SQLAlchemy each takes five times as long.

A write executes a dozen, and they were half of its time (benchmarks/bench_write.py). Connections and transactions stay
SQLAlchemy's. https://docs.sqlalchemy.org/en/20/core/connections.html#working-with-driver-sql-and-raw-dbapi-connections
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, Connection, Dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.selectable import ReturnsRows

Processor: TypeAlias = Callable[[Any], Any]


class Prepared:
    """A statement in an engine's words, and how values go to the driver and come from it."""

    __slots__ = ("_constants", "_read", "_row", "_sent", "_values", "names", "text")

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        columns = tuple(statement.exported_columns) if isinstance(statement, ReturnsRows) else ()
        self.text = str(compiled)
        self.names: list[str] | None = getattr(compiled, "positiontup", None)
        binds: dict[str, BindParameter[Any]] = getattr(compiled, "binds", {})
        processors = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
        # What SQLAlchemy itself has put in: a limit, a default.
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._sent = [(name, processors[name]) for name in self.names or processors]
        names = self.names or []
        self._values = itemgetter(*names) if len(names) > 1 and not any(processors.values()) else None
        self._read = _there(
            (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for place, column in enumerate(columns)
        )
        self._row = _named(*(str(column.key) for column in columns))

    def placed(self, named: Mapping[str, Any]) -> Any:
        """Values as the driver takes them."""
        if self._constants:
            named = {**self._constants, **named}
        if self.names is None:
            changed = {name: process(named[name]) for name, process in self._sent if process is not None}
            return {**named, **changed} if changed else named
        if self._values is not None:
            return self._values(named)
        return [named[name] if process is None else process(named[name]) for name, process in self._sent]

    def row(self, found: Sequence[Any]) -> Any:
        """A row as the statement's columns have it, each under its name."""
        if not self._read:
            return self._row._make(found)
        values = list(found)
        for place, process in self._read:
            values[place] = process(values[place])
        return self._row._make(values)


_prepared: dict[tuple[str, ClauseElement], Prepared] = {}


def prepared(statement: ClauseElement, dialect: Dialect) -> Prepared:
    """Made once and kept: the statement must be one of those that are made once."""
    found = _prepared.get((dialect.name, statement))
    if found is None:
        found = _prepared[dialect.name, statement] = Prepared(statement, dialect)
    return found


class Direct:
    """A connection in a transaction, spoken to by the driver. Raises the driver's own errors."""

    __slots__ = ("_connection", "_cursor", "_dialect")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect
        self._cursor: Any = None

    @property
    def cursor(self) -> Any:
        if self._cursor is None:
            self._cursor = self._connection.connection.cursor()
        return self._cursor

    def all(self, statement: ClauseElement, named: Mapping[str, Any]) -> list[Any]:
        found = prepared(statement, self._dialect)
        cursor = self.cursor
        cursor.execute(found.text, found.placed(named))
        return list(map(found.row, cursor.fetchall()))

    def first(self, statement: ClauseElement, named: Mapping[str, Any]) -> Any:
        """The first row or None."""
        found = self.all(statement, named)
        return found[0] if found else None

    def run(self, statement: ClauseElement, *rows: Mapping[str, Any]) -> int:
        """How many rows were changed."""
        found = prepared(statement, self._dialect)
        cursor = self.cursor
        if len(rows) == 1:
            cursor.execute(found.text, found.placed(rows[0]))
        else:
            cursor.executemany(found.text, [found.placed(row) for row in rows])
        return int(cursor.rowcount)


def run_many(connection: Connection, text: str, rows: Sequence[Sequence[Any]]) -> None:
    """A statement in the driver's own words, for each row."""
    cursor = connection.connection.cursor()
    if len(rows) == 1:
        cursor.execute(text, rows[0])
    else:
        cursor.executemany(text, rows)


def _named(*columns: str) -> Any:
    return collections.namedtuple("Row", columns, rename=True)  # noqa: PYI024 - columns are known when it runs


def _there(named: Iterable[tuple[Any, Processor | None]]) -> tuple[tuple[Any, Processor], ...]:
    return tuple((name, process) for name, process in named if process is not None)
