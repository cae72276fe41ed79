"""The statements of a search: the keys of a page, in several ways; how many there are; the texts of what was found.

Each limits keys before anything else is joined to them, and none looks at a version that is not the current one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any, TypeAlias

from sqlalchemy import (
    CompoundSelect,
    FromClause,
    ScalarSelect,
    Select,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    union,
)

from acpshare.search.query import Criterion, Missing, SearchQuery, Sort
from acpshare.storage.sql.labels import labelled
from acpshare.storage.sql.search.criteria import kept, meets_all
from acpshare.storage.sql.search.joins import Then
from acpshare.storage.sql.search.sorting import (
    Place,
    after,
    from_place,
    in_order,
    is_downwards,
    until,
    value_of,
    walk,
)
from acpshare.storage.sql.search.sources import Sources, alone, everything
from acpshare.storage.sql.search.values import Column, Condition
from acpshare.storage.sql.tables import resource, resource_version

Keys: TypeAlias = Select[*tuple[Any, ...]]

SMALL = 1000
"""As many resources can be gathered and sorted in no time; they are not counted any further."""
LARGE = 100_000
"""Bytes from which a text is fetched by itself, so that a page of large ones can end early."""
WINDOW = 2000
"""As many resources are looked at one by one before what meets the criteria is gathered."""

NEWEST = select(func.coalesce(func.max(resource.c.key), literal_column("0")))


def text_of(version: FromClause) -> Column:
    """The text of a version; null where it is large. Neither engine reads a text to tell how long it is."""
    return case((func.length(version.c.text) <= literal_column(str(LARGE)), version.c.text)).label("text")


_THIS, _VERSION = resource.alias(), resource_version.alias()
_NAMES = ("type", "id", "version_id", "last_updated", "text", "person")
_LABELLED = labelled(_THIS.c.person)
_COLUMNS = (*(_VERSION.c[name] for name in _NAMES), _LABELLED)
_SHORTENED = (*(text_of(_VERSION) if name == "text" else _VERSION.c[name] for name in _NAMES), _LABELLED)
_SAME = tuple(_VERSION.c[name] == _THIS.c[name] for name in ("person", "type", "id"))
WITH_TEXTS = (
    select(_THIS.c.key, *_SHORTENED)
    .select_from(Then(_THIS, _VERSION))
    .where(_THIS.c.key.in_(bindparam("keys", expanding=True)), kept(_THIS), *_SAME)
    .where(_VERSION.c.version_id == _THIS.c.version_id)
)
"""The current version of each of the `keys`, with its key, in any order; large texts are null."""
VERSION_OF = (
    select(*_COLUMNS)
    .select_from(Then(_THIS, _VERSION))
    .where(_THIS.c.key == bindparam("key"), *_SAME, _VERSION.c.version_id == bindparam("version_id"))
)
"""One version of the resource of a key: a large one, or where a page ended."""


def by_key(found: Sources, others: Sequence[Criterion], newest: int | None, after_key: int | None, limit: int) -> Keys:
    """The least keys above one: each source gives as many as are needed, and the least of these are taken."""
    branches = [
        select(source.key.label("key"))
        .distinct()
        .select_from(source.tables)
        .where(*source.where, *_between(source.key, after_key, newest), *meets_all(others, source.key))
        .order_by(source.key)
        .limit(limit)
        for source in _each(found)
    ]
    if len(branches) == 1:
        return branches[0]
    together = union(*(select(branch.subquery().c.key) for branch in branches)).subquery()
    return select(together.c.key).order_by(together.c.key).limit(limit)


def _each(found: Sources) -> Sources:
    return tuple(source if source.in_order else alone(source) for source in found)


def _between(key: Column, after_key: int | None, newest: int | None) -> list[Condition]:
    return ([] if after_key is None else [key > after_key]) + ([] if newest is None else [key <= newest])


def end_of_window(type: str, after_key: int) -> Keys:
    """The key until which resources are looked at one by one; no row where there are not so many."""
    every = everything(type)
    keys = select(every.key).select_from(every.tables).where(*every.where, every.key > after_key)
    return keys.order_by(every.key).limit(1).offset(WINDOW)


def gathered(
    found: Sources, others: Sequence[Criterion], sort: Sequence[Sort], newest: int, place: Place | None, limit: int
) -> Keys:
    """All that was found, with the values that it is sorted by."""
    every = _every(found, others).subquery()
    values = [value_of(each, every.c.key).label(f"value_{number}") for number, each in enumerate(sort)]
    page = select(every.c.key, *values).where(every.c.key <= newest).subquery()
    by = [page.c[f"value_{number}"] for number in range(len(sort))]
    keys = select(page.c.key).limit(limit)
    return _sorted(keys, sort, by, page.c.key, place, downwards=is_downwards(sort))


def end_of_walk(query: SearchQuery, place: Place | None) -> Keys:
    """The value and the key until which resources are looked at one by one; no row where there are not so many."""
    along = walk(query.sort[0], query.type)
    key, value = along.source.key, along.value
    rows: Keys = select(value, key).select_from(along.source.tables).where(*along.source.where)
    rows = rows if place is None else rows.where(from_place(place, query.sort, value))
    return rows.order_by(*_as_walked(query.sort, value, key)).limit(1).offset(WINDOW)


def walked(query: SearchQuery, newest: int, place: Place | None, limit: int, end: Place | None) -> Keys:
    """Along the index that has the order of the first sort, no further than the end."""
    sort = query.sort
    along = walk(sort[0], query.type)
    key, value = along.source.key, along.value
    rows = select(key.label("key")).select_from(along.source.tables)
    rows = rows.where(*along.source.where, along.is_best, _not_by_index(key) <= newest)
    if place is not None:
        rows = rows.where(from_place(place, sort, value))
    if end is not None:
        rows = rows.where(*until(end, sort, value, key))
    rows = rows.where(*meets_all(query.criteria, key)).limit(limit)
    values = [value, *(value_of(each, key) for each in sort[1:])]
    return _sorted(rows, sort, values, key, place, downwards=is_downwards(sort), has_value=True)


def _as_walked(sort: Sequence[Sort], value: Column, key: Column) -> list[Column]:
    return in_order(sort[:1], [value], key, downwards=is_downwards(sort))[1:]


def _not_by_index(key: Column) -> Column:
    """The key in a condition for which no planner is to leave the index that is walked along."""
    return key + literal_column("0")


def without_value(query: SearchQuery, newest: int, place: Place | None, limit: int) -> Keys | None:
    """What a walk does not pass: the resources that have nothing to be sorted by. None where there can be none."""
    first, *rest = query.sort
    if first.parameter is None or first.kind is None:
        return None
    every = everything(query.type)
    key = every.key
    keys = (
        select(key.label("key"))
        .select_from(every.tables)
        .where(
            *every.where, key <= newest, *meets_all((Missing(first.parameter, first.kind, True), *query.criteria), key)
        )
        .limit(limit)
    )
    begin = None if place is None or place.values[0] is not None else Place(place.values[1:], place.key)
    values = [value_of(each, key) for each in rest]
    return _sorted(keys, rest, values, key, begin, downwards=first.descending)


def number_of(found: Sources, others: Sequence[Criterion]) -> Keys:
    """How many there are: by indexes alone."""
    return select(func.count()).select_from(_every(found, others).subquery())


def few_of(found: Sources) -> ScalarSelect[Any]:
    """How many keys there are to go through, as far as that matters."""
    some: list[Keys] = [
        select(literal_column("1")).select_from(each.tables).where(*each.where).limit(SMALL) for each in found
    ]
    counts = [select(func.count()).select_from(each.subquery()).scalar_subquery() for each in some]
    return select(reduce(add, counts, literal(0))).scalar_subquery()


def _every(found: Sources, others: Sequence[Criterion]) -> Keys | CompoundSelect[*tuple[Any, ...]]:
    """Each key once."""
    branches = [
        select(source.key.label("key"))
        .distinct()
        .select_from(source.tables)
        .where(*source.where, *meets_all(others, source.key))
        for source in _each(found)
    ]
    return branches[0] if len(branches) == 1 else union(*branches)


def _sorted(
    keys: Keys,
    sort: Sequence[Sort],
    values: Sequence[Column],
    key: Column,
    place: Place | None,
    *,
    downwards: bool,
    has_value: bool = False,
) -> Keys:
    """`has_value`: the first value is never null, and the order is as an index has it."""
    order = in_order(sort, values, key, downwards=downwards)
    keys = keys.order_by(*(order[1:] if has_value else order))
    return keys if place is None else keys.where(after(place, sort, values, key, downwards=downwards))
