"""One value of a search as a test. Raises Unreadable, which says what would be right and never quotes the value.

https://hl7.org/fhir/R4/search.html#ptypes
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from acpshare.search import dates, numbers
from acpshare.search.datatypes.references import LOCAL_REFERENCE, resolved
from acpshare.search.datatypes.tokens import of_type
from acpshare.search.extraction import composite_key
from acpshare.search.parameters import Kind, Part, SearchParameter
from acpshare.search.parsing.escapes import plain, split
from acpshare.search.paths import PRESENT
from acpshare.search.query import (
    Address,
    Comparator,
    DateTest,
    QuantityTest,
    ReferenceTest,
    StringTest,
    Test,
    Text,
    TokenTest,
    UriTest,
)
from acpshare.search.texts import bounded, folded
from acpshare.search.values import parameter_key

SPECIAL_VALUES = frozenset(
    {"http://hl7.org/fhir/special-values", "http://terminology.hl7.org/CodeSystem/special-values"}
)
"""The code systems of true and false."""
PREFIXES = ", ".join(Comparator)

CodesIn: TypeAlias = Callable[[str], Iterable[tuple[str, str]] | None]
"""System and code of everything in the value set with this address; None when there is no such value set."""

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_PREFIX = re.compile(r"([a-z]{2})(?=[0-9+-])")
MOST_CODES = 2000


class Unreadable(Exception):
    """The value cannot be understood; the text says what would be."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What the reading of a value depends on besides the parameter. `base` is our own address and ends in a slash."""

    base: str
    now: datetime
    codes_in: CodesIn


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameter, or the part of a composite, that a value is of."""

    kind: Kind
    key: int
    datatypes: frozenset[str]
    targets: tuple[str, ...] = ()
    implied_systems: frozenset[str] = frozenset()


def asked(parameter: SearchParameter) -> Asked:
    return Asked(parameter.kind, parameter.key, parameter.datatypes, parameter.targets, parameter.implied_systems)


def tests(reader: Reader, parameter: SearchParameter, modifier: str, text: str) -> Iterable[Test]:
    """The tests that one of the alternatives of a value stands for. `modifier` was found to be one of the parameter."""
    if parameter.kind is Kind.COMPOSITE:
        return _composite(reader, parameter, text)
    if modifier in ("text", "of-type", "in", "not-in", "identifier"):
        return _by_other_rows(reader, parameter, modifier, text)
    return _plain(reader, asked(parameter), modifier, text)


def _plain(reader: Reader, of: Asked, modifier: str, text: str) -> Iterable[Test]:
    if of.kind is Kind.TOKEN:
        return (_token(of, text),)
    if of.kind is Kind.REFERENCE:
        return (_reference(reader, of, modifier, text),)
    if of.kind is Kind.STRING:
        return (_string(of.key, modifier, text),)
    if of.kind is Kind.DATE:
        comparator, low, high = date_range(reader, text)
        return (DateTest(of.key, comparator, low, high),)
    if of.kind is Kind.URI:
        how = Address(modifier) if modifier else Address.EXACT
        return (UriTest(of.key, _said(bounded(plain(text))), how),)
    return (_quantity(of, text),)


def _by_other_rows(reader: Reader, parameter: SearchParameter, modifier: str, text: str) -> Iterable[Test]:
    """What is kept under the parameter's name and the modifier's."""
    if modifier in ("in", "not-in"):
        return _codes(reader, asked(parameter), text)
    key = parameter_key(parameter.type, parameter.code, f":{modifier}")
    if modifier == "text":
        return (StringTest(key, _said(folded(plain(text)))),)
    if modifier == "of-type":
        return (_of_type(key, text),)
    return (_token(Asked(Kind.TOKEN, key, frozenset({"Identifier"})), text),)


def _said(text: str) -> str:
    """What is left of a text must not be nothing: everything begins with nothing."""
    if not text.strip():
        raise Unreadable("a value with something to search for is expected")
    return text


def _token(of: Asked, text: str) -> TokenTest:
    parts = [bounded(plain(part)) for part in split(text, "|")]
    if len(parts) > 2 or not any(parts):
        raise Unreadable(r"code, system|code, |code or system| is expected (a | within them is written \|)")
    system, code = (None, parts[0]) if len(parts) == 1 else parts
    if of.datatypes <= {"boolean", PRESENT} and code not in ("true", "false"):
        raise Unreadable("true or false is expected")
    if system in of.implied_systems or (system in SPECIAL_VALUES and "boolean" in of.datatypes):
        system = ""
    return TokenTest(of.key, system, code or None)


def _of_type(key: int, text: str) -> TokenTest:
    parts = [plain(part) for part in split(text, "|")]
    if len(parts) != 3 or not all(parts[1:]):
        raise Unreadable("system|code|value is expected: the identifier's type, and its value")
    return TokenTest(key, bounded(parts[0]) or None, of_type(parts[1], bounded(parts[2])))


def _codes(reader: Reader, of: Asked, text: str) -> Iterable[Test]:
    found = reader.codes_in(plain(text))
    if found is None:
        raise Unreadable("the address of a value set that this server has is expected")
    codes = list(found)
    if len(codes) > MOST_CODES:
        raise Unreadable(f"the value set has more than the {MOST_CODES} codes that are searched at once")
    return [
        TokenTest(of.key, "" if system in of.implied_systems else bounded(system), bounded(code))
        for system, code in codes
    ]


def _string(key: int, modifier: str, text: str) -> StringTest:
    text = plain(text)
    if modifier == "exact":
        return StringTest(key, _said(bounded(text)), Text.EXACT)
    return StringTest(key, _said(folded(text)), Text.CONTAINS if modifier == "contains" else Text.STARTS_WITH)


def date_range(reader: Reader, text: str) -> tuple[Comparator, int, int]:
    comparator, rest = _prefixed(text)
    # A plus sign that was not encoded arrives as a space, and a date has no other.
    found = dates.date_range(plain(rest).replace(" ", "+"))
    if found is None:
        raise Unreadable(f"a date or time as FHIR writes it, after at most one prefix ({PREFIXES}), is expected")
    if comparator is Comparator.AP:
        found = dates.widened(found, reader.now)
    return comparator, *found


def _prefixed(text: str) -> tuple[Comparator, str]:
    found = _PREFIX.match(text)
    if found is None:
        return Comparator.EQ, text
    try:
        return Comparator(found[1]), text[2:]
    except ValueError:
        raise Unreadable(f"the prefix is not one of {PREFIXES}") from None


def _reference(reader: Reader, of: Asked, modifier: str, text: str) -> ReferenceTest:
    text = _said(bounded(plain(text)))
    if _ID.fullmatch(text):
        only = of.targets[0] if len(of.targets) == 1 else None
        return ReferenceTest(of.key, modifier or only, text)
    if "Reference" not in of.datatypes and not LOCAL_REFERENCE.fullmatch(text):
        return ReferenceTest(of.key, "", text)
    type, id = resolved(text, reader.base)
    if not id:
        raise Unreadable("an id, Type/id or an address is expected; what is contained cannot be searched for")
    if modifier and type and type != modifier:
        raise Unreadable("the type of the reference is not the one in the parameter's name")
    return ReferenceTest(of.key, type, id)


def _quantity(of: Asked, text: str) -> QuantityTest:
    parts = [plain(part) for part in split(text, "|")]
    comparator, digits = _prefixed(parts[0])
    number = numbers.read(digits)
    if number is None or len(parts) not in (1, 3) or (len(parts) == 3 and of.kind is Kind.NUMBER):
        shape = "a number" if of.kind is Kind.NUMBER else "number, number|system|code or number||unit"
        raise Unreadable(f"{shape}, after at most one prefix ({PREFIXES}), is expected")
    if comparator in (Comparator.EQ, Comparator.NE):
        low, high = numbers.as_written(number)
    elif comparator is Comparator.AP:
        low, high = numbers.widened(number)
    else:
        low, high = numbers.point(number)
    system, code = (bounded(part) or None for part in (*parts[1:], "", "")[:2])
    return QuantityTest(of.key, comparator, low, high, system, code)


def _composite(reader: Reader, parameter: SearchParameter, text: str) -> Iterable[Test]:
    pieces = split(text, "$")
    if len(pieces) != 2 or not all(pieces):
        raise Unreadable(r"two values with a $ between them are expected (a $ within them is written \$)")
    first, second = parameter.contexts[0].parts
    token = _token(_part(first, 0), pieces[0])
    if token.code is None:
        raise Unreadable("before the $, a code or system|code is expected")
    key = composite_key(parameter.type, parameter.code, token.system, token.code)
    return _plain(reader, _part(second, key), "", pieces[1])


def _part(part: Part, key: int) -> Asked:
    datatypes = frozenset(path.datatype for path in part.paths)
    systems = frozenset(path.system for path in part.paths if path.system)
    return Asked(part.kind, key, datatypes, (), systems if datatypes == {"code"} else frozenset())
