"""The primitive types: what each accepts, as a quick test and the words that say what would be right.

https://hl7.org/fhir/R4/datatypes.html#primitive
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any, Final

Test = Callable[[Any], bool]

MAX_STRING = 1_048_576
MAX_DIGITS = 64
MAX_EXPONENT = 308
MAX_INTEGER = 2**31 - 1

_YEAR = r"(?!0000)[0-9]{4}"
_DAY = rf"{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"

_FORBIDDEN_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DATE = re.compile(rf"{_YEAR}(?:-(?:0[1-9]|1[0-2]))?|{_DAY}").fullmatch
_DATE_TIME = re.compile(rf"{_YEAR}(?:-(?:0[1-9]|1[0-2]))?|{_DAY}(?:T{_TIME}{_ZONE})?").fullmatch
_INSTANT = re.compile(rf"{_DAY}T{_TIME}{_ZONE}").fullmatch
_TIME_OF_DAY = re.compile(_TIME).fullmatch
_CODE = re.compile(r"[^\s]+(?: [^\s]+)*").fullmatch
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}").fullmatch
_URI = re.compile(r"[^\s\x00-\x1f\ufffe\uffff]+").fullmatch
_OID = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+").fullmatch
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
_LINE_BREAKS = re.compile(r"[ \t\r\n]+")
_MEDIA_TYPE = re.compile(
    r"[\w!#$&^.+-]+/[\w!#$&^.+*-]+(?: ?; ?[\w!#$&^.+-]+=.+)?|xml|json|ttl|none", re.ASCII
).fullmatch
_CURRENCY = re.compile(r"[A-Z]{3}").fullmatch


@dataclass(frozen=True, slots=True)
class Primitive:
    """A primitive type: the JSON it is written as, whether a value is one, and what a right one looks like."""

    name: str
    json: str
    accepts: Test
    wanted: str

    def is_shaped(self, value: Any) -> bool:
        """Whether the JSON type is right, so that only the value can be wrong."""
        if self.json == "boolean":
            return type(value) is bool
        if self.json == "number":
            return type(value) is int or isinstance(value, (Decimal, float))
        return type(value) is str


def _string(value: Any) -> bool:
    if type(value) is not str or not value or value.isspace() or len(value) > MAX_STRING:
        return False
    return value.isprintable() or _FORBIDDEN_CHARACTERS.search(value) is None


def _matching(match: Callable[[str], object]) -> Test:
    return lambda value: type(value) is str and match(value) is not None


def _dated(match: Callable[[str], object]) -> Test:
    """The pattern, and a day that the month has: no 30 February."""

    def test(value: Any) -> bool:
        if type(value) is not str or match(value) is None:
            return False
        if len(value) < len("yyyy-mm-dd") or value[8:10] <= "28":
            return True
        return int(value[8:10]) <= monthrange(int(value[:4]), int(value[5:7]))[1]

    return test


def _integer(minimum: int) -> Test:
    return lambda value: type(value) is int and minimum <= value <= MAX_INTEGER


def _decimal(value: Any) -> bool:
    if type(value) is int:
        return True
    if isinstance(value, float):
        return isfinite(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        return False
    digits = value.as_tuple().digits
    return len(digits) <= MAX_DIGITS and abs(value.adjusted()) <= MAX_EXPONENT


def _base64(value: Any) -> bool:
    if type(value) is not str or not value:
        return False
    try:
        a2b_base64(_LINE_BREAKS.sub("", value), strict_mode=True)
    except ValueError:
        return False
    return True


_DATE_WORDS = "a real date written YYYY, YYYY-MM or YYYY-MM-DD"
_INSTANT_WORDS = "a real date and time with seconds and a time zone: YYYY-MM-DDThh:mm:ss+zz:zz"
_TEXT_WORDS = "text that is not empty, without control characters, of at most 1,048,576 characters"
_URI_WORDS = "a URI without spaces"

_ALL = (
    Primitive("string", "string", _string, _TEXT_WORDS),
    Primitive("markdown", "string", _string, _TEXT_WORDS),
    Primitive("code", "string", _matching(_CODE), "a code: no space at either end, and single spaces inside"),
    Primitive("id", "string", _matching(_ID), "an id: 1 to 64 letters, digits, hyphens and full stops"),
    Primitive("uri", "string", _matching(_URI), _URI_WORDS),
    Primitive("url", "string", _matching(_URI), _URI_WORDS),
    Primitive("canonical", "string", _matching(_URI), _URI_WORDS),
    Primitive("oid", "string", _matching(_OID), "an OID written urn:oid:1.2.3"),
    Primitive("uuid", "string", _matching(_UUID), "a UUID written urn:uuid: and then lower-case hexadecimal"),
    Primitive("boolean", "boolean", lambda value: type(value) is bool, "true or false"),
    Primitive("integer", "number", _integer(-MAX_INTEGER - 1), "a whole number of at most 32 bits"),
    Primitive("unsignedInt", "number", _integer(0), "a whole number, 0 or more, of at most 31 bits"),
    Primitive("positiveInt", "number", _integer(1), "a whole number, 1 or more, of at most 31 bits"),
    Primitive("decimal", "number", _decimal, "a number of at most 64 digits"),
    Primitive("date", "string", _dated(_DATE), _DATE_WORDS),
    Primitive("dateTime", "string", _dated(_DATE_TIME), f"{_DATE_WORDS}, or with a time, then with a time zone"),
    Primitive("instant", "string", _dated(_INSTANT), _INSTANT_WORDS),
    Primitive("time", "string", _matching(_TIME_OF_DAY), "a time of day written hh:mm:ss"),
    Primitive("base64Binary", "string", _base64, "base64 text"),
    Primitive("xhtml", "string", lambda value: type(value) is str, "XHTML text"),
)
PRIMITIVES: Final[dict[str, Primitive]] = {primitive.name: primitive for primitive in _ALL}

JSON_WORDS: Final = {"string": "a JSON string", "number": "a JSON number", "boolean": "true or false without quotes"}

GRAMMARS: Final[dict[str, tuple[Test, str]]] = {
    "mimetypes": (_matching(_MEDIA_TYPE), "a media type such as text/plain"),
    "currencies": (_matching(_CURRENCY), "a currency code of three capital letters (ISO 4217)"),
}
"""Required value sets that are a grammar and not a list."""
