"""Quantities, ranges and numbers. https://hl7.org/fhir/R4/search.html#quantity"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from acpshare.search import numbers
from acpshare.search.found import Emitter, Found
from acpshare.search.texts import bounded
from acpshare.search.values import GREATEST, LEAST, QuantityValue

CURRENCIES = "urn:iso:std:iso:4217"


def quantity(datatype: str, key: int) -> Emitter:
    limits = {"Range": _range, "SampledData": _sampled, "Money": _money}.get(datatype, _amount)

    def number(item: Any, found: Found) -> None:
        if isinstance(item, int | float | Decimal):
            found.append(QuantityValue(key, *numbers.point(item), "", ""))

    def emit(item: Any, found: Found) -> None:
        if isinstance(item, dict) and (amount := limits(item)):
            low, high, unit = amount
            system, code = bounded(unit.get("system", "")), bounded(unit.get("code", ""))
            found.append(QuantityValue(key, low, high, system, code))
            if (name := bounded(unit.get("unit", ""))) and name != code:
                found.append(QuantityValue(key, low, high, "", name))

    return number if datatype in ("decimal", "integer", "positiveInt", "unsignedInt") else emit


def _amount(quantity: dict[str, Any]) -> tuple[float, float, dict[str, Any]] | None:
    if (value := quantity.get("value")) is None:
        return None
    low, high = numbers.point(value)
    comparator = quantity.get("comparator", "")
    if "<" in comparator:
        low = LEAST
    elif ">" in comparator:
        high = GREATEST
    return low, high, quantity


def _money(money: dict[str, Any]) -> tuple[float, float, dict[str, Any]] | None:
    if (value := money.get("value")) is None:
        return None
    return *numbers.point(value), {"system": CURRENCIES, "code": money.get("currency", "")}


def _range(item: dict[str, Any]) -> tuple[float, float, dict[str, Any]] | None:
    low, high = _amount(item.get("low", {})), _amount(item.get("high", {}))
    if low is None and high is None:
        return None
    unit = (low or high or (0, 0, {}))[2]
    return low[0] if low else LEAST, high[1] if high else GREATEST, unit


def _sampled(item: dict[str, Any]) -> tuple[float, float, dict[str, Any]] | None:
    """The bounds of the samples: https://hl7.org/fhir/R4/datatypes.html#sampleddata"""
    origin = item.get("origin", {})
    samples = [sample for text in str(item.get("data", "")).split() if (sample := numbers.read(text)) is not None]
    if not samples or origin.get("value") is None:
        return None
    zero, factor = float(origin["value"]), float(item.get("factor", 1))
    ends = sorted(zero + factor * float(end) for end in (min(samples), max(samples)))
    return numbers.point(ends[0])[0], numbers.point(ends[1])[1], origin
