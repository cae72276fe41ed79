"""What a resource is found by: one value for each row of an index table.

Every value names its parameter by a number, so that a new SearchParameter needs no new table. A composite is kept as a
value of its second part under a number made of its name and its first part: it needs no table of its own.
https://hl7.org/fhir/R4/search.html#ptypes
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TypeAlias


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
    """A number as the range that its precision leaves open (5.0 is 4.95 to 5.05), with its unit as it was coded."""

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
