"""The store on a database: SQLite for one machine, PostgreSQL for many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from acpshare.outcome import IssueType, Unavailable, error
from acpshare.storage.jobs import Jobs
from acpshare.storage.protocols import Reading, Store, Writing
from acpshare.storage.rows import CurrentView
from acpshare.storage.sql.engine import Engines, make_engines
from acpshare.storage.sql.failures import as_failures
from acpshare.storage.sql.jobs import SqlJobs
from acpshare.storage.sql.quick import QuickView
from acpshare.storage.sql.reading import SqlReading
from acpshare.storage.sql.schema import require_current
from acpshare.storage.sql.search.limits import SEARCH_SECONDS
from acpshare.storage.sql.writing import SqlWriting


class SqlStore(Store):
    """Made by `open_store`, which makes sure of the schema."""

    def __init__(
        self, engines: Engines, busy_seconds: float, base_url: str = "", search_seconds: float = SEARCH_SECONDS
    ) -> None:
        self._search_seconds = search_seconds
        self._engines = engines
        self._base_url = base_url
        self._busy_seconds = busy_seconds
        self._quick = QuickView(engines.single)
        # SQLite has one writer. Those of one process wait in line here, which is fairer and quicker than its polling.
        self._writer = Lock() if engines.write.dialect.name == "sqlite" else None

    @contextmanager
    def read(self) -> Iterator[Reading]:
        with as_failures(), self._engines.snapshot.connect() as connection:
            yield SqlReading(connection, self._base_url, self._search_seconds)

    @contextmanager
    def write(self) -> Iterator[Writing]:
        with self._turn(), as_failures(), self._engines.write.begin() as connection:
            writing = SqlWriting(connection, self._base_url, self._search_seconds)
            yield writing
            writing.finish()

    @property
    def jobs(self) -> Jobs:
        return SqlJobs(self._begun, self._looking)

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        with self._turn(), as_failures(), self._engines.write.begin() as connection:
            yield connection

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        with as_failures(), self._engines.single.connect() as connection:
            yield connection

    def current_view(self, system: str, value: str) -> CurrentView | None:
        with as_failures():
            try:
                return self._quick.current_view(system, value)
            except self._quick.errors:
                return self._slow_current_view(system, value)

    def _slow_current_view(self, system: str, value: str) -> CurrentView | None:
        """The same in the ordinary way, which says what is wrong."""
        try:
            return self._current_view(system, value)
        except DBAPIError as problem:
            if not problem.connection_invalidated:
                raise
            # The database was started again meanwhile. The pool has been emptied: a new connection tells.
            return self._current_view(system, value)

    def ready(self) -> None:
        with as_failures(), self._engines.single.connect() as connection:
            require_current(connection)

    def close(self) -> None:
        self._quick.close()
        self._engines.dispose()

    def _current_view(self, system: str, value: str) -> CurrentView | None:
        with self._engines.single.connect() as connection:
            return SqlReading(connection).current_view(system, value)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._writer is None:
            yield
            return
        if not self._writer.acquire(timeout=self._busy_seconds):
            raise Unavailable(error(IssueType.TRANSIENT, "the store is busy; nothing was stored"))
        try:
            yield
        finally:
            self._writer.release()


def open_store(
    url: str,
    *,
    busy_seconds: float = 10.0,
    connections: int = 10,
    base_url: str = "",
    search_seconds: float = SEARCH_SECONDS,
) -> SqlStore:
    """The store in a database that `upgrade` has prepared. Unavailable when its schema is not the one of this code.

    `base_url` is our own address: a reference that begins with it leads to a resource here. A search that takes longer
    than `search_seconds` is stopped.
    """
    engines = make_engines(url, busy_seconds=busy_seconds, connections=connections)
    store = SqlStore(engines, busy_seconds, base_url, search_seconds)
    try:
        store.ready()
    except BaseException:
        store.close()
        raise
    return store
