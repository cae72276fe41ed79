"""Searching the store in memory: every resource of the type is asked. What it answers is what any store has to answer.

https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import total_ordering
from operator import itemgetter
from typing import Any

from acpshare.outcome import Gone, IssueType, error
from acpshare.search.matching import holds, meets, sort_value
from acpshare.search.query import (
    Chain,
    Criterion,
    Has,
    Ids,
    Include,
    InCompartment,
    Match,
    Missing,
    Not,
    Position,
    SearchQuery,
    Sort,
    Total,
    Updated,
)
from acpshare.search.values import IndexValue, ReferenceValue
from acpshare.storage.checks import microseconds
from acpshare.storage.includes import included_keys
from acpshare.storage.indexing import values_of
from acpshare.storage.memory_state import State
from acpshare.storage.rows import SearchPage, StoredResource


def search(state: State, query: SearchQuery, base_url: str = "") -> SearchPage:
    return _Search(state, base_url).page(query)


@dataclass(frozen=True, slots=True)
class _Found:
    """A resource, with what it is found by and the number by which the store knows it."""

    stored: StoredResource
    values: tuple[IndexValue, ...]
    key: int


class _Search:
    def __init__(self, state: State, base_url: str) -> None:
        self._state = state
        self._base_url = base_url

    def page(self, query: SearchQuery) -> SearchPage:
        found = [each for each in self._all(query.type) if self._meets_all(each, query.criteria)]
        total = len(found) if query.total is not Total.NONE or not query.count else None
        if not query.count:
            return SearchPage((), total=total)
        newest = query.after.newest if query.after else max(self._state.keys.values(), default=0)
        ordered = sorted(((_place(query, each), each) for each in found if each.key <= newest), key=itemgetter(0))
        if query.after is not None:
            last = _place(query, self._at(query.after)) if query.sort else (query.after.key,)
            ordered = [each for each in ordered if each[0] > last]
        matches = [each for _, each in ordered[: query.count]]
        more = len(ordered) > query.count
        next = Position(matches[-1].key, matches[-1].stored.version_id, newest) if more else None
        return SearchPage(tuple(each.stored for each in matches), self._included(matches, query.includes), next, total)

    def _all(self, type: str) -> Iterator[_Found]:
        for place, versions in self._state.versions.items():
            if place[0] == type and not versions[-1].deleted:
                yield self._found(place)

    def _found(self, place: tuple[str, str]) -> _Found:
        return _Found(self._state.versions[place][-1], self._state.index.get(place, ()), self._state.keys[place])

    def _at(self, position: Position) -> _Found:
        """The version with which a page ended, whatever has become of the resource."""
        place = next((place for place, key in self._state.keys.items() if key == position.key), None)
        versions = () if place is None else self._state.versions[place]
        stored = next((row for row in versions if row.version_id == position.version_id), None)
        if stored is None:
            raise Gone(error(IssueType.NOT_FOUND, "where this page begins is no longer there: begin the search again"))
        return _Found(stored, values_of(stored, self._base_url), position.key)

    def _meets_all(self, found: _Found, criteria: Iterable[Criterion]) -> bool:
        return all(self._meets(found, criterion) for criterion in criteria)

    def _meets(self, found: _Found, criterion: Criterion) -> bool:
        match criterion:
            case Match() | Not() | Missing():
                return meets(criterion, found.values)
            case Ids():
                return found.stored.id in criterion.ids
            case Updated():
                instant = microseconds(found.stored.last_updated)
                return any(holds(each, instant, instant + 1, low, high) for each, low, high in criterion.tests)
            case InCompartment():
                return bool(found.stored.person) and found.stored.person in criterion.persons
            case Chain():
                return self._leads_on(found, criterion)
            case Has():
                return self._is_led_to(found, criterion)

    def _leads_on(self, found: _Found, chain: Chain) -> bool:
        targets = list(self._targets(found, chain.parameter, None))
        asked = list(zip(chain.types, chain.criteria, strict=True))
        return any(
            target.stored.type == type and self._meets(target, inner) for type, inner in asked for target in targets
        )

    def _is_led_to(self, found: _Found, has: Has) -> bool:
        return any(
            self._meets(each, has.criterion)
            for each in self._all(has.type)
            if _refers(each, has.parameter, found.stored)
        )

    def _targets(self, found: _Found, parameter: int, type: str | None) -> Iterator[_Found]:
        for value in found.values:
            if isinstance(value, ReferenceValue) and value.parameter == parameter and type in (None, value.type):
                versions = self._state.versions.get((value.type, value.id))
                if versions and not versions[-1].deleted:
                    yield self._found((value.type, value.id))

    def _included(self, matches: Sequence[_Found], includes: Sequence[Include]) -> tuple[StoredResource, ...]:
        known = {each.key: each for each in matches}

        def step(asked: Sequence[Include], keys: Sequence[int]) -> list[int]:
            found = {each.key: each for key in keys for one in asked for each in self._step(known[key], one)}
            known.update(found)
            return list(found)

        return tuple(known[key].stored for key in included_keys([each.key for each in matches], includes, step))

    def _step(self, found: _Found, include: Include) -> Iterator[_Found]:
        if not include.reverse:
            yield from self._targets(found, include.parameter, include.target)
        elif include.target in (None, found.stored.type):
            yield from (each for each in self._all(include.source) if _refers(each, include.parameter, found.stored))


def _refers(found: _Found, parameter: int, to: StoredResource) -> bool:
    return ReferenceValue(parameter, to.type, to.id) in found.values


def _place(query: SearchQuery, found: _Found) -> tuple[Any, ...]:
    """Where a resource stands: what has no value comes last, and equals by key, in the direction of the first sort."""
    place: list[Any] = []
    for sort in query.sort:
        value = _value(found, sort)
        place += [
            value is None,
            _Down(value) if sort.descending and value is not None else 0 if value is None else value,
        ]
    return (*place, _Down(found.key) if query.sort and query.sort[0].descending else found.key)


def _value(found: _Found, sort: Sort) -> str | float | None:
    if sort.kind is None:
        return found.stored.id
    return microseconds(found.stored.last_updated) if sort.parameter is None else sort_value(found.values, sort)


@total_ordering
@dataclass(frozen=True, slots=True)
class _Down:
    """A value whose order is turned round."""

    value: Any

    def __lt__(self, other: _Down) -> bool:
        return bool(other.value < self.value)
