"""What a store is asked all the time, as the event loop asks it: one SELECT each, outside any transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from acpshare.search.query import SearchQuery
from acpshare.storage.protocols import AskedAtOnce, NotAtOnce
from acpshare.storage.rows import IdentifierRow, SearchPage, StoredResource
from acpshare.storage.sql.libpq import Waiting
from acpshare.storage.sql.quick import QuickRow
from acpshare.storage.sql.reading import shown_of
from acpshare.storage.sql.search.limits import LimitedConnections, too_costly, was_stopped
from acpshare.storage.sql.search.quick import QuickSearch, outline


class Awaited(AskedAtOnce):
    """On PostgreSQL. Whatever goes wrong is left to the ordinary way, which says what it is."""

    def __init__(
        self,
        connections: LimitedConnections,
        searching: QuickSearch,
        resource: QuickRow,
        version: QuickRow,
        person: QuickRow,
    ) -> None:
        self._connections = connections
        self._errors: tuple[type[Exception], ...] = (*connections.errors, TimeoutError)
        self._searching = searching
        self._resource, self._version, self._person = resource, version, person
        self._waiting: Waiting | None = None

    async def resource(self, type: str, id: str) -> StoredResource | None:
        row = await self._first(self._resource, {"type": type, "id": id})
        return None if row is None else shown_of(row)

    async def version(self, type: str, id: str, version_id: int) -> StoredResource | None:
        row = await self._first(self._version, {"type": type, "id": id, "version_id": version_id})
        return None if row is None else shown_of(row)

    async def person_by_identifier(self, system: str, value: str) -> IdentifierRow | None:
        row = await self._first(self._person, {"system": system, "value": value})
        return None if row is None else IdentifierRow(*row)

    async def search(self, query: SearchQuery) -> SearchPage:
        asked = outline(query)
        if asked is None:
            raise NotAtOnce
        rows = await self._rows(*self._searching.statement(query, asked))
        page = self._searching.read(query, rows)
        if page is None:
            raise NotAtOnce
        return page

    async def _first(self, row: QuickRow, named: Mapping[str, Any]) -> tuple[Any, ...] | None:
        found = await self._rows(row.text, named)
        return row.read(found[0]) if found else None

    async def _rows(self, text: str, named: Any) -> Any:
        try:
            return await self._here().rows(text, named)
        except self._errors as problem:
            if was_stopped(problem):
                raise too_costly(self._connections.seconds) from None
            raise NotAtOnce from None

    def _here(self) -> Waiting:
        """The connections of this event loop; those of another, which has ended, are given up. Raises NotAtOnce."""
        waiting = self._waiting
        if waiting is None or waiting.loop is not asyncio.get_running_loop():
            if waiting is not None and waiting.loop.is_running():
                raise NotAtOnce
            self.close()
            waiting = self._waiting = Waiting(self._connections.made, self._connections.seconds + 1)
        return waiting

    def close(self) -> None:
        if self._waiting is not None:
            self._waiting.close()
            self._waiting = None
