"""What a resource is found by: one value for each row of an index table.

Every value names its parameter by a number, so that a new SearchParameter needs no new table. A composite is kept as a
value of its second part under a number made of its name and its first part: it needs no table of its own.

All ranges are half open. An element that is there but has nothing to search by (a CodeableConcept of text only, a
reference to what is contained) leaves an empty value, so that it is not missing; no test ever asks for an empty value.
https://hl7.org/fhir/R4/search.html#ptypes
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TypeAlias

EARLIEST, LATEST = -(2**62), 2**62
"""The open ends of a DateValue."""
LEAST, GREATEST = -1.7976931348623157e308, 1.7976931348623157e308
"""The open ends of a QuantityValue: finite, for every database."""


@lru_cache(maxsize=8192)
def parameter_key(type: str, code: str, *parts: str) -> int:
    """The number of a parameter of a type, positive and of 63 bits: `("CarePlan", "patient")`.

    `parts` tell apart what is kept under one parameter: `":identifier"` of a reference, `":text"` of a token, the first
    part of a composite.
    """
    name = "\0".join((type, code, *parts)).encode(errors="surrogatepass")
    return int.from_bytes(sha256(name).digest()[:8]) >> 1


@dataclass(frozen=True, slots=True)
class TokenValue:
    """`system` is empty where there is none; `code` is as it was written, cut where no index would hold it."""

    parameter: int
    system: str
    code: str


@dataclass(frozen=True, slots=True)
class StringValue:
    """`folded` is without case and accents, for the ordinary match; `exact` is the text itself."""

    parameter: int
    folded: str
    exact: str


@dataclass(frozen=True, slots=True)
class DateValue:
    """A period in microseconds of UTC since 1970: from `low` until just before `high`. An open end is the furthest."""

    parameter: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class ReferenceValue:
    """`type` and `id` of a resource here; for one elsewhere (and a canonical) `type` is empty and `id` its address."""

    parameter: int
    type: str
    id: str


@dataclass(frozen=True, slots=True)
class QuantityValue:
    """A number, as the range from itself until just before the next float; or a Range. With its unit as it was coded.

    The precision of a number on record plays no part: https://hl7.org/fhir/R4/search.html#number
    """

    parameter: int
    low: float
    high: float
    system: str
    code: str


@dataclass(frozen=True, slots=True)
class UriValue:
    parameter: int
    uri: str


IndexValue: TypeAlias = TokenValue | StringValue | DateValue | ReferenceValue | QuantityValue | UriValue
