"""Dates as ranges of microseconds. What is written without a zone is in the time of the United Kingdom.

https://hl7.org/fhir/R4/search.html#date
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from acpshare.search.values import EARLIEST, LATEST

Range: TypeAlias = tuple[int, int]

LOCAL = ZoneInfo("Europe/London")
SECOND = 1_000_000
_LONGEST = 48
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,18}))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)


def microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def date_range(text: str) -> Range | None:
    """From the first instant that the text can mean until just after the last; None when it is no date.

    Minutes without seconds are understood, too: a search may leave them out.
    """
    return _date_range(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _date_range(text: str) -> Range | None:
    found = _DATE.fullmatch(text) if text.isascii() else None
    if found is None:
        return None
    try:
        return _day_or_more(found) if found["hour"] is None else _time(found)
    except (ValueError, OverflowError):
        return None


def widened(found: Range, now: datetime) -> Range:
    """For `ap`: by a tenth of how far it is from now. https://hl7.org/fhir/R4/search.html#prefix"""
    low, high = found
    present = microseconds(now)
    far = max(abs(present - low), abs(present - high)) // 10
    return max(low - far, EARLIEST), min(high + far, LATEST)


def _day_or_more(found: re.Match[str]) -> Range:
    year = int(found["year"])
    if found["month"] is None:
        return _midnight(year, 1, 1), _midnight(year + 1, 1, 1)
    month = int(found["month"])
    if found["day"] is None:
        return _midnight(year, month, 1), _midnight(year + month // 12, month % 12 + 1, 1)
    day = date(year, month, int(found["day"]))
    if day == date.max:
        return _midnight(year, month, day.day), LATEST
    after = day + timedelta(days=1)
    return _midnight(year, month, day.day), _midnight(after.year, after.month, after.day)


def _midnight(year: int, month: int, day: int) -> int:
    if year > date.max.year:
        return LATEST
    if year == 1:  # no zone reaches back before the first year
        return microseconds(datetime(year, month, day, tzinfo=UTC))
    return microseconds(datetime(year, month, day, tzinfo=LOCAL))


def _time(found: re.Match[str]) -> Range:
    second = int(found["second"] or 0)
    leap = second == 60
    year, month, day, hour, minute = (int(found[name]) for name in ("year", "month", "day", "hour", "minute"))
    instant = datetime(year, month, day, hour, minute, second - leap, tzinfo=_zone(found["zone"]))
    start = microseconds(instant) + leap * SECOND
    if found["second"] is None:
        return start, start + 60 * SECOND
    fraction = (found["fraction"] or "")[:6]
    low = start + int(fraction.ljust(6, "0"))
    return low, low + 10 ** (6 - len(fraction))


def _zone(text: str | None) -> tzinfo:
    if text is None:
        return LOCAL
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:])
    if hours > 14 or minutes > 59:
        raise ValueError("no such zone")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)
