"""What is asked all the time (what there is about a patient, who has a number), as one statement by the driver alone.

SQLAlchemy writes each shape of such a search once; making and executing it anew takes ten times as long
(benchmarks/bench_search_store.py). https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, Dialect, Select, literal, select

from acpshare.search.query import (
    Chain,
    Criterion,
    Ids,
    InCompartment,
    Match,
    Position,
    ReferenceTest,
    SearchQuery,
    Test,
    TokenTest,
    Total,
)
from acpshare.storage.checks import PAGE_BYTES, is_storable
from acpshare.storage.rows import SearchPage, StoredResource
from acpshare.storage.sql.labels import labelled
from acpshare.storage.sql.quick import Quick
from acpshare.storage.sql.search import pages
from acpshare.storage.sql.search.criteria import kept
from acpshare.storage.sql.search.joins import Then
from acpshare.storage.sql.search.sources import is_small, sources
from acpshare.storage.sql.tables import NOBODY, resource, resource_version

Shape: TypeAlias = tuple[Any, ...]
Values: TypeAlias = list[Any]

_MOST_CRITERIA = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXT = 6
"""Where the text stands in a row."""
_NUMBERS = 6_000_000_000_000_000_000
"""Markers of numbers in a statement whose values are not known yet."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A search apart from its values: what has the same shape has the same statement."""

    shape: Shape
    values: Values


def outline(query: SearchQuery) -> Outline | None:
    """None for any other search. The criterion that gives the keys comes first."""
    criteria = query.criteria
    if query.sort or query.includes or query.total is not Total.NONE or not query.count:
        return None
    if not criteria or len(criteria) > _MOST_CRITERIA:
        return None
    if len(criteria) > 1 or not _gives_keys(criteria[0]):
        first = next((place for place, each in enumerate(criteria) if is_small(each)), None)
        if first is None:
            return None
        criteria = (criteria[first], *criteria[:first], *criteria[first + 1 :])
    shape: list[Any] = [query.after is None]
    values: Values = [query.count + 1, query.type]
    if query.after is not None:
        values += [query.after.key, query.after.newest]
    for criterion in criteria:
        part = _part(criterion, values)
        if part is None:
            return None
        shape.append(part)
    storable = all(is_storable({"": value}) for value in values)
    return Outline(tuple(shape), values) if storable else None


def _gives_keys(criterion: Criterion) -> bool:
    return isinstance(criterion, Match) or (isinstance(criterion, Chain) and "Patient" in criterion.types)


def _part(criterion: Criterion, values: Values) -> Shape | None:
    """The shape of a criterion; its values are added to the others."""
    if isinstance(criterion, Match) and len(criterion.tests) == 1:
        return _test(criterion.tests[0], values)
    if isinstance(criterion, Ids) and len(criterion.ids) == 1:
        values.append(criterion.ids[0])
        return (Ids,)
    if isinstance(criterion, InCompartment) and len(criterion.persons) == 1 and criterion.persons[0]:
        values.append(criterion.persons[0])
        return (InCompartment,)
    return _chain(criterion, values) if isinstance(criterion, Chain) else None


def _chain(chain: Chain, values: Values) -> Shape | None:
    """All types are asked for one and the same token, each by its own parameter."""
    tests = [each.tests[0] for each in chain.criteria if isinstance(each, Match) and len(each.tests) == 1]
    tokens = [each for each in tests if isinstance(each, TokenTest)]
    if len(tokens) != len(chain.types) or len({(each.system, each.code) for each in tokens}) != 1:
        return None
    values += [chain.parameter, *chain.types, *(each.parameter for each in tokens[1:])]
    inner = _test(tokens[0], values)
    return None if inner is None else (Chain, len(tokens), inner)


def _test(test: Test, values: Values) -> Shape | None:
    if isinstance(test, TokenTest) and test.code is not None:
        values += [test.parameter, test.code] if test.system is None else [test.parameter, test.code, test.system]
        return (TokenTest, test.system is None)
    if isinstance(test, ReferenceTest):
        values += [test.parameter, test.id] if test.type is None else [test.parameter, test.id, test.type]
        return (ReferenceTest, test.type is None)
    return None


def _marked(shape: Shape, numbers: Iterator[int], texts: Iterator[str]) -> Criterion:
    """A criterion of the shape, with a marker for each value, in the order of the values."""
    kind = shape[0]
    if kind is Ids:
        return Ids((next(texts),))
    if kind is InCompartment:
        return InCompartment((next(texts),))
    if kind is Chain:
        parameter, types = next(numbers), tuple(islice(texts, shape[1]))
        others = list(islice(numbers, shape[1] - 1))
        token = _marked_test(shape[2], numbers, texts)
        return Chain(
            parameter, types, tuple(Match((replace(token, parameter=each),)) for each in (token.parameter, *others))
        )
    return Match((_marked_test(shape, numbers, texts),))


def _marked_test(shape: Shape, numbers: Iterator[int], texts: Iterator[str]) -> TokenTest | ReferenceTest:
    parameter, value = next(numbers), next(texts)
    of = None if shape[1] else next(texts)
    return TokenTest(parameter, of, value) if shape[0] is TokenTest else ReferenceTest(parameter, of, value)


