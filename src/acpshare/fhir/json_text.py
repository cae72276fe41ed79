"""JSON text of FHIR resources, read strictly and written back without loss: order and number text are kept.

What was received is what is served, so `72.50` never becomes `72.5`. A text that two readers could understand
differently (a key twice, a lone surrogate) is refused. https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, Self, TypeAlias

from acpshare.fhir.json_faults import (
    WHITESPACE,
    first_constant,
    first_repeated_key,
    first_vast_number,
    is_too_deep,
    lone_surrogate,
    reason,
)
from acpshare.outcome import Issue, IssueType, Malformed, Severity, TooLarge

JsonValue: TypeAlias = Any
"""A str, int, Number, bool, None, list or dict. Not a recursive union: its shape is the validator's work."""
JsonObject: TypeAlias = dict[str, Any]

MAX_BYTES = 5_000_000
MAX_DEPTH = 64
LONGEST_INT = 18

_NUMBER_MARK = "\udc00"
"""Stands before a number in a dump until its quotes are taken away; a lone surrogate is in no text that was read."""
_MARKED_NUMBER = re.compile(f'"{_NUMBER_MARK}([^"]*)"')


class Number(Decimal):
    """A JSON number with the text it was written in, where an int would not keep it: `72.50`, `1e3`, `-0`."""

    text: str

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __repr__(self) -> str:
        return f"Number({self.text!r})"

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[type[Number], tuple[str]]:
        return Number, (self.text,)


class _Repeated(Exception):
    """A key stands twice in one object."""


class _NoNumber(Exception):
    """NaN or Infinity stands where a number should."""


