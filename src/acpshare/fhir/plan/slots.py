"""Where in a resource one fact stands: written and read by the same row, so that the two cannot drift apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from acpshare.fhir.json_text import JsonObject, Number
from acpshare.fhir.systems import VALUES, coding

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """`path` is relative to the part's prefix (empty: the prefix itself); `home` is for people to read."""

    path: str
    home: str
    put: Callable[[JsonObject, Any], None]
    get: Callable[[JsonObject], Any]


def at(path: str, place: str) -> Slot:
    """A text, date or number that stands at a place such as `name[0].text`."""
    steps = _steps(place)

    def put(resource: JsonObject, value: Any) -> None:
        put_at(resource, steps, value)

    def get(resource: JsonObject) -> Any:
        value = get_at(resource, steps)
        return value if isinstance(value, str | int | float | Number) and not isinstance(value, bool) else None

    return Slot(path, place, put, get)


def coded(path: str, place: str, system: str, terms: dict[str, str], element: str = "") -> Slot:
    """A code that stands in a CodeableConcept as our own coding, beside a SNOMED coding where one is known."""
    steps = (*_steps(place), "coding")

    def put(resource: JsonObject, value: Any) -> None:
        codings = [coding(system, value, terms.get(value))]
        if (snomed := VALUES.get((element, value))) is not None:
            codings.insert(0, snomed.coding())
        put_at(resource, steps, codings)

    def get(resource: JsonObject) -> Any:
        codings = get_at(resource, steps)
        found = [each.get("code") for each in codings or () if each.get("system") == system]
        return found[0] if found else None

    return Slot(path, f"{place} ({system.rsplit('/', 1)[-1]})", put, get)


def modifier(path: str, url: str) -> Slot:
    """A text that changes what the resource means: a modifier extension, which nobody may ignore."""

    def put(resource: JsonObject, value: Any) -> None:
        resource.setdefault("modifierExtension", []).append({"url": url, "valueString": value})

    def get(resource: JsonObject) -> Any:
        found = [each.get("valueString") for each in resource.get("modifierExtension", ()) if each.get("url") == url]
        return found[0] if found else None

    return Slot(path, f"modifierExtension ({url.rsplit('/', 1)[-1]})", put, get)


def put_at(resource: JsonObject, steps: Steps, value: Any) -> None:
    """Set the value at the place, making what leads there."""
    holder: Any = resource
    for step, following in pairwise(steps):
        made: Any = [] if isinstance(following, int) else {}
        if isinstance(step, str):
            holder = holder.setdefault(step, made)
        else:
            if len(holder) <= step:
                holder.append(made)
            holder = holder[step]
    holder[steps[-1]] = value


def get_at(resource: JsonObject, steps: Steps) -> Any:
    """What stands at the place, or None."""
    found: Any = resource
    for step in steps:
        if isinstance(step, str):
            found = found.get(step) if isinstance(found, dict) else None
        else:
            found = found[step] if isinstance(found, list) and len(found) > step else None
    return found


def _steps(place: str) -> Steps:
    return tuple(int(step) if step.isdigit() else step for step in re.findall(r"[A-Za-z]+|[0-9]+", place))