class QuickSearch:
    """On connections outside any transaction."""

    def __init__(self, connections: Quick, dialect: Dialect) -> None:
        self.connections = connections
        self._dialect = dialect

    def page(self, query: SearchQuery, outline: Outline) -> SearchPage | None:
        """None where there is much to be read. Raises the driver's own errors."""
        return _page(query, self.connections.rows(*self.statement(query, outline)))

    def statement(self, query: SearchQuery, outline: Outline) -> tuple[str, Any]:
        """Its text and its values, as the driver takes them."""
        statement = statement_of(outline, query, self._dialect)
        return statement.text, statement.placed(outline.values)

    def read(self, query: SearchQuery, rows: Sequence[Any]) -> SearchPage | None:
        """None where there is much to be read."""
        return _page(query, rows)


def page_within(connection: Connection, query: SearchQuery, outline: Outline) -> SearchPage | None:
    """The same in a transaction, of which it sees what it has written."""
    statement = statement_of(outline, query, connection.dialect)
    return _page(query, connection.exec_driver_sql(statement.text, statement.placed(outline.values)).fetchall())


def _page(query: SearchQuery, rows: Sequence[Any]) -> SearchPage | None:
    # The keys were chosen in their order, which a planner need not keep when it joins the texts to them.
    rows = sorted(rows, key=itemgetter(0))
    texts = [row[_TEXT] for row in rows]
    if None in texts or sum(map(len, texts)) > PAGE_BYTES:
        return None
    matches = tuple([_stored(row) for row in rows[: query.count]])
    if len(rows) <= query.count:
        return SearchPage(matches)
    key, version_id, newest = rows[query.count - 1][0], matches[-1].version_id, rows[0][-1]
    return SearchPage(matches, next=Position(key, version_id, query.after.newest if query.after else newest))


@dataclass(frozen=True, slots=True)
class Statement:
    text: str
    constants: Values
    """What SQLAlchemy itself has put in: counted after the values."""
    names: Mapping[str, int] | None
    """Which value each parameter has, where they are named."""
    places: Sequence[int]
    """The same in their order, where they are not."""

    def placed(self, values: Values) -> dict[str, Any] | tuple[Any, ...]:
        values = values + self.constants
        if self.names is None:
            return tuple([values[place] for place in self.places])
        return {name: values[place] for name, place in self.names.items()}


_STATEMENTS: dict[tuple[str, Shape], Statement] = {}
"""By engine and shape: there are no more shapes than four criteria of a few kinds make."""


def statement_of(outline: Outline, query: SearchQuery, dialect: Dialect) -> Statement:
    key = (dialect.name, outline.shape)
    statement = _STATEMENTS.get(key)
    if statement is None:
        statement = _STATEMENTS[key] = _statement(outline, query, dialect)
    return statement


def _statement(outline: Outline, query: SearchQuery, dialect: Dialect) -> Statement:
    """Made with a marker for each value; where the markers have gone, the values will go."""
    numbers = {_NUMBERS + place: place for place, value in enumerate(outline.values) if isinstance(value, int)}
    texts = {f"value {place}": place for place, value in enumerate(outline.values) if isinstance(value, str)}
    number, text = iter(numbers), iter(texts)
    limit, type = next(number), next(text)
    after, newest = (None, None) if query.after is None else (next(number), next(number))
    criteria = [_marked(shape, number, text) for shape in outline.shape[1:]]
    page = pages.by_key(sources(criteria[0], type) or (), criteria[1:], newest, after, limit)
    whole = _with_texts(page, pages.NEWEST if newest is None else select(literal(newest)))
    compiled = whole.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    markers: dict[Any, int] = numbers | texts
    constants = [value for value in compiled.params.values() if value not in markers]
    markers |= {value: len(outline.values) + place for place, value in enumerate(constants)}
    named = {name: markers[value] for name, value in compiled.params.items()}
    order = getattr(compiled, "positiontup", None)
    return Statement(str(compiled), constants, None if order else named, [named[name] for name in order or ()])


def _with_texts(keys: pages.Keys, newest: Select[tuple[int]]) -> pages.Keys:
    page, this, version = keys.subquery(), resource.alias(), resource_version.alias()
    columns = [page.c.key, *(this.c[name] for name in ("type", "id", "version_id", "last_updated", "person"))]
    same = [version.c[name] == this.c[name] for name in ("person", "type", "id", "version_id")]
    whole = select(*columns, pages.text_of(version), labelled(this.c.person), newest.scalar_subquery()).select_from(
        Then(Then(page, this), version)
    )
    return whole.where(this.c.key == page.c.key, kept(this), *same)


def _stored(row: Sequence[Any]) -> StoredResource:
    _, type, id, version_id, last_updated, person, text, said, _ = row
    instant = _EPOCH + timedelta(microseconds=last_updated)
    return StoredResource(
        type, id, version_id, instant, text, None if person == NOBODY else person, labelled=bool(said)
    )
