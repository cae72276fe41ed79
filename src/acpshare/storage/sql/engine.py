"""Engines as the store needs them: SQLite durable and waiting its turn, PostgreSQL by psycopg, no value in errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from acpshare.outcome import Invalid, IssueType, error

_POSTGRESQL_SESSION = (
    "SET lock_timeout = '10s'",
    "SET idle_in_transaction_session_timeout = '60s'",
    # No statement here runs long enough to be worth compiling, which takes longer than it.
    "SET jit = off",
)


def database_url(url: str) -> URL:
    """`sqlite:///path` or `postgresql://...`. Anything else is Invalid, and not repeated: it may hold a password."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _not_supported() from None
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite")
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise _not_supported()


@dataclass(frozen=True, slots=True)
class Engines:
    """One database, begun in three ways."""

    write: Engine
    """One transaction, which on SQLite has the database to itself from its beginning."""
    snapshot: Engine
    """A transaction that sees one state."""
    single: Engine
    """No transaction: one statement is its own snapshot, and pays for nothing else."""

    def dispose(self) -> None:
        for engine in (self.write, self.snapshot, self.single):
            engine.dispose()


def make_engines(url: str, *, busy_seconds: float = 10.0, connections: int = 10) -> Engines:
    parsed = database_url(url)
    pool = {"pool_size": connections, "max_overflow": connections, "pool_timeout": busy_seconds}
    if parsed.get_backend_name() == "sqlite":
        write = create_engine(parsed, hide_parameters=True, **pool)
        snapshot, single = _beside(write), _beside(write)
        event.listen(write, "connect", _sqlite_connected(busy_seconds))
        # pysqlite's own beginnings come too late and lock too little.
        event.listen(write, "begin", _sqlite_begun("BEGIN IMMEDIATE"))
        event.listen(snapshot, "begin", _sqlite_begun("BEGIN"))
    else:
        waits = {"connect_args": {"connect_timeout": max(1, int(busy_seconds))}}
        write = create_engine(parsed, hide_parameters=True, pool_pre_ping=True, **waits, **pool)
        snapshot = _beside(write)
        snapshot.update_execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        # A pool of its own, without the ping that would double its time: see SqlStore.current_view.
        single = create_engine(parsed, hide_parameters=True, isolation_level="AUTOCOMMIT", **waits, **pool)
        for engine in (write, single):
            event.listen(engine, "connect", _postgresql_connected)
    return Engines(write, snapshot, single)


def _beside(engine: Engine) -> Engine:
    """Another engine on the same pool, with listeners of its own (a copy by `execution_options` is twice as slow)."""
    return Engine(engine.pool, engine.dialect, engine.url, hide_parameters=True)


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database."""
    parsed = database_url(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


def _sqlite_connected(busy_seconds: float) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    pragmas = (
        f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
    )

    def connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        sqlite = cast("sqlite3.Connection", connection)
        sqlite.isolation_level = None
        for pragma in pragmas:
            sqlite.execute(pragma)

    return connected


def _sqlite_begun(begin: str) -> Callable[[Connection], None]:
    def begun(connection: Connection) -> None:
        cast("sqlite3.Connection", connection.connection.dbapi_connection).execute(begin)

    return begun


def _postgresql_connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    postgresql = cast("psycopg.Connection", connection)
    for setting in _POSTGRESQL_SESSION:
        postgresql.execute(setting)
    postgresql.commit()


def _not_supported() -> Invalid:
    return Invalid(
        error(
            IssueType.NOT_SUPPORTED,
            "the database URL is neither sqlite:///<file> nor postgresql://<user>@<host>/<name>",
        )
    )
