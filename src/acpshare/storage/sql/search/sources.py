"""Where the keys of a search can come from: ranges of indexes, in which no other criterion has yet been probed.

https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from sqlalchemy import FromClause, literal_column, select

from acpshare.search.query import Chain, Criterion, Has, Ids, InCompartment, Match, ReferenceTest, Test, Updated
from acpshare.storage.sql.search.criteria import (
    REFERENCES,
    kept,
    links_of,
    meets,
    refers,
    updated_is,
)
from acpshare.storage.sql.search.joins import Then
from acpshare.storage.sql.search.values import Column, Condition, is_one_of, is_point, lists_of, one_of, table_of
from acpshare.storage.sql.tables import resource

MOST_POINTS = 8
"""More values than this are asked of an index together rather than one by one."""
MOST_SOURCES = 64
"""More ranges than this are not gone through together: the resources are asked one by one."""


@dataclass(frozen=True, slots=True)
class Source:
    """A range of an index, or what joins lead to from one. The same key may come more than once."""

    tables: FromClause
    key: Column
    where: tuple[Condition, ...]
    in_order: bool = False
    """The keys come in their order, so that a page can stop early."""


Sources: TypeAlias = tuple[Source, ...]
"""Together they give every key that meets a criterion."""


def everything(type: str) -> Source:
    """All resources of a type."""
    it = resource.alias()
    return Source(it, it.c.key, (it.c.type == type, kept(it)), in_order=True)


def sources(criterion: Criterion, type: str) -> Sources | None:
    """The keys of the resources of the type that meet it; None when only a resource that is known can be asked."""
    how = _SOURCES.get(criterion.__class__)
    found = () if how is None else tuple(islice(how(criterion, type), MOST_SOURCES + 1))
    return None if how is None or len(found) > MOST_SOURCES else found


def is_small(criterion: Criterion) -> bool:
    """So few by their nature that nothing needs to be counted: what is one person's, or was named one by one."""
    if isinstance(criterion, Match):
        return len(criterion.tests) == 1 and _is_of_one_person(criterion.tests[0])
    return isinstance(criterion, Ids | InCompartment)


def alone(source: Source) -> Source:
    """A source that is gone through by the index of its own conditions, whatever is asked of the keys afterwards."""
    rows = select(source.key.label("key")).select_from(source.tables).where(*source.where).offset(literal_column("0"))
    found = rows.subquery()
    return Source(found, found.c.key, ())


def is_in_order(found: Sources) -> bool:
    return all(source.in_order for source in found)


def _is_of_one_person(test: Test) -> bool:
    return isinstance(test, ReferenceTest) and test.type == "Patient"


def _match(criterion: Match, _type: str) -> Iterator[Source]:
    few = len(criterion.tests) <= MOST_POINTS
    for tests in [[test] for test in criterion.tests] if few else lists_of(criterion.tests):
        index = table_of(tests[0]).alias()
        yield Source(index, index.c.key, (one_of(tests, index),), len(tests) == 1 and is_point(tests[0]))


def _ids(criterion: Ids, type: str) -> Iterator[Source]:
    for some in _few_or_all(criterion.ids):
        it = resource.alias()
        yield Source(it, it.c.key, (it.c.type == type, kept(it), is_one_of(it.c.id, some)))


def _in_compartment(criterion: InCompartment, type: str) -> Iterator[Source]:
    for some in _few_or_all(criterion.persons):
        it = resource.alias()
        yield Source(it, it.c.key, (it.c.type == type, kept(it), is_one_of(it.c.person, some)))


def _few_or_all(ids: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if len(ids) > MOST_POINTS:
        yield ids
    else:
        yield from ((id,) for id in ids)


def _updated(criterion: Updated, type: str) -> Iterator[Source]:
    for test in criterion.tests:
        it = resource.alias()
        yield Source(it, it.c.key, (it.c.type == type, kept(it), updated_is(Updated((test,)), it)))


def _chain(criterion: Chain, _type: str) -> Iterator[Source]:
    for types, inner in links_of(criterion):
        for source in _inner(inner, types[0]):
            target, reference = resource.alias(), REFERENCES.alias()
            where = (
                target.c.key == source.key,
                *refers(reference, criterion.parameter, target),
                is_one_of(reference.c.type, types),
            )
            yield Source(Then(Then(source.tables, target), reference), reference.c.key, (*source.where, *where))


def _has(criterion: Has, type: str) -> Iterator[Source]:
    for source in _inner(criterion.criterion, criterion.type):
        reference, this = REFERENCES.alias(), resource.alias()
        refer = (reference.c.key == source.key, *refers(reference, criterion.parameter, this), reference.c.type == type)
        yield Source(Then(Then(source.tables, reference), this), this.c.key, (*source.where, *refer, kept(this)))


def _inner(criterion: Criterion, type: str) -> Sources:
    found = sources(criterion, type)
    if found is not None:
        return found
    every = everything(type)
    return (Source(every.tables, every.key, (*every.where, meets(criterion, every.key))),)


_SOURCES: dict[type, Callable[[Any, str], Iterator[Source]]] = {
    Match: _match,
    Ids: _ids,
    Updated: _updated,
    InCompartment: _in_compartment,
    Chain: _chain,
    Has: _has,
}
