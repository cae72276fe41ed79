"""How long a search may take. What takes longer is stopped, and the connection goes on being of use.

https://www.sqlite.org/c3ref/progress_handler.html
https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import OperationalError

from acpshare.outcome import IssueType, Unavailable, error

SEARCH_SECONDS = 5.0

_STEPS = 50_000
"""SQLite's own steps between two looks at the clock: a few milliseconds."""
_STOPPED = {"57014", "SQLITE_INTERRUPT"}

POSTGRESQL = {"join_collapse_limit": "1", "enable_hashjoin": "off", "enable_mergejoin": "off", "enable_seqscan": "off"}
"""Joins are carried out as they are written, row by row, by an index: see joins.py."""


@contextmanager
def limited(connection: Connection, seconds: float) -> Iterator[None]:
    """The statements within: together on SQLite, each of them on PostgreSQL."""
    try:
        if connection.dialect.name == "sqlite":
            with _watched(cast("sqlite3.Connection", connection.connection.dbapi_connection), seconds):
                yield
        else:
            _set(connection, POSTGRESQL | {"statement_timeout": str(max(1, int(seconds * 1000)))})
            yield
            _set(connection, {"statement_timeout": "0"})
    except OperationalError as problem:
        code = getattr(problem.orig, "sqlstate", None) or getattr(problem.orig, "sqlite_errorname", None)
        if code in _STOPPED:
            raise too_costly(seconds) from None
        raise


def too_costly(seconds: float) -> Unavailable:
    return Unavailable(
        error(
            IssueType.TOO_COSTLY,
            f"the search was stopped after {seconds:g} seconds: make it narrower, by a patient or an identifier",
        )
    )


@contextmanager
def _watched(connection: sqlite3.Connection, seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def _set(connection: Connection, settings: dict[str, str]) -> None:
    """Until the end of the transaction, in one statement."""
    connection.execute(select(*(func.set_config(name, value, True) for name, value in settings.items())))
