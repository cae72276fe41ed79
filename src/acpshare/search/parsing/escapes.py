"""The separators of a value, and how they are escaped. https://hl7.org/fhir/R4/search.html#escaping"""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"\\([,|$\\])")


def split(text: str, separator: str) -> list[str]:
    """At each separator that is not escaped; the pieces keep their escapes."""
    if "\\" not in text:
        return text.split(separator)
    pieces = [""]
    escaped = False
    for character in text:
        if character == separator and not escaped:
            pieces.append("")
            continue
        pieces[-1] += character
        escaped = character == "\\" and not escaped
    return pieces


def plain(text: str) -> str:
    """Without the escapes. A backslash before anything else stands for itself."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text