def parse(data: bytes | str, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> JsonObject:
    """The object that the text holds. Raises `TooLarge` or `Malformed`, which name a place and never quote the text."""
    value, text = _read(data, max_bytes, max_depth)
    if not isinstance(value, dict):
        _refuse("a JSON object is expected", text, len(text) - len(text.lstrip(WHITESPACE)))
    return value


def parse_array(data: bytes | str, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> list[JsonValue]:
    """The same for a text that holds an array, as a JSON Patch does."""
    value, text = _read(data, max_bytes, max_depth)
    if not isinstance(value, list):
        _refuse("a JSON array is expected", text, len(text) - len(text.lstrip(WHITESPACE)))
    return value


def _read(data: bytes | str, max_bytes: int, max_depth: int) -> tuple[JsonValue, str]:
    raw = _encoded(data)
    if len(raw) > max_bytes:
        raise TooLarge(_issue(f"the body is larger than {max_bytes} bytes", code=IssueType.TOO_LONG))
    text = _decoded(raw)
    if not text.strip(WHITESPACE):
        _refuse("the body is empty; a JSON object is expected")
    if is_too_deep(raw, max_depth):
        raise Malformed(_issue(f"the JSON is nested more than {max_depth} levels deep", code=IssueType.TOO_COSTLY))
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as failure:
        _refuse(reason(failure, text), text, failure.pos)
    except _Repeated:
        _refuse("a key is repeated in one object", text, first_repeated_key(text))
    except _NoNumber:
        _refuse("NaN and Infinity are not JSON numbers", text, first_constant(text))
    except InvalidOperation:
        _refuse("a number has a greater exponent than can be read", text, first_vast_number(text))
    if (position := lone_surrogate(text)) is not None:
        _refuse("an escaped character is half of a surrogate pair", text, position)
    return value, text


def dump(value: JsonValue, *, indent: int | None = None) -> str:
    """The text of a value, compact unless indented: keys in their order, numbers as they were written, few escapes."""
    numbers = 0

    def number(item: object) -> str:
        nonlocal numbers
        if not isinstance(item, Decimal) or not item.is_finite():
            raise TypeError(f"{type(item).__name__} is not a JSON value")
        numbers += 1
        return _NUMBER_MARK + str(item)

    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, ensure_ascii=False, separators=separators, indent=indent, allow_nan=False, default=number)
    if numbers:
        text, found = _MARKED_NUMBER.subn(r"\1", text)
        if found != numbers:
            raise ValueError("a string holds a lone surrogate")
    return text


def replace_server_elements(text: str, *, id: str, version_id: str, last_updated: str) -> str:
    """The same text with the server's id, meta.versionId and meta.lastUpdated; every other character is kept.

    `text` is one that `parse` has accepted. New members go where FHIR lists them: id after resourceType, then meta.
    """
    own = f'"versionId":{_quoted(version_id)},"lastUpdated":{_quoted(last_updated)}'
    begins = _BEGINS.match(text)
    if begins is not None and _has_no_other(text, begins):
        # As most are written: the text behind its beginning need not be read.
        named = begins[2] or ',"id":'
        return f'{begins[1]}{named}{_quoted(id)},"meta":{{{own}}}{text[begins.end() :]}'
    members = _members(text, _skip(text, 0))
    if "resourceType" not in members:
        _refuse("the resource has no resourceType", text, _skip(text, 0))
    edits: list[tuple[int, int, str]] = []
    insert_at = members["resourceType"][1]
    if "id" in members:
        edits.append((*members["id"], _quoted(id)))
    else:
        edits.append((insert_at, insert_at, f',"id":{_quoted(id)}'))
    if "meta" in members:
        edits += _meta_edits(text, members["meta"][0], version_id, last_updated)
    else:
        after = members["id"][1] if "id" in members else insert_at
        edits.append((after, after, f',"meta":{{{own}}}'))
    return _edited(text, edits)


_BEGINS = re.compile(
    r"""(\s*\{\s*"resourceType"\s*:\s*"[A-Za-z]+")(?:(\s*,\s*"id"\s*:\s*)"[A-Za-z0-9.-]+")?""", re.ASCII
)


def _has_no_other(text: str, begins: re.Match[str]) -> bool:
    """Whether there is surely no meta anywhere, and no id but the one at the beginning; a name may stand in escapes."""
    return '"meta"' not in text and "\\u" not in text and (begins[2] is not None or '"id"' not in text)


def _meta_edits(text: str, start: int, version_id: str, last_updated: str) -> Iterator[tuple[int, int, str]]:
    if text[start] != "{":
        _refuse("meta is not an object", text, start)
    members = _members(text, start)
    missing = []
    for key, value in (("versionId", version_id), ("lastUpdated", last_updated)):
        if key in members:
            yield *members[key], _quoted(value)
        else:
            missing.append(f'"{key}":{_quoted(value)}')
    if missing:
        yield start + 1, start + 1, ",".join(missing) + ("," if members else "")


def _members(text: str, start: int) -> dict[str, tuple[int, int]]:
    """Where the value of each member of the object at `start` begins and ends."""
    spans: dict[str, tuple[int, int]] = {}
    position = _skip(text, start + 1)
    while text[position] != "}":
        key, position = _PLAIN.raw_decode(text, position)
        begin = _skip(text, _skip(text, position) + 1)
        _, end = _PLAIN.raw_decode(text, begin)
        spans[key] = (begin, end)
        position = _skip(text, end)
        if text[position] == ",":
            position = _skip(text, position + 1)
    return spans


def _edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    pieces: list[str] = []
    position = 0
    for start, end, replacement in sorted(edits, key=lambda edit: edit[:2]):
        pieces += (text[position:start], replacement)
        position = end
    return "".join((*pieces, text[position:]))


def _skip(text: str, position: int) -> int:
    while text[position] in WHITESPACE:
        position += 1
    return position


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _encoded(data: bytes | str) -> bytes:
    if isinstance(data, bytes):
        return data
    try:
        return data.encode()
    except UnicodeEncodeError as failure:
        _refuse("a character is half of a surrogate pair", data, failure.start)


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        _refuse("the body begins with a byte order mark; plain UTF-8 is expected")
    try:
        return raw.decode()
    except UnicodeDecodeError as failure:
        valid = raw[: failure.start].decode()
        _refuse("the body is not UTF-8", valid, len(valid))


def _refuse(reason: str, text: str = "", position: int | None = None) -> NoReturn:
    if position is not None:
        line = text.count("\n", 0, position) + 1
        column = position - text.rfind("\n", 0, position)
        reason = f"{reason}: line {line}, column {column}"
    raise Malformed(_issue(reason)) from None


def _issue(reason: str, code: IssueType = IssueType.STRUCTURE) -> Issue:
    return Issue(Severity.FATAL, code, reason)


def _unrepeated(pairs: list[tuple[str, Any]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Repeated
    return members


def _integer(text: str) -> int | Number:
    return int(text) if len(text) <= LONGEST_INT and text != "-0" else Number(text)


def _constant(_: str) -> NoReturn:
    raise _NoNumber


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unrepeated, parse_float=Number, parse_int=_integer, parse_constant=_constant
)
_PLAIN = json.JSONDecoder(parse_float=str, parse_int=str)
