"""The emergency view's one SELECT by the driver alone: SQLAlchemy writes it once and makes the connections.

Executing it through SQLAlchemy takes three times as long, and a crew waits (benchmarks/bench_emergency_view.py).
Connections are kept between calls, outside any transaction: to give one back and take it again costs as much as to ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.pool import PoolProxiedConnection

from acpshare.storage.rows import CurrentView
from acpshare.storage.sql import statements


class QuickView:
    def __init__(self, engine: Engine) -> None:
        compiled = statements.CURRENT_VIEW.compile(dialect=engine.dialect)
        self._engine = engine
        self._text = str(compiled)
        self._names: Sequence[str] | None = getattr(compiled, "positiontup", None)
        self._idle: list[PoolProxiedConnection] = []
        self.errors: tuple[type[Exception], ...] = (engine.dialect.loaded_dbapi.Error, UnicodeEncodeError)

    def current_view(self, system: str, value: str) -> CurrentView | None:
        """Raises the driver's own errors; the connection is then thrown away."""
        named = {"system": system, "value": value}
        placed = None if self._names is None else [named[name] for name in self._names]
        connection = self._borrowed()
        try:
            cursor = connection.cursor()
            cursor.execute(self._text, placed or named)
            row = cursor.fetchone()
            cursor.close()
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        self._idle.append(connection)
        return None if row is None else CurrentView(row[0], row[1], row[2], _day(row[3]), row[4])

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _borrowed(self) -> PoolProxiedConnection:
        """One that nobody uses. Taking from a list and adding to it are each a single step for all threads."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._engine.raw_connection()


def _day(value: Any) -> date | None:
    """SQLite has no dates: SQLAlchemy writes them as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
