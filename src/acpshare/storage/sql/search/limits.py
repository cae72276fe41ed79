"""How long a search may take. What takes longer is stopped, and the connection goes on being of use.

https://www.sqlite.org/c3ref/progress_handler.html
https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from acpshare.outcome import IssueType, Unavailable, error
from acpshare.storage.sql.quick import Quick

SEARCH_SECONDS = 5.0

_STEPS = 50_000
"""SQLite's own steps between two looks at the clock: a few milliseconds."""
_STOPPED = {"57014", "SQLITE_INTERRUPT"}

_AS_WRITTEN = {
    "join_collapse_limit": "1",
    **dict.fromkeys(("enable_hashjoin", "enable_mergejoin", "enable_seqscan", "enable_bitmapscan"), "off"),
}
"""PostgreSQL carries joins out as they are written, row by row, by an index that it can leave early: see joins.py."""
_PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan"}
"""For the few statements that are asked all the time: to plan them takes longer than to carry them out."""


@contextmanager
def limited(connection: Connection, seconds: float) -> Iterator[None]:
    """The statements within: together on SQLite, each of them on PostgreSQL. Unavailable when they take too long."""
    try:
        if connection.dialect.name == "sqlite":
            with _watched(connection.connection.dbapi_connection, seconds):
                yield
        else:
            _set(connection, _settings(seconds))
            yield
            _set(connection, {"statement_timeout": "0"})
    except DBAPIError as problem:
        if problem.orig is None or not was_stopped(problem.orig):
            raise
        if connection.get_execution_options().get("postgresql_readonly"):
            connection.rollback()  # nothing is lost but the snapshot: what is read next is read from a new one
        raise too_costly(seconds) from None


class LimitedConnections(Quick):
    """Connections outside any transaction, each statement on which is limited."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        super().__init__(engine)
        self.seconds = seconds
        self._is_sqlite = engine.dialect.name == "sqlite"

    def made(self) -> PoolProxiedConnection:
        connection = super().made()
        if self._is_sqlite:
            return connection
        cursor = connection.cursor()
        for name, value in (_settings(self.seconds) | _PLANNED_ONCE).items():
            cursor.execute(f"SET {name} = {value}")
        cursor.close()
        return connection

    def _found(self, connection: PoolProxiedConnection, text: str, placed: Any) -> Sequence[Any]:
        if not self._is_sqlite:
            return super()._found(connection, text, placed)
        driver: Any = connection.dbapi_connection
        end = time.monotonic() + self.seconds
        driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            return super()._found(connection, text, placed)
        finally:
            driver.set_progress_handler(None, 0)


def was_stopped(problem: BaseException) -> bool:
    """Whether a driver says that a statement took too long."""
    return (getattr(problem, "sqlstate", None) or getattr(problem, "sqlite_errorname", None)) in _STOPPED


def too_costly(seconds: float) -> Unavailable:
    return Unavailable(
        error(
            IssueType.TOO_COSTLY,
            f"the search was stopped after {seconds:g} seconds: make it narrower, by a patient or an identifier",
        )
    )


@contextmanager
def _watched(connection: Any, seconds: float) -> Iterator[None]:
    driver: sqlite3.Connection = connection
    end = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def _settings(seconds: float) -> dict[str, str]:
    return _AS_WRITTEN | {"statement_timeout": str(max(1, int(seconds * 1000)))}


def _set(connection: Connection, settings: Mapping[str, str]) -> None:
    """Until the end of the transaction, in one statement."""
    connection.execute(select(*(func.set_config(name, value, True) for name, value in settings.items())))
