"""A part of a resource: its summary, its text, its data, or the elements that were asked for, marked as a part.

https://hl7.org/fhir/R4/search.html#summary and #elements
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.validation.definitions import NodeDefinition, nodes, resource_types

SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
    "display": "Resource encoded in summary mode",
}
_ALWAYS = frozenset({"resourceType", "id", "meta", "implicitRules"})


class Summary(StrEnum):
    TRUE = "true"
    TEXT = "text"
    DATA = "data"
    COUNT = "count"
    FALSE = "false"


def part_of(resource: JsonObject, summary: Summary, elements: tuple[str, ...] = ()) -> JsonObject:
    """The part that was asked for; a Bundle is kept, and each resource in it is cut."""
    if not elements and summary in (Summary.FALSE, Summary.COUNT):
        return resource
    if resource.get("resourceType") == "Bundle":
        listed = [_entry(entry, summary, elements) for entry in resource.get("entry", ())]
        return resource | ({"entry": listed} if listed else {})
    if resource.get("resourceType") == "OperationOutcome":
        return resource
    if elements:
        return _marked(_with(resource, elements))
    return _marked(_CUTS[summary](resource))


def _entry(entry: JsonObject, summary: Summary, elements: tuple[str, ...]) -> JsonObject:
    resource = entry.get("resource")
    if not isinstance(resource, dict) or entry.get("search", {}).get("mode") == "outcome":
        return entry
    # `_elements` speaks of what was searched for: what is included beside it stays whole.
    if elements and entry.get("search", {}).get("mode") == "include":
        return entry
    return entry | {"resource": part_of(resource, summary, elements)}


def _with(resource: JsonObject, elements: tuple[str, ...]) -> JsonObject:
    """`Type.element` speaks of one type only."""
    type = str(resource.get("resourceType"))
    names = {name.removeprefix(f"{type}.").split(".")[0] for name in elements}
    return _kept(resource, names | _mandatory(type) | {"modifierExtension"})


def _summarised(resource: JsonObject) -> JsonObject:
    type = str(resource.get("resourceType"))
    if type not in resource_types():
        return resource
    return {"resourceType": type} | _of_summary(resource, type, "")


def _text_only(resource: JsonObject) -> JsonObject:
    type = str(resource.get("resourceType"))
    return _kept(resource, {"text"} | _mandatory(type))


def _data_only(resource: JsonObject) -> JsonObject:
    return {name: value for name, value in resource.items() if name != "text"}


_CUTS: Mapping[Summary, Callable[[JsonObject], JsonObject]] = {
    Summary.TRUE: _summarised,
    Summary.TEXT: _text_only,
    Summary.DATA: _data_only,
}


def _kept(resource: JsonObject, names: set[str] | frozenset[str]) -> JsonObject:
    type = str(resource.get("resourceType"))
    known = _keys(type, "") if type in resource_types() else {}
    return {
        key: value
        for key, value in resource.items()
        if key in _ALWAYS or key.removeprefix("_") in names or known.get(key.removeprefix("_"), ("", ""))[0] in names
    }


@cache
def _mandatory(type: str) -> frozenset[str]:
    if type not in resource_types():
        return frozenset()
    return frozenset(each.name.removesuffix("[x]") for each in nodes(type)[""].elements if each.min)


@cache
def _nodes(type: str) -> Mapping[str, NodeDefinition]:
    return nodes(type)


@cache
def _keys(type: str, path: str) -> Mapping[str, tuple[str, str]]:
    """Every JSON key of a node: the element's name, and the type (or `#path`) of its value."""
    found: dict[str, tuple[str, str]] = {}
    for element in _nodes(type)[path].elements:
        base = element.name.removesuffix("[x]")
        for each in element.types:
            kind = each.partition(":")[0] if not each.startswith("#") else each
            key = base + kind[0].upper() + kind[1:] if element.name.endswith("[x]") else base
            found[key] = (base, kind)
    return found


@cache
def _summary_names(type: str, path: str) -> frozenset[str]:
    return frozenset(name.removesuffix("[x]") for name in _nodes(type)[path].summary)


def _of_summary(value: Mapping[str, Any], type: str, path: str) -> JsonObject:
    known, wanted = _keys(type, path), _summary_names(type, path)
    cut: JsonObject = {}
    for key, each in value.items():
        name, kind = known.get(key.removeprefix("_"), ("", ""))
        if name in wanted:
            cut[key] = each if key.startswith("_") else _deeper(each, kind, type)
    return cut


def _deeper(value: Any, kind: str, type: str) -> Any:
    if isinstance(value, list):
        return [_deeper(each, kind, type) for each in value]
    if not isinstance(value, dict):
        return value
    if kind.startswith("#"):
        return _of_summary(value, type, kind[1:])
    if kind in ("Resource", "Extension") or not kind[:1].isupper():
        return value
    return _of_summary(value, kind, "")


def _marked(resource: JsonObject) -> JsonObject:
    """With the tag that says: this is a part, and must not be sent back as the whole."""
    meta = dict(resource.get("meta", {}))
    tags = [tag for tag in meta.get("tag", ()) if tag.get("code") != SUBSETTED["code"]]
    meta["tag"] = [*tags, SUBSETTED]
    head = {name: resource[name] for name in ("resourceType", "id") if name in resource}
    return head | {"meta": meta} | {name: value for name, value in resource.items() if name not in (*head, "meta")}
