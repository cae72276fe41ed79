"""Dates, times, periods and the outer limits of timings. https://hl7.org/fhir/R4/search.html#date"""

from __future__ import annotations

from typing import Any

from acpshare.search.dates import date_range
from acpshare.search.found import Emitter, Found
from acpshare.search.values import EARLIEST, LATEST, DateValue


def time(datatype: str, key: int) -> Emitter:
    if datatype == "Period":
        limits = _period
    elif datatype == "Timing":
        limits = _timing
    else:
        limits = _instant

    def emit(item: Any, found: Found) -> None:
        if range := limits(item):
            found.append(DateValue(key, *range))

    return emit


def _instant(item: Any) -> tuple[int, int] | None:
    return date_range(item) if isinstance(item, str) else None


def _period(item: Any) -> tuple[int, int] | None:
    if not isinstance(item, dict):
        return None
    start, end = _instant(item.get("start")), _instant(item.get("end"))
    if start is None and end is None:
        return None
    return start[0] if start else EARLIEST, end[1] if end else LATEST


def _timing(item: Any) -> tuple[int, int] | None:
    """Only the outer limits matter."""
    if not isinstance(item, dict):
        return None
    limits = [found for event in item.get("event", ()) if (found := _instant(event))]
    if bounds := _period(item.get("repeat", {}).get("boundsPeriod")):
        limits.append(bounds)
    if not limits:
        return None
    return min(low for low, _ in limits), max(high for _, high in limits)
