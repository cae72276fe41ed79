"""What no patch may change: which resource it is. https://hl7.org/fhir/R4/http.html#patch"""

from __future__ import annotations

from typing import Any

from acpshare.fhir.json_text import JsonObject

FIXED = ("resourceType", "id")
MAX_OPERATIONS = 1_000
"""More is no patch: an update says it better, and costs less."""


def changed_identity(before: JsonObject, after: Any) -> str | None:
    """The element that the resource is known by and that differs now."""
    if type(after) is not dict:
        return FIXED[0]
    for name in FIXED:
        if before.get(name) != after.get(name) or (name in before) != (name in after):
            return name
    return None


def copied(value: Any) -> Any:
    """The value with objects and arrays of its own; numbers keep their text."""
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    if type(value) is list:
        return [copied(item) for item in value]
    return value
