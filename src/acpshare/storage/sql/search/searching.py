"""One search: which criterion gives the keys, which are then probed, and what comes with the page.

https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Executable, Row, select

from acpshare.outcome import Gone, IssueType, error
from acpshare.search.matching import sort_value
from acpshare.search.query import Criterion, Position, SearchQuery, Sort, Total
from acpshare.storage import checks
from acpshare.storage.includes import included_keys, too_large
from acpshare.storage.indexing import values_of
from acpshare.storage.rows import SearchPage, StoredResource
from acpshare.storage.sql.search import pages
from acpshare.storage.sql.search.including import next_step
from acpshare.storage.sql.search.limits import limited
from acpshare.storage.sql.search.quick import outline, page_within
from acpshare.storage.sql.search.sorting import Place
from acpshare.storage.sql.search.sources import Sources, everything, is_in_order, is_small, sources
from acpshare.storage.sql.tables import NOBODY


@dataclass(frozen=True, slots=True)
class Way:
    """The sources of the keys, and the criteria that are still to be probed."""

    found: Sources
    others: tuple[Criterion, ...]
    small: bool
    by_criterion: bool = True
    """The sources are those of a criterion, and not the whole type."""


def search(connection: Connection, query: SearchQuery, base_url: str, seconds: float) -> SearchPage:
    quickly = outline(query)
    if quickly is not None and (page := page_within(connection, query, quickly)) is not None:
        return page
    with limited(connection, seconds):
        return Searching(connection, base_url).page(query)


class Searching:
    """On one connection, within one transaction."""

    def __init__(self, connection: Connection, base_url: str) -> None:
        self._connection = connection
        self._base_url = base_url

    def page(self, query: SearchQuery) -> SearchPage:
        way = self._way(query)
        total = self._total(query, way)
        if not query.count or not way.found:
            return SearchPage((), total=total)
        newest = query.after.newest if query.after else int(self._connection.execute(pages.NEWEST).scalar_one())
        keys = self._keys(query, way, newest)
        held = self._stored(keys[: query.count])
        more = held and keys[-1] not in held
        next = Position(list(held)[-1], list(held.values())[-1].version_id, newest) if more else None
        return SearchPage(tuple(held.values()), self._included(query, list(held)), next, total)

    def _included(self, query: SearchQuery, matches: Sequence[int]) -> tuple[StoredResource, ...]:
        if not query.includes:
            return ()
        keys = included_keys(matches, query.includes, lambda *asked: self._numbers(next_step(*asked)))
        held = self._stored(keys)
        if keys and keys[-1] not in held:
            raise too_large(f"more than {checks.PAGE_BYTES} bytes")
        return tuple(held.values())

    def _way(self, query: SearchQuery) -> Way:
        """The criterion that the fewest resources meet gives the keys."""
        criteria = query.criteria
        ways = [
            Way(found, criteria[:place] + criteria[place + 1 :], is_small(criterion))
            for place, criterion in enumerate(criteria)
            if (found := sources(criterion, query.type)) is not None
        ]
        if not ways:
            return Way((everything(query.type),), criteria, small=False, by_criterion=False)
        sure = next((way for way in ways if way.small or not way.found), None)
        if sure is not None:
            return sure
        if len(ways) == 1 and is_in_order(ways[0].found) and not query.sort:
            return ways[0]
        counts = self._connection.execute(select(*(pages.few_of(way.found) for way in ways))).one()
        least = min(counts)
        if least < pages.SMALL:
            return replace(ways[list(counts).index(least)], small=True)
        return next((way for way in ways if is_in_order(way.found)), ways[0])

    def _keys(self, query: SearchQuery, way: Way, newest: int) -> list[int]:
        """Those of the page in its order, and one more where there is one."""
        limit = query.count + 1
        if query.sort:
            return self._sorted_keys(query, way, newest, self._place(query), limit)
        after = query.after.key if query.after else 0
        if not way.small and not is_in_order(way.found):
            end = self._connection.execute(pages.end_of_window(query.type, after)).scalar_one_or_none()
            last = newest if end is None else min(newest, end)
            keys = self._numbers(pages.by_key((everything(query.type),), query.criteria, last, after, limit))
            if len(keys) == limit:
                return keys
        return self._numbers(pages.by_key(way.found, way.others, newest, after, limit))

    def _sorted_keys(self, query: SearchQuery, way: Way, newest: int, place: Place | None, limit: int) -> list[int]:
        if not way.small:
            end = self._end_of_walk(query, place) if way.by_criterion else None
            keys = self._numbers(pages.walked(query, newest, place, limit, end))
            if len(keys) == limit:
                return keys
            if not way.by_criterion:
                rest = pages.without_value(query, newest, place, limit - len(keys))
                return keys + ([] if rest is None else self._numbers(rest))
        return self._numbers(pages.gathered(way.found, way.others, query.sort, newest, place, limit))

    def _end_of_walk(self, query: SearchQuery, place: Place | None) -> Place | None:
        row = self._connection.execute(pages.end_of_walk(query, place)).first()
        return None if row is None else Place((row[0],), row[1])

    def _place(self, query: SearchQuery) -> Place | None:
        """Where the last page ended, by the version that it ended with."""
        position = query.after
        if position is None:
            return None
        key = {"key": position.key, "version_id": position.version_id}
        row = self._connection.execute(pages.VERSION_OF, key).first() if checks.is_storable(key) else None
        if row is None:
            raise Gone(error(IssueType.NOT_FOUND, "where this page begins is no longer there: begin the search again"))
        stored = _stored(row)
        values = values_of(stored, self._base_url)
        return Place(tuple(_value(stored, sort, values) for sort in query.sort), position.key)

    def _total(self, query: SearchQuery, way: Way) -> int | None:
        if query.total is Total.NONE and query.count:
            return None
        return int(self._connection.execute(pages.number_of(way.found, way.others)).scalar_one()) if way.found else 0

    def _numbers(self, statement: Executable) -> list[int]:
        return list(self._connection.execute(statement).scalars())

    def _stored(self, keys: Sequence[int]) -> dict[int, StoredResource]:
        """The resources of these keys in their order: as many as there are bytes for."""
        found: dict[int, StoredResource] = {}
        rows = {row[0]: row for row in self._connection.execute(pages.WITH_TEXTS, {"keys": keys})} if keys else {}
        size = 0
        for key in keys:
            if size > checks.PAGE_BYTES:
                break
            found[key] = stored = self._whole(rows[key])
            size += len(stored.text or b"")
        return found

    def _whole(self, row: Row[*tuple[Any, ...]]) -> StoredResource:
        key, *rest = row
        if row.text is not None:
            return _stored(rest)
        given = {"key": key, "version_id": row.version_id}
        return _stored(self._connection.execute(pages.VERSION_OF, given).one())


def _value(stored: StoredResource, sort: Sort, values: Sequence[Any]) -> str | int | float | None:
    if sort.kind is None:
        return stored.id
    if sort.parameter is None:
        return checks.microseconds(stored.last_updated)
    return sort_value(values, sort)


def _stored(row: Row[*tuple[Any, ...]] | Sequence[Any]) -> StoredResource:
    type, id, version_id, last_updated, text, person, labelled = row
    return StoredResource(
        type, id, version_id, last_updated, text, None if person == NOBODY else person, bool(labelled)
    )
