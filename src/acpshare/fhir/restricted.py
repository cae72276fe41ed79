"""What is not shown of a person whose record is restricted: where they are, and who could tell.

A restricted Patient bears a confidentiality label. Address, telephone, practice and the like are then left out of what
is shown and of what a search can find; the stored text keeps them. https://hl7.org/fhir/R4/security-labels.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.plan_element import marked, read_plan_elements
from acpshare.fhir.systems import PLAN_ELEMENT

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
RESTRICTED = frozenset({"R", "V"})
"""Restricted, and very restricted: the labels of the Personal Demographics Service (MIT, f57f583)."""
REDACTED: JsonObject = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "REDACTED",
    "display": "redacted",
}
"""The label of an answer from which something was left out."""

ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "Patient": (
        "text",
        "contained",
        "address",
        "telecom",
        "contact",
        "generalPractitioner",
        "managingOrganization",
    ),
    "RelatedPerson": ("text", "contained", "address", "telecom"),
    "PractitionerRole": ("text", "contained", "telecom", "organization", "location"),
    "CarePlan": (),
    "Observation": (),
}
"""Elements that say where somebody is, or whom to ask, by type. Types that are not here are shown whole."""
_PATHS = re.compile(
    r"person\.(?:address|phone)|contacts\.(?:gp|gp_practice)|contacts\..*phone|legal\.proxies(?:\[[0-9]+\])?\.phone"
    r"|places\.[a-z_]+\.(?:place|organisation|address)"
)
"""The same, of a plan, where it stands in a plan-element extension."""
_LABELLED = CONFIDENTIALITY.encode()
ESCAPE = b"\\"
"""In a JSON text: `http:\\/\\/` and `\\u0068ttp` are the label's system, too."""


def is_restricted(patient: bytes) -> bool:
    """Whether a stored Patient bears the label. One that cannot, not even in escapes, is not parsed."""
    if _LABELLED not in patient and ESCAPE not in patient:
        return False
    meta = json.loads(patient).get("meta", {})
    return bool(RESTRICTED & labels(meta))


def labels(meta: Mapping[str, Any]) -> set[str]:
    """The confidentiality codes of a resource."""
    return {each.get("code", "") for each in meta.get("security", ()) if each.get("system") == CONFIDENTIALITY}


def withheld(resource: JsonObject) -> JsonObject:
    """The resource without what is not shown of a restricted person, and labelled so; itself where that is nothing."""
    type = resource["resourceType"]
    if type not in ELEMENTS:
        return resource
    left = {name: value for name, value in resource.items() if name not in ELEMENTS[type]}
    extensions = [each for each in resource.get("extension", ()) if not _is_locating(each)]
    if len(extensions) != len(resource.get("extension", ())):
        left = _with(left, "extension", extensions)
    mark = marked(resource) or ""
    if type == "PractitionerRole" and mark == "contacts.gp":
        left.pop("practitioner", None)
    if type == "Observation" and mark.startswith("places."):
        left = _unplaced(left)
    if left == resource:
        return resource
    meta = resource.get("meta", {})
    said = [*meta.get("security", ()), REDACTED]
    head = {name: left[name] for name in ("resourceType", "id") if name in left}
    return head | {"meta": meta | {"security": said}} | {name: each for name, each in left.items() if name != "meta"}


def restored(resource: JsonObject, before: JsonObject) -> JsonObject:
    """An update of what was shown, with what was not shown: nobody takes away what they could not see.

    What the update states itself is as it states it.
    """
    type = before["resourceType"]
    hidden = {name: before[name] for name in ELEMENTS.get(type, ()) if name in before and name not in resource}
    stated = {path for path, _ in read_plan_elements(resource)}
    kept = [each for each in before.get("extension", ()) if _is_locating(each) and not _paths(each) & stated]
    merged = resource | hidden
    if kept:
        merged = merged | {"extension": [*merged.get("extension", ()), *kept]}
    mark = marked(before) or ""
    if type == "PractitionerRole" and mark == "contacts.gp" and "practitioner" in before:
        merged.setdefault("practitioner", before["practitioner"])
    if type == "Observation" and mark.startswith("places."):
        merged = _placed(merged, before)
    return _unlabelled(merged)


def _unlabelled(resource: JsonObject) -> JsonObject:
    """Without the label that says that an answer was cut: what is stored is whole."""
    security = resource.get("meta", {}).get("security", ())
    if REDACTED["code"] not in {each.get("code") for each in security}:
        return resource
    said = [each for each in security if (each.get("system"), each.get("code")) != (REDACTED["system"], "REDACTED")]
    return resource | {"meta": _with(resource["meta"], "security", said)}


def is_location(path: str) -> bool:
    """Whether an element of a plan, or a column of a list, says where somebody is or whom to ask."""
    return _PATHS.fullmatch(path) is not None


def without_answers(response: JsonObject, located: frozenset[str]) -> JsonObject:
    """A filled form without the answers to these items, and labelled so; itself where it has none of them."""
    items, cut = _items(response.get("item", ()), located)
    if not cut:
        return response
    left = {name: value for name, value in response.items() if name not in ("text", "item")}
    meta = response.get("meta", {})
    left["meta"] = meta | {"security": [*meta.get("security", ()), REDACTED]}
    return left | {"item": items} if items else left


def _items(items: Sequence[JsonObject], located: frozenset[str]) -> tuple[list[JsonObject], bool]:
    kept: list[JsonObject] = []
    cut = False
    for item in items:
        if item.get("linkId") in located:
            cut = True
            continue
        inner, deeper = _items(item.get("item", ()), located)
        cut = cut or deeper
        if deeper and not inner and "answer" not in item:
            continue
        kept.append(item | {"item": inner} if deeper and inner else item)
    return kept, cut


def _with(holder: JsonObject, name: str, values: list[Any]) -> JsonObject:
    left = {each: value for each, value in holder.items() if each != name}
    return left | {name: values} if values else left


def _is_locating(extension: JsonObject) -> bool:
    return any(is_location(path) for path in _paths(extension))


def _paths(extension: JsonObject) -> set[str]:
    if extension.get("url") != PLAN_ELEMENT:
        return set()
    return {path for path, values in read_plan_elements({"extension": [extension]}) if values}


def _unplaced(observation: JsonObject) -> JsonObject:
    """A preferred place by its type only: a care home, not which."""
    value = {name: said for name, said in observation.get("valueCodeableConcept", {}).items() if name != "text"}
    left = {name: said for name, said in observation.items() if name not in ("valueCodeableConcept", "text")}
    return left | {"valueCodeableConcept": value} if value else left


def _placed(observation: JsonObject, before: JsonObject) -> JsonObject:
    said = before.get("valueCodeableConcept", {}).get("text")
    value = observation.get("valueCodeableConcept", {})
    if said is None or "text" in value:
        return observation
    return observation | {"valueCodeableConcept": value | {"text": said}}
