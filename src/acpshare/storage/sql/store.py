"""The store on a database: SQLite for one machine, PostgreSQL for many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from acpshare.outcome import IssueType, Unavailable, error
from acpshare.search.query import SearchQuery
from acpshare.storage.jobs import Jobs
from acpshare.storage.protocols import Reading, Store, Writing
from acpshare.storage.rows import CurrentView, IdentifierRow, SearchPage, StoredResource
from acpshare.storage.sql import statements
from acpshare.storage.sql.awaited import Awaited
from acpshare.storage.sql.engine import Engines, make_engines
from acpshare.storage.sql.failures import as_failures
from acpshare.storage.sql.jobs import SqlJobs
from acpshare.storage.sql.quick import Quick, QuickRow
from acpshare.storage.sql.reading import SqlReading, shown_of
from acpshare.storage.sql.reindex import SearchIndex
from acpshare.storage.sql.schema import require_current
from acpshare.storage.sql.search.limits import SEARCH_SECONDS, LimitedConnections, too_costly, was_stopped
from acpshare.storage.sql.search.quick import QuickSearch, outline
from acpshare.storage.sql.writing import SqlWriting

Found = TypeVar("Found")


class SqlStore(Store):
    """Made by `open_store`, which makes sure of the schema."""

    def __init__(
        self, engines: Engines, busy_seconds: float, base_url: str = "", search_seconds: float = SEARCH_SECONDS
    ) -> None:
        self._search_seconds = search_seconds
        self._engines = engines
        self._base_url = base_url
        self._busy_seconds = busy_seconds
        self._quick = Quick(engines.single)
        limited = LimitedConnections(engines.single, search_seconds)
        self._searching = QuickSearch(limited, engines.single.dialect)
        self._view = QuickRow(statements.CURRENT_VIEW, engines.single)
        self._resource = QuickRow(statements.SHOWN, engines.single)
        self._version = QuickRow(statements.SHOWN_VERSION, engines.single)
        self._person = QuickRow(statements.PERSON_BY_IDENTIFIER, engines.single)
        self._awaited = (
            Awaited(limited, self._searching, self._resource, self._version, self._person)
            if engines.single.dialect.name == "postgresql"
            else None
        )
        # SQLite has one writer. Those of one process wait in line here, which is fairer and quicker than its polling.
        self._writer = Lock() if engines.write.dialect.name == "sqlite" else None

    @contextmanager
    def read(self) -> Iterator[Reading]:
        with as_failures(), self._engines.snapshot.connect() as connection:
            connection.begin()  # which its closing ends: the driver is spoken to past it
            yield SqlReading(connection, self._base_url, self._search_seconds)

    @contextmanager
    def write(self) -> Iterator[Writing]:
        with self._begun() as connection:
            writing = SqlWriting(connection, self._base_url, self._search_seconds)
            yield writing
            writing.finish()

    @property
    def awaited(self) -> Awaited | None:
        return self._awaited

    @property
    def jobs(self) -> Jobs:
        return SqlJobs(self._begun, self._looking)

    @property
    def index(self) -> SearchIndex:
        return SearchIndex(self._begun, self._seen, self._base_url)

    @contextmanager
    def _seen(self) -> Iterator[Connection]:
        with as_failures(), self._engines.snapshot.connect() as connection:
            yield connection

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        with self._turn(), as_failures(), self._engines.write.begin() as connection:
            yield connection

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        with as_failures(), self._engines.single.connect() as connection:
            yield connection

    def current_view(self, system: str, value: str) -> CurrentView | None:
        named = {"system": system, "value": value}
        row = self._first(self._view, named, lambda slow: slow.current_view(system, value))
        return CurrentView(*row) if isinstance(row, tuple) else row

    def resource(self, type: str, id: str) -> StoredResource | None:
        row = self._first(self._resource, {"type": type, "id": id}, lambda slow: slow.resource(type, id))
        return shown_of(row) if isinstance(row, tuple) else row

    def version(self, type: str, id: str, version_id: int) -> StoredResource | None:
        named = {"type": type, "id": id, "version_id": version_id}
        row = self._first(self._version, named, lambda slow: slow.version(type, id, version_id))
        return shown_of(row) if isinstance(row, tuple) else row

    def person_by_identifier(self, system: str, value: str) -> IdentifierRow | None:
        named = {"system": system, "value": value}
        row = self._first(self._person, named, lambda slow: slow.person_by_identifier(system, value))
        return IdentifierRow(*row) if isinstance(row, tuple) else row

    def search(self, query: SearchQuery) -> SearchPage:
        asked = outline(query)
        if asked is not None:
            try:
                if (page := self._searching.page(query, asked)) is not None:
                    return page
            except self._quick.errors as problem:
                if was_stopped(problem):
                    raise too_costly(self._search_seconds) from None
        with self.read() as reading:
            return reading.search(query)

    def _first(
        self, row: QuickRow, named: dict[str, Any], slowly: Callable[[Reading], Found | None]
    ) -> tuple[Any, ...] | Found | None:
        """The row, or where the driver complains what the ordinary way gives, which says what is wrong."""
        with as_failures():
            try:
                return self._quick.first(row, named)
            except self._quick.errors:
                return self._once_more(slowly)

    def _once_more(self, slowly: Callable[[Reading], Found | None]) -> Found | None:
        try:
            return self._slowly(slowly)
        except DBAPIError as problem:
            if not problem.connection_invalidated:
                raise
            # The database was started again meanwhile. The pool has been emptied: a new connection tells.
            return self._slowly(slowly)

    def _slowly(self, ask: Callable[[Reading], Found | None]) -> Found | None:
        with self._engines.single.connect() as connection:
            return ask(SqlReading(connection, self._base_url, self._search_seconds))

    def ready(self) -> None:
        with as_failures(), self._engines.single.connect() as connection:
            require_current(connection)

    def close(self) -> None:
        if self._awaited is not None:
            self._awaited.close()
        self._quick.close()
        self._searching.connections.close()
        self._engines.dispose()

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
