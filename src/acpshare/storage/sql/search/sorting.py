"""The values that a page is sorted by, and where the next page begins among them.

https://hl7.org/fhir/R4/search.html#sort
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import FromClause, ScalarSelect, Table, and_, false, func, or_, select, true, tuple_

from acpshare.search.query import Sort
from acpshare.search.values import (
    DateValue,
    IndexValue,
    QuantityValue,
    ReferenceValue,
    StringValue,
    TokenValue,
    UriValue,
)
from acpshare.storage.sql.search.criteria import kept
from acpshare.storage.sql.search.joins import there_is
from acpshare.storage.sql.search.sources import Source
from acpshare.storage.sql.search.values import Column, Condition
from acpshare.storage.sql.tables import INDEX_TABLES, resource

SortValue: TypeAlias = str | int | float | None

_BY: dict[type[IndexValue], tuple[str, ...]] = {
    TokenValue: ("code", "system"),
    StringValue: ("folded", "exact"),
    DateValue: ("low", "high"),
    QuantityValue: ("low", "high", "system", "code"),
    ReferenceValue: ("id", "type"),
    UriValue: ("uri",),
}
"""What each kind is sorted by, and what else tells two values of a resource apart."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the last page ended: the values of its last resource, and its key."""

    values: tuple[SortValue, ...]
    key: int


def is_downwards(sort: Sequence[Sort]) -> bool:
    """The direction of the keys among equals: that of the first sort, so that one index answers both."""
    return bool(sort) and sort[0].descending


def value_of(sort: Sort, key: Column) -> ScalarSelect[Any]:
    """The value of a resource whose key is known; null where it has none."""
    if sort.parameter is None or sort.kind is None:
        it = resource.alias()
        column = it.c.id if sort.kind is None else it.c.last_updated
        return select(column).where(it.c.key == key).correlate_except(it).scalar_subquery()
    index = INDEX_TABLES[sort.kind].alias()
    column = index.c[_BY[sort.kind][0]]
    best = (func.max if sort.descending else func.min)(column, type_=column.type)
    own = select(best).where(index.c.key == key, index.c.parameter == sort.parameter)
    return own.correlate_except(index).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Walk:
    """The resources of a type in the order of a sort, by the index that has it. Those without a value are not in it."""

    source: Source
    value: Column
    is_best: Condition
    """The row is the one by which its resource is sorted."""


def walk(sort: Sort, type: str) -> Walk:
    if sort.parameter is None or sort.kind is None:
        it = resource.alias()
        of_type = Source(it, it.c.key, (it.c.type == type, kept(it)))
        return Walk(of_type, it.c.id if sort.kind is None else it.c.last_updated, true())
    table = INDEX_TABLES[sort.kind]
    index, columns = table.alias(), _BY[sort.kind]
    source = Source(index, index.c.key, (index.c.parameter == sort.parameter,))
    return Walk(source, index.c[columns[0]], _is_best(sort, table, index, columns))


def _is_best(sort: Sort, table: Table, index: FromClause, columns: Sequence[str]) -> Condition:
    other = table.alias()
    theirs, mine = tuple_(*(other.c[name] for name in columns)), tuple_(*(index.c[name] for name in columns))
    is_better = theirs > mine if sort.descending else theirs < mine
    return ~there_is(other, where=(other.c.key == index.c.key, other.c.parameter == sort.parameter, is_better))


def in_order(sort: Sequence[Sort], values: Sequence[Column], key: Column, *, downwards: bool) -> list[Column]:
    """Resources without a value come last, whichever way the others go; equals by key."""
    order: list[Column] = []
    for each, value in zip(sort, values, strict=True):
        order += [value.is_(None), _directed(value, downwards=each.descending)]
    return [*order, _directed(key, downwards=downwards)]


def _directed(column: Column, *, downwards: bool) -> Column:
    return column.desc() if downwards else column.asc()


def after(place: Place, sort: Sequence[Sort], values: Sequence[Column], key: Column, *, downwards: bool) -> Condition:
    beyond = key < place.key if downwards else key > place.key
    for each, value, last in reversed(list(zip(sort, values, place.values, strict=True))):
        if last is None:
            beyond = and_(value.is_(None), beyond)
        else:
            further = value < last if each.descending else value > last
            beyond = or_(further, value.is_(None), and_(value == last, beyond))
    return beyond


def from_place(place: Place, sort: Sequence[Sort], value: Column) -> Condition:
    """The same roughly, as a range of the index that is walked along; its values are never null."""
    last = place.values[0]
    if last is None:
        return false()
    return value <= last if sort[0].descending else value >= last


def until(end: Place, sort: Sequence[Sort], value: Column, key: Column) -> tuple[Condition, ...]:
    """No further than a place in the order of the first sort; of several sorts, without what equals it."""
    last, down = end.values[0], sort[0].descending
    before = value > last if down else value < last
    if len(sort) > 1:
        return (before,)
    same = and_(value == last, key >= end.key if down else key <= end.key)
    return (value >= last if down else value <= last, or_(before, same))
