"""The plan as a logical model, and the extensions that we define: https://hl7.org/fhir/R4/structuredefinition.html"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from enum import Enum

from acpshare.artefacts.definition import EVIDENCE_MARK, PLAN_MODEL, model_path, of_plan
from acpshare.fhir import systems
from acpshare.fhir.json_text import JsonObject
from acpshare.plan import CATALOGUE, Element, Kind

_TYPES = {Kind.TEXT: "string", Kind.DATE: "date", Kind.TIME: "time", Kind.CODE: "code", Kind.CODES: "code"}


def logical_model() -> JsonObject:
    """Every plan element with its meaning, its source with the evidence mark, and its values."""
    head = of_plan("StructureDefinition", "plan", "Advance care plan", "The plan: everything that any form can say.")
    elements: list[JsonObject] = [_root()]
    sections: set[str] = set()
    for path, element in CATALOGUE.items():
        elements += _sections(path, sections)
        elements.append(_element(model_path(path), element))
        elements += [_element(model_path(f"{path}.{name}"), column) for name, column in element.columns.items()]
    return head | {
        "fhirVersion": "4.0.1",
        "kind": "logical",
        "abstract": False,
        "type": PLAN_MODEL,
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Element",
        "derivation": "specialization",
        "differential": {"element": elements},
    }


def _root() -> JsonObject:
    what = "One person's advance care plan"
    return {"id": "plan", "path": "plan", "short": what, "definition": what, "min": 0, "max": "*"}


def _sections(path: str, known: set[str]) -> Iterator[JsonObject]:
    steps = path.split(".")
    for depth in range(1, len(steps)):
        name = ".".join(steps[:depth])
        if name not in known:
            known.add(name)
            text = name.split(".")[-1].replace("_", " ").capitalize()
            yield {
                "id": model_path(name),
                "path": model_path(name),
                "short": text,
                "definition": text,
                "min": 0,
                "max": "1",
                "type": [{"code": "BackboneElement"}],
            }


def _element(path: str, element: Element) -> JsonObject:
    many = element.kind in (Kind.LIST, Kind.CODES, Kind.SIGNATURES, Kind.RESIDUE)
    made: JsonObject = {
        "id": path,
        "path": path,
        "short": element.label,
        "definition": (element.type.__doc__ or element.label).strip().splitlines()[0] if many else element.label,
        "requirements": element.doc.source,
        "min": 0,
        "max": "*" if many else "1",
        "type": [{"code": _TYPES.get(element.kind, "BackboneElement")}],
    }
    if element.doc.code:
        made["code"] = [{"system": systems.SNOMED, "code": element.doc.code}]
    if element.kind in (Kind.CODE, Kind.CODES):
        name = systems.code_system(typing.cast("type[Enum]", element.type)).rsplit("/", 1)[1]
        made["binding"] = {"strength": "required", "valueSet": f"{systems.BASE}/ValueSet/{name}"}
    return made


def extensions() -> Iterator[JsonObject]:
    """The extensions that our resources use."""
    what = "A plan element without a standard home, by its path."
    yield _extension("plan-element", "Plan element", what, parts=("path", "value"))
    what = "The decision holds only in these circumstances (SR6)."
    yield _extension("condition", "Condition of a decision", what, modifier=True)
    what = "CPR is modified as described, for a child only (SR4)."
    yield _extension("modified-cpr", "Modified CPR", what, modifier=True, parts=("kind", "details"))
    what = "How far a wording or a fact may be trusted: V, V2, K or U."
    yield _extension(EVIDENCE_MARK.rsplit("/", 1)[1], "Evidence mark", what, type="code")


_SLICING: JsonObject = {
    "id": "Extension.extension",
    "path": "Extension.extension",
    "slicing": {"discriminator": [{"type": "value", "path": "url"}], "ordered": False, "rules": "open"},
}


def _extension(
    id: str, title: str, what: str, *, modifier: bool = False, parts: tuple[str, ...] = (), type: str = "string"
) -> JsonObject:
    head = of_plan("StructureDefinition", id, title, what)
    root: JsonObject = {
        "id": "Extension",
        "path": "Extension",
        "short": title,
        "definition": what,
        "min": 0,
        "max": "*",
        "isModifier": modifier,
    }
    if modifier:
        root["isModifierReason"] = "It limits or changes the decision that it stands in"
    elements = [root]
    if parts:
        elements.append(_SLICING)
        elements += [element for name in parts for element in _part(name)]
    elements.append({"id": "Extension.url", "path": "Extension.url", "min": 1, "max": "1", "fixedUri": head["url"]})
    value = {"id": "Extension.value[x]", "path": "Extension.value[x]", "min": 0}
    elements.append(value | ({"max": "0"} if parts else {"max": "1", "type": [{"code": type}]}))
    return head | {
        "fhirVersion": "4.0.1",
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": "Element"}],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {"element": elements},
    }


def _part(name: str) -> list[JsonObject]:
    """A part of a complex extension: `value` may be of any type and any number, the others are one code or string."""
    here = f"Extension.extension:{name}"
    value: JsonObject = {"id": f"{here}.value[x]", "path": "Extension.extension.value[x]", "min": 1, "max": "1"}
    if name != "value":
        value["type"] = [{"code": "code" if name == "kind" else "string"}]
    return [
        {
            "id": here,
            "path": "Extension.extension",
            "sliceName": name,
            "short": name.capitalize(),
            "definition": name.capitalize(),
            "min": 0,
            "max": "*" if name == "value" else "1",
            "type": [{"code": "Extension"}],
        },
        {"id": f"{here}.extension", "path": "Extension.extension.extension", "max": "0"},
        {"id": f"{here}.url", "path": "Extension.extension.url", "min": 1, "max": "1", "fixedUri": name},
        value,
    ]
