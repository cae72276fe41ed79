"""A search as it was understood: what every store answers in the same way.

Criteria are joined by AND; the tests of a `Match` by OR. https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from acpshare.search.values import (
    DateValue,
    IndexValue,
    QuantityValue,
    ReferenceValue,
    StringValue,
    TokenValue,
    UriValue,
)


class Comparator(StrEnum):
    """How a range on record (r) is held against the range asked for (s).

    https://hl7.org/fhir/R4/search.html#prefix
    """

    EQ = "eq"
    """r lies within s"""
    NE = "ne"
    """r does not lie within s"""
    GT = "gt"
    """r goes on after the end of s"""
    LT = "lt"
    """r begins before s"""
    GE = "ge"
    """r goes on after the end of s, or lies within s"""
    LE = "le"
    """r begins before s, or lies within s"""
    SA = "sa"
    """r begins at or after the end of s"""
    EB = "eb"
    """r ends at or before the beginning of s"""
    AP = "ap"
    """r and s have something in common (s was widened by whoever read the query)"""


class Text(StrEnum):
    """How the text of a StringTest is meant."""

    STARTS_WITH = "starts-with"
    """the folded text begins with it"""
    EXACT = "exact"
    CONTAINS = "contains"
    """the folded text contains it"""


class Address(StrEnum):
    """How the address of a UriTest is meant. https://hl7.org/fhir/R4/search.html#uri"""

    EXACT = "exact"
    BELOW = "below"
    """the address on record begins with it"""
    ABOVE = "above"
    """it begins with the address on record"""


@dataclass(frozen=True, slots=True)
class TokenTest:
    """None is "any": a code in any system, any code of a system. An empty system is "no system"."""

    parameter: int
    system: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class StringTest:
    """`text` is folded unless the match is exact."""

    parameter: int
    text: str
    how: Text = Text.STARTS_WITH


@dataclass(frozen=True, slots=True)
class DateTest:
    """`low` and `high` as in a DateValue."""

    parameter: int
    comparator: Comparator
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class ReferenceTest:
    """`type` None is "of any type"."""

    parameter: int
    type: str | None
    id: str


@dataclass(frozen=True, slots=True)
class QuantityTest:
    """None is "any unit". `low` and `high` as in a QuantityValue."""

    parameter: int
    comparator: Comparator
    low: float
    high: float
    system: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class UriTest:
    parameter: int
    uri: str
    how: Address = Address.EXACT


Test: TypeAlias = TokenTest | StringTest | DateTest | ReferenceTest | QuantityTest | UriTest

VALUE_OF: dict[type, type[IndexValue]] = {
    TokenTest: TokenValue,
    StringTest: StringValue,
    DateTest: DateValue,
    ReferenceTest: ReferenceValue,
    QuantityTest: QuantityValue,
    UriTest: UriValue,
}
"""Which kind of value a kind of test is held against."""


@dataclass(frozen=True, slots=True)
class Match:
    """One of the tests holds for one of the resource's values. No tests: nothing matches."""

    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """None of the tests holds for any of the resource's values, or it has none (`:not`)."""

    match: Match


@dataclass(frozen=True, slots=True)
class Missing:
    """The resource has no value of the parameter (`missing`), or it has one."""

    parameter: int
    kind: type[IndexValue]
    missing: bool


@dataclass(frozen=True, slots=True)
class Ids:
    """`_id`: the logical id is one of these."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Updated:
    """`_lastUpdated`: an instant (a range of one microsecond) against one of the ranges."""

    tests: tuple[tuple[Comparator, int, int], ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A reference leads to a resource of the type that meets the criterion. `types`: Patient, or each in turn."""

    parameter: int
    types: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    """One for each of the types, in their order: the same words mean another parameter in another type."""


@dataclass(frozen=True, slots=True)
class Has:
    """`_has`: a resource of the type that meets the criterion refers to this one by the parameter."""

    type: str
    parameter: int
    criterion: Criterion


@dataclass(frozen=True, slots=True)
class InCompartment:
    """The resource lies in the compartment of one of these people. For policy and for operations, not for the URL."""

    persons: tuple[str, ...]


Criterion: TypeAlias = Match | Not | Missing | Ids | Updated | Chain | Has | InCompartment


@dataclass(frozen=True, slots=True)
class Sort:
    """By the least value of the parameter going up, by the greatest going down; resources without one come last.

    The value is the code of a token, the folded text of a string, the beginning of a date or a quantity, the id of a
    reference, the address of a uri.

    `parameter` None is `_lastUpdated` with `kind` DateValue, and `_id` with `kind` None.
    """

    parameter: int | None
    kind: type[IndexValue] | None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Include:
    """`_include` (`reverse` false): what the references of `source` lead to; `_revinclude`: which `source` refer to it.

    `target` None is every type. `iterate` is applied to what was included, too.
    """

    source: str
    parameter: int
    target: str | None = None
    reverse: bool = False
    iterate: bool = False


class Total(StrEnum):
    """https://hl7.org/fhir/R4/search.html#total"""

    NONE = "none"
    ESTIMATE = "estimate"
    ACCURATE = "accurate"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: at this version of a resource. `key` is the number of the resource within the store.

    The values of the sort are not here, for a position stands in a URL and they are a patient's: the store takes them
    from that version, which never changes. `newest` is the greatest number that there was at the first page: what was
    created since is not in later pages.
    """

    key: int
    version_id: int
    newest: int


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One search of one type. Without a sort, resources come in the order in which they were first stored.

    `count` 0 asks for the total only.
    """

    type: str
    criteria: tuple[Criterion, ...] = ()
    sort: tuple[Sort, ...] = ()
    count: int = 50
    after: Position | None = None
    total: Total = Total.NONE
    includes: tuple[Include, ...] = ()
