"""Whether a value on record is one that a search asks for: the meaning that every store has to give it.

https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from acpshare.search.query import (
    VALUE_OF,
    Address,
    Comparator,
    DateTest,
    Match,
    Missing,
    Not,
    QuantityTest,
    ReferenceTest,
    Sort,
    StringTest,
    Test,
    Text,
    TokenTest,
    UriTest,
)
from acpshare.search.values import (
    DateValue,
    IndexValue,
    QuantityValue,
    ReferenceValue,
    StringValue,
    TokenValue,
    UriValue,
)

Number = TypeVar("Number", int, float)


def holds(comparator: Comparator, low: Number, high: Number, from_: Number, until: Number) -> bool:
    """Whether the range on record, `low` to `high`, stands so to the range asked for. All are half open."""
    within = from_ <= low and high <= until
    if comparator in (Comparator.EQ, Comparator.NE):
        return within is (comparator is Comparator.EQ)
    if comparator in (Comparator.GT, Comparator.GE):
        return high > until or (comparator is Comparator.GE and within)
    if comparator in (Comparator.LT, Comparator.LE):
        return low < from_ or (comparator is Comparator.LE and within)
    if comparator is Comparator.AP:
        return low < until and from_ < high
    return low >= until if comparator is Comparator.SA else high <= from_


def matches(test: Test, value: IndexValue) -> bool:
    """Whether the value is of the test's parameter and kind, and passes."""
    if value.parameter != test.parameter or type(value) is not VALUE_OF[type(test)]:
        return False
    if isinstance(test, DateTest) and isinstance(value, DateValue):
        return holds(test.comparator, value.low, value.high, test.low, test.high)
    if isinstance(test, QuantityTest) and isinstance(value, QuantityValue):
        return _quantity(test, value)
    if isinstance(test, StringTest) and isinstance(value, StringValue):
        return _text(test, value)
    if isinstance(test, UriTest) and isinstance(value, UriValue):
        return _address(test, value)
    if isinstance(test, ReferenceTest) and isinstance(value, ReferenceValue):
        return value.id == test.id and test.type in (None, value.type)
    if isinstance(test, TokenTest) and isinstance(value, TokenValue):
        return test.system in (None, value.system) and test.code in (None, value.code)
    return False


def meets(criterion: Match | Not | Missing, values: Collection[IndexValue]) -> bool:
    """Whether a resource with these values meets a criterion that looks at nothing else."""
    if isinstance(criterion, Missing):
        has = any(type(value) is criterion.kind and value.parameter == criterion.parameter for value in values)
        return has is not criterion.missing
    if isinstance(criterion, Not):
        return not meets(criterion.match, values)
    return any(matches(test, value) for test in criterion.tests for value in values)


def sort_value(values: Iterable[IndexValue], sort: Sort) -> str | int | float | None:
    """By what a resource with these values stands in its place: None where it has nothing, and comes last."""
    if sort.kind is None or sort.parameter is None:
        return None
    of = _SORTED_BY[sort.kind]
    found = [of(value) for value in values if value.parameter == sort.parameter and type(value) is sort.kind]
    if not found:
        return None
    return max(found) if sort.descending else min(found)


def _sorted_by(name: str) -> Callable[[IndexValue], str | int | float]:
    def value_of(value: IndexValue) -> str | int | float:
        found: str | int | float = getattr(value, name)
        return found

    return value_of


_SORTED_BY: dict[type, Callable[[IndexValue], str | int | float]] = {
    TokenValue: _sorted_by("code"),
    StringValue: _sorted_by("folded"),
    DateValue: _sorted_by("low"),
    QuantityValue: _sorted_by("low"),
    ReferenceValue: _sorted_by("id"),
    UriValue: _sorted_by("uri"),
}


def _text(test: StringTest, value: StringValue) -> bool:
    if test.how is Text.EXACT:
        return value.exact == test.text
    return test.text in value.folded if test.how is Text.CONTAINS else value.folded.startswith(test.text)


def _address(test: UriTest, value: UriValue) -> bool:
    """An empty address is that of nothing, and above nothing."""
    if test.how is Address.ABOVE:
        return value.uri != "" and test.uri.startswith(value.uri)
    return value.uri.startswith(test.uri) if test.how is Address.BELOW else value.uri == test.uri


def _quantity(test: QuantityTest, value: QuantityValue) -> bool:
    if test.system not in (None, value.system) or test.code not in (None, value.code):
        return False
    return holds(test.comparator, value.low, value.high, test.low, test.high)
