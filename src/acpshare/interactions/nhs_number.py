"""NHS numbers at the door: `system|value` taken apart, the check digit tried, test numbers kept apart from real ones.

https://www.datadictionary.nhs.uk/attributes/nhs_number.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from stdnum.gb import nhs

from acpshare.outcome import Issue, IssueType, Malformed, error

SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"
TEST_RANGE = "999"
"""Numbers of this range are never issued: the demo uses nothing else, and a real service refuses them."""

_TEN_DIGITS = re.compile(r"[0-9]{10}", re.ASCII)
_SCOTTISH = re.compile(r"(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{6}", re.ASCII)


def problem(number: str, place: str, *, synthetic_only: bool) -> Issue | None:
    """Why the number cannot be a person's here, or None. The number itself is never repeated."""
    reason = None
    if not _TEN_DIGITS.fullmatch(number):
        reason = "an NHS number is written with ten digits and nothing else"
    elif len(set(number)) == 1:
        reason = "an NHS number is not one digit ten times"
    elif not nhs.is_valid(number):
        reason = "the NHS number's check digit is wrong"
    elif _SCOTTISH.fullmatch(number):
        reason = "the number is of the CHI range of Scotland, not an NHS number"
    elif synthetic_only and not number.startswith(TEST_RANGE):
        reason = "the demo holds synthetic people only: NHS numbers of the 999 range"
    elif not synthetic_only and number.startswith(TEST_RANGE):
        reason = "NHS numbers of the 999 range are for tests and are not accepted here"
    return error(IssueType.VALUE, reason, place, spine="INVALID_NHS_NUMBER") if reason else None


def checked(number: str, place: str, *, synthetic_only: bool) -> str:
    """The number, if it can be a person's. Raises Malformed."""
    found = problem(number, place, synthetic_only=synthetic_only)
    if found is not None:
        raise Malformed(found)
    return number


def from_token(token: str, place: str, *, synthetic_only: bool) -> str:
    """The NHS number in a search token `system|value`. Raises Malformed."""
    system, bar, number = token.partition("|")
    if not bar or system != SYSTEM:
        reason = f"the identifier is written {SYSTEM}|number"
        raise Malformed(error(IssueType.VALUE, reason, place, spine="INVALID_IDENTIFIER_SYSTEM"))
    return checked(number, place, synthetic_only=synthetic_only)


def numbers_in(value: Any) -> Iterator[str]:
    """Every NHS number in a resource, at whatever depth."""
    if isinstance(value, dict):
        number = value.get("value")
        if value.get("system") == SYSTEM and isinstance(number, str) and number:
            yield number
        for each in value.values():
            if isinstance(each, (dict, list)):
                yield from numbers_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from numbers_in(each)
