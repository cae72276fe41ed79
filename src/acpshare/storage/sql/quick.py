"""One SELECT by keys through the driver alone: SQLAlchemy writes it once and makes the connections.

Executing it through SQLAlchemy takes three times as long, and a crew waits (benchmarks/bench_emergency_view.py,
benchmarks/bench_fhir_api.py). Connections are kept between calls, outside any transaction: to give one back and take it
again costs as much as to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine, Select
from sqlalchemy.pool import PoolProxiedConnection

Processor = Callable[[Any], Any]


class QuickRow:
    """A statement that gives one row or none."""

    def __init__(self, statement: Select[*tuple[Any, ...]], engine: Engine) -> None:
        compiled = statement.compile(dialect=engine.dialect)
        self.text = str(compiled)
        self.names: list[str] | None = getattr(compiled, "positiontup", None)
        read = [column.type.dialect_impl(engine.dialect) for column in statement.selected_columns]
        processors = [type.result_processor(engine.dialect, None) for type in read]
        self.processed: tuple[tuple[int, Processor], ...] = tuple(
            (place, each) for place, each in enumerate(processors) if each is not None
        )

    def read(self, found: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row as the statement's columns have it."""
        if not self.processed:
            return found
        values = list(found)
        for place, processor in self.processed:
            values[place] = processor(values[place])
        return tuple(values)


class Quick:
    """The connections that such statements run on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[PoolProxiedConnection] = []
        self.errors: tuple[type[Exception], ...] = (engine.dialect.loaded_dbapi.Error, UnicodeEncodeError)

    def first(self, row: QuickRow, named: dict[str, Any]) -> tuple[Any, ...] | None:
        """Raises the driver's own errors; the connection is then thrown away."""
        placed = None if row.names is None else [named[name] for name in row.names]
        found = self.rows(row.text, placed or named)
        return row.read(found[0]) if found else None

    def rows(self, text: str, placed: Any) -> Sequence[Any]:
        """The rows of a statement of which SQLAlchemy has written the text."""
        connection = self._borrowed()
        try:
            found = self._found(connection, text, placed)
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        self._idle.append(connection)
        return found

    def _found(self, connection: PoolProxiedConnection, text: str, placed: Any) -> Sequence[Any]:
        cursor = connection.cursor()
        cursor.execute(text, placed)
        found = cursor.fetchall()
        cursor.close()
        return found

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _borrowed(self) -> PoolProxiedConnection:
        """One that nobody uses. Taking from a list and adding to it are each a single step for all threads."""
        try:
            return self._idle.pop()
        except IndexError:
            return self.made()

    def made(self) -> PoolProxiedConnection:
        return self._engine.raw_connection()
