"""What is wrong with a text that is not good JSON, and where: found without recursion, and without quoting it."""

from __future__ import annotations

import json
import re
from itertools import islice

WHITESPACE = " \t\n\r"

_NOT_STRUCTURE = bytes(set(range(256)) - set(b'"[]{}'))
_SAME_BRACKETS = bytes.maketrans(b"{}", b"[]")
_OPEN = ord("[")
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_TEXT_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}:]', re.DOTALL)
_CONSTANT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|(-?Infinity|NaN)', re.DOTALL)
_VAST_NUMBER = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|(-?[0-9][0-9.]*[eE][+-]?[0-9]{10,})', re.DOTALL)


def is_too_deep(raw: bytes, max_depth: int) -> bool:
    """Whether brackets outside strings nest more than `max_depth` levels: found without recursion, nearly all in C."""
    if raw.count(b"[") + raw.count(b"{") <= max_depth:
        return False
    if b"\\" in raw:
        raw = _ESCAPE.sub(b"", raw)
    brackets = b"".join(islice(raw.translate(_SAME_BRACKETS, _NOT_STRUCTURE).split(b'"'), 0, None, 2))
    for _ in range(3):  # takes away the three innermost levels, where nearly all brackets are
        brackets = brackets.replace(b"[]", b"")
    max_depth -= 3
    depth = 0
    for bracket in brackets:
        if bracket == _OPEN:
            depth += 1
            if depth > max_depth:
                return True
        else:
            depth -= 1
            if depth < 0:
                return False  # unbalanced from here on: the parser stops no later than this
    return False


def reason(failure: json.JSONDecodeError, text: str) -> str:
    if failure.pos >= len(text.rstrip(WHITESPACE)) or failure.msg.startswith("Unterminated string"):
        return "the JSON ends before it is complete"
    if failure.msg.startswith("Extra data"):
        return "there is more text after the JSON object"
    if failure.msg.startswith("Invalid control character"):
        return "a control character stands unescaped in a string"
    return "this is not JSON"


def first_repeated_key(text: str) -> int:
    """Where a repeated key stands. Only walked once a repetition is known, so it may be slow."""
    objects: list[set[str] | None] = []
    string: tuple[str, int] | None = None
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in ("{", "["):
            objects.append(set() if mark == "{" else None)
        elif mark in ("}", "]"):
            objects.pop()
        elif mark == ":" and string is not None and (keys := objects[-1]) is not None:
            if string[0] in keys:
                return string[1]
            keys.add(string[0])
        string = (json.loads(mark), token.start()) if mark[0] == '"' else None
    return len(text)


def first_constant(text: str) -> int:
    return next((match.start() for match in _CONSTANT.finditer(text) if match[1]), len(text))


def first_vast_number(text: str) -> int:
    return next((match.start() for match in _VAST_NUMBER.finditer(text) if match[1]), len(text))


def lone_surrogate(text: str) -> int | None:
    """Where an escape stands for one half of a surrogate pair, without the other half."""
    if not _SURROGATE_ESCAPE.search(text):
        return None
    high: re.Match[str] | None = None
    for escape in _TEXT_ESCAPE.finditer(text):
        unit = int(escape[1], 16) if escape[1] else 0
        is_low = 0xDC00 <= unit <= 0xDFFF
        if is_low and high is not None and high.end() == escape.start():
            high = None
        elif is_low or high is not None:
            return (high or escape).start()
        else:
            high = escape if 0xD800 <= unit <= 0xDBFF else None
    return None if high is None else high.start()
