"""One parameter of a search as a criterion, through chains and reverse chains.

https://hl7.org/fhir/R4/search.html#chaining
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from acpshare.search.parameters import Kind, SearchParameter, parameters_of, types
from acpshare.search.parsing.escapes import plain, split
from acpshare.search.parsing.problems import Problems, shown
from acpshare.search.parsing.reading import Reader, Unreadable, date_range, tests
from acpshare.search.query import Chain, Criterion, Has, Ids, Match, Missing, Not, Test, Updated

MOST_LINKS = 4
MOST_ALTERNATIVES = 500
LONGEST_ALTERNATIVE = 2048
LONGEST_VALUE = 100_000
LONGEST_CODE = 64
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Asking:
    """One name and its value, as they were sent."""

    reader: Reader
    problems: Problems
    name: str
    value: str


Result: TypeAlias = Criterion | None


def criterion(asking: Asking, type: str, name: str, links: int = 0) -> Result:
    """None when it was not understood, or passed over: then `problems` says so. `name` is what is left of the name."""
    if name.startswith("_has:"):
        return _has(asking, type, name, links)
    head, dot, rest = name.partition(".")
    code, colon, modifier = head.partition(":")
    parameter = parameters_of(type).get(code)
    if parameter is None:
        what = f"{shown(asking.name)} is not a search parameter of {type}"
        asking.problems.unknown(asking.name, what, () if code.startswith("_has") else parameters_of(type))
        return None
    if dot:
        return _chain(asking, parameter, modifier, rest, links)
    if colon and not _is_modifier(parameter, modifier):
        _not_a_modifier(asking, parameter)
        return None
    return _values(asking, parameter, modifier)


def _is_modifier(parameter: SearchParameter, modifier: str) -> bool:
    return modifier in parameter.modifiers or modifier in _target_types(parameter)


def _not_a_modifier(asking: Asking, parameter: SearchParameter) -> None:
    possible = [f":{each}" for each in parameter.modifiers]
    if parameter.kind is Kind.REFERENCE:
        possible.append(":[type] of what it refers to")
    allowed = f"possible: {', '.join(possible)}" if possible else "it takes none"
    asking.problems.unsupported(asking.name, f"{shown(asking.name)} has a modifier that is not supported; {allowed}")


def _target_types(parameter: SearchParameter) -> tuple[str, ...]:
    return parameter.targets if parameter.kind is Kind.REFERENCE else ()


def _chain(asking: Asking, parameter: SearchParameter, modifier: str, rest: str, links: int) -> Result:
    if parameter.kind is not Kind.REFERENCE:
        what = f"{shown(asking.name)} goes on after {parameter.code}, which is no reference"
        asking.problems.unsupported(asking.name, what)
        return None
    if modifier and modifier not in parameter.targets:
        _not_a_modifier(asking, parameter)
        return None
    if _too_many(asking, links):
        return None
    code = _first_code(rest)
    candidates = () if len(code) > LONGEST_CODE else _chained(parameter.type, parameter.code, modifier, code)
    if not candidates:
        where = modifier or f"nothing that {parameter.code} refers to"
        has = "does not have" if modifier else "has"
        what = f"{shown(asking.name)}: {where} {has} the parameter after the dot"
        targets = [modifier] if modifier else parameter.targets
        known = {each for target in targets if target in types() for each in parameters_of(target)}
        asking.problems.unknown(asking.name, what, sorted(known), code=code)
        return None
    return _through(asking, parameter, candidates, rest, links + 1)


def _through(asking: Asking, parameter: SearchParameter, candidates: tuple[str, ...], rest: str, links: int) -> Result:
    """What can be read for one of the types counts; what can be read for none is a problem."""
    found: list[tuple[str, Criterion]] = []
    refused: Problems | None = None
    for candidate in candidates:
        attempt = Problems(lenient=asking.problems.lenient)
        made = criterion(Asking(asking.reader, attempt, asking.name, asking.value), candidate, rest, links)
        if made is not None:
            found.append((candidate, made))
        elif refused is None:
            refused = attempt
    if not found:
        if refused is not None:
            asking.problems.errors += refused.errors
            asking.problems.warnings += refused.warnings
            asking.problems.widened |= refused.widened
        return None
    return Chain(parameter.key, tuple(type for type, _ in found), tuple(made for _, made in found))


def _first_code(rest: str) -> str:
    return "_has" if rest.startswith("_has:") else rest.partition(".")[0].partition(":")[0]


@lru_cache(maxsize=4096)
def _chained(type: str, code: str, only: str, rest: str) -> tuple[str, ...]:
    """The types that a reference may lead to and that have a parameter."""
    targets = (only,) if only else parameters_of(type)[code].targets
    return tuple(
        target for target in targets if target in types() and (rest == "_has" or rest in parameters_of(target))
    )


def _has(asking: Asking, type: str, name: str, links: int) -> Result:
    parts = name.split(":", 3)
    if len(parts) != 4 or not all(parts):
        what = f"{shown(asking.name)}: _has:Type:reference:parameter is expected"
        asking.problems.unsupported(asking.name, what)
        return None
    _, source, code, rest = parts
    parameter = parameters_of(source).get(code) if source in types() else None
    if parameter is None or parameter.kind is not Kind.REFERENCE or type not in parameter.targets:
        what = f"{shown(asking.name)}: _has needs a type and its reference parameter that can lead to {type}"
        asking.problems.unknown(asking.name, what)
        return None
    if _too_many(asking, links):
        return None
    made = criterion(asking, source, rest, links + 1)
    return None if made is None else Has(source, parameter.key, made)


def _too_many(asking: Asking, links: int) -> bool:
    if links < MOST_LINKS:
        return False
    asking.problems.too_much(asking.name, f"{shown(asking.name)} has more than {MOST_LINKS} links")
    return True


def _values(asking: Asking, parameter: SearchParameter, modifier: str) -> Result:
    if modifier == "missing":
        return _missing(asking, parameter)
    alternatives = _alternatives(asking)
    if alternatives is None:
        return None
    try:
        if parameter.code == "_id":
            return _ids(alternatives)
        if parameter.code == "_lastUpdated":
            return Updated(tuple(date_range(asking.reader, each) for each in alternatives))
        found = Match(tuple(_tests(asking, parameter, modifier, alternatives)))
    except Unreadable as expected:
        asking.problems.value(asking.name, f"{shown(asking.name)}: {expected}")
        return None
    return Not(found) if modifier in ("not", "not-in") else found


def _tests(asking: Asking, parameter: SearchParameter, modifier: str, alternatives: list[str]) -> Iterator[Test]:
    modifier = "" if modifier == "not" else modifier
    for each in alternatives:
        yield from tests(asking.reader, parameter, modifier, each)


def _ids(alternatives: list[str]) -> Ids:
    if not all(_ID.fullmatch(each) for each in alternatives):
        raise Unreadable("an id is expected: letters, digits, - and . only, at most 64")
    return Ids(tuple(dict.fromkeys(alternatives)))


def _missing(asking: Asking, parameter: SearchParameter) -> Result:
    if asking.value not in ("true", "false"):
        asking.problems.value(asking.name, f"{shown(asking.name)}: true or false is expected")
        return None
    return Missing(parameter.key, parameter.value, asking.value == "true")


def _alternatives(asking: Asking) -> list[str] | None:
    """The values with a comma between them."""
    name = asking.name
    if len(asking.value) > LONGEST_VALUE:
        asking.problems.too_much(name, f"{shown(name)} has a value of more than {LONGEST_VALUE} characters")
        return None
    found = split(asking.value, ",")
    if not all(plain(each).strip() for each in found):
        asking.problems.missing(name)
    elif len(found) > MOST_ALTERNATIVES:
        asking.problems.too_much(name, f"{shown(name)} has more than {MOST_ALTERNATIVES} values")
    elif any(len(each) > LONGEST_ALTERNATIVE for each in found):
        asking.problems.value(name, f"{shown(name)} has a value of more than {LONGEST_ALTERNATIVE} characters")
    elif _SURROGATE.search(asking.value):
        asking.problems.value(name, f"{shown(name)} has a value that is not UTF-8")
    else:
        return found
    return None
