"""NHS numbers in a search: checked, followed where one was superseded, and turned into ids before it is answered.

A number that cannot be one is refused: a slip of the pen must find nobody, and say so. One that nobody here holds is
left as it stands and finds nobody. https://hl7.org/fhir/R4/search.html#token
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from acpshare.interactions.nhs_number import SYSTEM, problem
from acpshare.outcome import Issue, IssueType, Malformed, error, information
from acpshare.storage import ByKey

Pairs = Sequence[tuple[str, str]]

_REVERSE = re.compile(r"((?:_has:[^:]+:[^:]+:)*)([^:].*)")
_CHAINED = re.compile(r"(?P<reference>(?:.+\.)?[^:.]+)(?::Patient)?\.identifier|(?P<logical>[^:]+):identifier")
_LIST = re.compile(r"(?<!\\)((?:\\\\)*),")
_BAR = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_TEN_DIGITS = re.compile(r"[0-9]{10}", re.ASCII)
_ESCAPED = re.compile(r"\\([\\|,$])")


@dataclass(frozen=True, slots=True)
class Followed:
    """The query as it is to be answered, and what is to be said about it."""

    pairs: tuple[tuple[str, str], ...]
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    """One alternative of a criterion: as it was written, and its NHS number if it is one."""

    text: str
    number: str | None = None
    person: str | None = None
    current: str | None = None
    """The number that superseded it."""


def follow(reading: ByKey, type: str, pairs: Pairs, *, synthetic_only: bool) -> Followed:
    """Criteria by NHS number become criteria by id. Raises Malformed for every number that cannot be one."""
    followed: list[tuple[str, str]] = []
    issues: list[Issue] = []
    for name, value in pairs:
        target = _target(type, name)
        if target is None or SYSTEM not in _ESCAPED.sub(r"\1", value):
            followed.append((name, value))
            continue
        found, said = _criterion(reading, name, value, target, synthetic_only=synthetic_only)
        followed.append(found)
        issues += said
    if any(issue.is_error for issue in issues):
        raise Malformed(*(issue for issue in issues if issue.is_error))
    return Followed(tuple(followed), tuple(dict.fromkeys(issues)))


@lru_cache(maxsize=1024)
def _target(type: str, name: str) -> tuple[str, str] | None:
    """The parameter that asks for the same by id, and what its values begin with; None where it is another question.

    `subject:identifier` asks, in FHIR's words, for references that hold the identifier; a number leads to one person
    either way, so both are asked.
    """
    match = _REVERSE.fullmatch(name)
    if match is None:
        return None
    before, asked = match[1], match[2]
    on = before.split(":")[-3] if before else type
    if asked == "identifier":
        return (f"{before}_id", "") if on == "Patient" else None
    chain = _CHAINED.fullmatch(asked)
    if chain is None:
        return None
    return f"{before}{chain['reference'] or chain['logical']}", "Patient/"


def _criterion(
    reading: ByKey, name: str, value: str, target: tuple[str, str], *, synthetic_only: bool
) -> tuple[tuple[str, str], list[Issue]]:
    tokens: list[_Token] = []
    issues: list[Issue] = []
    for text in _alternatives(value):
        number = _number(text)
        token = _led(reading, text, number)
        # A number on record is a sound one: only one that leads to nobody is tried.
        wrong = None
        if number is not None and token.person is None:
            wrong = _wrong(number, name, synthetic_only=synthetic_only)
        if wrong is not None:
            issues.append(wrong)
        else:
            tokens.append(token)
    if any(token.current for token in tokens):
        what = "an NHS number in this search was superseded: the answer is of the number that superseded it"
        issues.append(information(IssueType.INFORMATIONAL, what, name))
    ids = list(dict.fromkeys(token.person for token in tokens if token.person is not None))
    if not ids or any(token.number is None for token in tokens):
        # nobody, or beside identifiers of other kinds: the same question, with the numbers that hold now
        return (name, ",".join(_now(token) for token in tokens)), issues
    parameter, prefix = target
    return (parameter, ",".join(f"{prefix}{id}" for id in ids)), issues


def _wrong(number: str, name: str, *, synthetic_only: bool) -> Issue | None:
    if not number:
        what = f"the NHS number is missing: it is written {SYSTEM}|number"
        return error(IssueType.VALUE, what, name, spine="MISSING_VALUE")
    return problem(number, name, synthetic_only=synthetic_only)


def _led(reading: ByKey, text: str, number: str | None) -> _Token:
    found = reading.person_by_identifier(SYSTEM, number) if number and _TEN_DIGITS.fullmatch(number) else None
    return _Token(text, number, found.person, found.replaced_by) if found else _Token(text, number)


def _now(token: _Token) -> str:
    return f"{SYSTEM}|{token.current}" if token.current else token.text


def _alternatives(value: str) -> Iterable[str]:
    """The values of a list: a comma behind a backslash is part of one."""
    start = 0
    for comma in _LIST.finditer(value):
        yield value[start : comma.end() - 1]
        start = comma.end()
    yield value[start:]


def _number(text: str) -> str | None:
    """What stands behind the system of NHS numbers; None where the token is of another system, or of any."""
    bar = _BAR.search(text)
    if bar is None or _ESCAPED.sub(r"\1", text[: bar.end() - 1]) != SYSTEM:
        return None
    return _ESCAPED.sub(r"\1", text[bar.end() :])
