"""The separators of a value, and how they are escaped. https://hl7.org/fhir/R4/search.html#escaping"""

from __future__ import annotations

import re

_SEPARATOR_OR_ESCAPE = re.compile(r"\\.|[,|$]", re.DOTALL)
_ESCAPED = re.compile(r"\\([,|$\\])")


def split(text: str, separator: str) -> list[str]:
    """At each separator that is not escaped; the pieces keep their escapes."""
    if "\\" not in text:
        return text.split(separator)
    pieces, start = [], 0
    for found in _SEPARATOR_OR_ESCAPE.finditer(text):
        if found[0] == separator:
            pieces.append(text[start : found.start()])
            start = found.end()
    return [*pieces, text[start:]]


def plain(text: str) -> str:
    """Without the escapes. A backslash before anything else stands for itself."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text
