"""Numbers as ranges: what is on record is exact; what is asked for is as exact as it was written.

https://hl7.org/fhir/R4/search.html#number
"""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from acpshare.search.values import GREATEST, LEAST

Range: TypeAlias = tuple[float, float]

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")


def point(number: Decimal | float) -> Range:
    """From the number until just before the next one."""
    value = _finite(float(number))
    return value, _finite(math.nextafter(value, math.inf))


def read(text: str) -> Decimal | None:
    """The number that a search asks for; None when it is none."""
    if not text.isascii() or not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def as_written(number: Decimal) -> Range:
    """What the written digits leave open: 100 is 99.5 to 100.5, 5.40 is 5.395 to 5.405, and 1e2 is 95 to 105."""
    exponent = int(number.as_tuple().exponent)
    half = Decimal(5).scaleb(exponent - 1 if exponent <= 0 else exponent - 2)
    return _finite(float(number - half)), _finite(float(number + half))


def widened(number: Decimal) -> Range:
    """For `ap`: by a tenth of itself. https://hl7.org/fhir/R4/search.html#prefix"""
    tenth = abs(number) / 10
    return _finite(float(number - tenth)), _finite(math.nextafter(float(number + tenth), math.inf))


def _finite(value: float) -> float:
    return min(max(value, LEAST), GREATEST)
