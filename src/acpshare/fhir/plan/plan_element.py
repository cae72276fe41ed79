"""The plan-element extension: what has no standard home in R4, by its path. Nothing of a plan is lost for want of one.

{"url": ".../plan-element", "extension": [{"url": "path", "valueString": "home.access"},
                                          {"url": "value", "valueString": "..."}]}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.facts import ENTRY, Fact
from acpshare.fhir.systems import PLAN_ELEMENT


def plan_element(path: str, fact: Fact = ENTRY) -> JsonObject:
    """The extension for one fact; without a value it marks the resource that is the element at that path."""
    values = [{"url": "value", fact.type: value} for value in fact.values]
    return {"url": PLAN_ELEMENT, "extension": [{"url": "path", "valueString": path}, *values]}


def plan_elements(facts: Iterable[tuple[str, Fact]]) -> list[JsonObject]:
    return [plan_element(path, fact) for path, fact in facts]


def read_plan_elements(holder: JsonObject) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Path and values of every plan element that the resource, or the part of one, holds itself."""
    for extension in holder.get("extension", ()):
        if extension.get("url") != PLAN_ELEMENT:
            continue
        path: Any = ""
        values: list[Any] = []
        for part in extension.get("extension", ()):
            if part.get("url") == "path":
                path = part.get("valueString", "")
            else:
                values += [value for name, value in part.items() if name.startswith("value")]
        if isinstance(path, str) and path:
            yield path, tuple(values)


def marked(resource: JsonObject) -> str | None:
    """The path of the element that the resource is, or None when it is none."""
    return next((path for path, values in read_plan_elements(resource) if not values), None)
