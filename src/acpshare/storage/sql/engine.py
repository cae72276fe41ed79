"""Engines as the store needs them: SQLite durable and waiting its turn, PostgreSQL by psycopg, no value in errors."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import cast

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from acpshare.outcome import Invalid, IssueType, error

BEGIN = "acpshare_begin"
"""The execution option that says how SQLite begins: pysqlite's own beginnings come too late and lock too little."""

_POSTGRESQL_WAITS = ("SET lock_timeout = '10s'", "SET idle_in_transaction_session_timeout = '60s'")


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


def make_engine(url: str, *, busy_seconds: float = 10.0, connections: int = 10) -> Engine:
    parsed = database_url(url)
    engine = create_engine(
        parsed, hide_parameters=True, pool_size=connections, max_overflow=connections, pool_timeout=busy_seconds
    )
    if parsed.get_backend_name() == "sqlite":
        _prepare_sqlite(engine, busy_seconds)
    else:
        _prepare_postgresql(engine)
    return engine


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database."""
    parsed = database_url(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


def _prepare_sqlite(engine: Engine, busy_seconds: float) -> None:
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

    def begun(connection: Connection) -> None:
        begin = connection.get_execution_options().get(BEGIN, "BEGIN IMMEDIATE")
        if begin:
            cast("sqlite3.Connection", connection.connection.dbapi_connection).execute(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)


def _prepare_postgresql(engine: Engine) -> None:
    def connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        postgresql = cast("psycopg.Connection", connection)
        for wait in _POSTGRESQL_WAITS:
            postgresql.execute(wait)
        postgresql.commit()

    event.listen(engine, "connect", connected)


def _not_supported() -> Invalid:
    return Invalid(
        error(
            IssueType.NOT_SUPPORTED,
            "the database URL is neither sqlite:///<file> nor postgresql://<user>@<host>/<name>",
        )
    )
