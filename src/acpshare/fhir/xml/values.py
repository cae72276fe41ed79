"""The values of attributes as JSON has them: numbers with their text, truths as truths.

https://hl7.org/fhir/R4/json.html#primitive
"""

from __future__ import annotations

import re
from typing import Final

from acpshare.fhir.json_text import LONGEST_INT, Number

WORDS: Final = {"boolean": "true or false", "number": "a number"}

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<more>(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?)", re.ASCII)
_TRUTHS: Final = {"true": True, "false": False}


def typed(text: str, json: str) -> bool | int | Number | None:
    """The number or truth; None where the text is not one."""
    if json == "boolean":
        return _TRUTHS.get(text)
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    return int(text) if not match["more"] and len(text) <= LONGEST_INT and text != "-0" else Number(text)
