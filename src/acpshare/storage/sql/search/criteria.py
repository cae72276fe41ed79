"""What a criterion asks of a resource whose key is known: an expression, probed by an index for one resource at a time.

https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import FromClause, and_, false, not_, or_

from acpshare.search.query import Chain, Comparator, Criterion, Has, Ids, InCompartment, Match, Missing, Not, Updated
from acpshare.search.values import ReferenceValue
from acpshare.storage.sql.search.joins import there_is
from acpshare.storage.sql.search.values import Column, Condition, any_of, is_one_of, tables_of
from acpshare.storage.sql.tables import INDEX_TABLES, resource

REFERENCES = INDEX_TABLES[ReferenceValue]


def meets(criterion: Criterion, key: Column) -> Condition:
    """The resource of this key meets the criterion."""
    return _MEETS[type(criterion)](criterion, key)


def meets_all(criteria: Sequence[Criterion], key: Column) -> tuple[Condition, ...]:
    return tuple(meets(criterion, key) for criterion in criteria)


def kept(index: FromClause) -> Condition:
    """As the partial indexes of `resource` say it."""
    return not_(index.c.deleted)


def ids_are(criterion: Ids, it: FromClause) -> Condition:
    return is_one_of(it.c.id, criterion.ids)


def updated_is(criterion: Updated, it: FromClause) -> Condition:
    """An instant is a range of one microsecond."""
    return or_(false(), *(_instant(each, it.c.last_updated, low, high) for each, low, high in criterion.tests))


def _instant(comparator: Comparator, instant: Column, low: int, high: int) -> Condition:
    match comparator:
        case Comparator.EQ | Comparator.AP:
            return and_(instant >= low, instant < high)
        case Comparator.NE:
            return or_(instant < low, instant >= high)
        case Comparator.GT | Comparator.SA:
            return instant >= high
        case Comparator.LT | Comparator.EB:
            return instant < low
        case Comparator.GE:
            return instant >= low
        case Comparator.LE:
            return instant < high


def lies_with(criterion: InCompartment, it: FromClause) -> Condition:
    """An empty person is "in nobody's compartment" in the column."""
    return is_one_of(it.c.person, [person for person in criterion.persons if person])


def refers(reference: FromClause, parameter: int, to: FromClause) -> tuple[Condition, ...]:
    """The row of index_reference leads to the row of `resource`."""
    row = reference.c
    return (row.parameter == parameter, row.id == to.c.id, row.type == to.c.type)


def _match(criterion: Match, key: Column) -> Condition:
    found: list[Condition] = []
    for table, tests in tables_of(criterion.tests).items():
        index = table.alias()
        found.append(there_is(index, where=(index.c.key == key, any_of(tests, index))))
    return or_(false(), *found)


def _not(criterion: Not, key: Column) -> Condition:
    return not_(_match(criterion.match, key))


def _missing(criterion: Missing, key: Column) -> Condition:
    index = INDEX_TABLES[criterion.kind].alias()
    has_one = there_is(index, where=(index.c.key == key, index.c.parameter == criterion.parameter))
    return not_(has_one) if criterion.missing else has_one


def _of_resource(condition: Callable[[Any, FromClause], Condition]) -> Callable[[Any, Column], Condition]:
    def probe(criterion: Criterion, key: Column) -> Condition:
        it = resource.alias()
        return there_is(it, where=(it.c.key == key, condition(criterion, it)))

    return probe


def links_of(chain: Chain) -> list[tuple[tuple[str, ...], Criterion]]:
    """The types that are asked at once: a value is told by its parameter's number, which is of one type only."""
    values = [each for each in chain.criteria if isinstance(each, Match)]
    if len(values) == len(chain.criteria):
        return [(chain.types, Match(tuple(test for each in values for test in each.tests)))]
    return [((type,), inner) for type, inner in zip(chain.types, chain.criteria, strict=True)]


def _chain(criterion: Chain, key: Column) -> Condition:
    found: list[Condition] = []
    for types, inner in links_of(criterion):
        reference, target = REFERENCES.alias(), resource.alias()
        leads = (is_one_of(reference.c.type, types), *refers(reference, criterion.parameter, target))
        this = (reference.c.key == key, *leads)
        found.append(there_is(reference, target, where=(*this, kept(target), meets(inner, target.c.key))))
    return or_(false(), *found)


def _has(criterion: Has, key: Column) -> Condition:
    this, reference = resource.alias(), REFERENCES.alias()
    where = (this.c.key == key, *refers(reference, criterion.parameter, this))
    return there_is(this, reference, where=(*where, meets(criterion.criterion, reference.c.key)))


_MEETS: dict[type, Callable[[Any, Column], Condition]] = {
    Match: _match,
    Not: _not,
    Missing: _missing,
    Ids: _of_resource(ids_are),
    Updated: _of_resource(updated_is),
    Chain: _chain,
    Has: _has,
    InCompartment: _of_resource(lies_with),
}
