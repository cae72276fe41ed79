"""Invariants of StructureDefinition. https://hl7.org/fhir/R4/structuredefinition.html#invs"""

from __future__ import annotations

import re
from itertools import chain

from acpshare.fhir.validation.rules.reading import Object, below, distinct, each, has, has_choice

HL7 = "http://hl7.org/fhir/StructureDefinition"
_TYPE_NAME = re.compile(r"[a-zA-Z0-9.]+|http://hl7\.org/fhirpath/System\.[A-Z][A-Za-z]+").fullmatch


def _elements(structure: Object) -> list[Object]:
    return list(chain(below(structure, "snapshot", "element"), below(structure, "differential", "element")))


def _roots(structure: Object) -> list[Object]:
    return [element for element in _elements(structure) if "." not in str(element.get("path", "."))]


def _first(structure: Object, view: str) -> Object:
    elements = each(structure.get(view, {}), "element")
    return elements[0] if elements else {}


def _is_logical(structure: Object) -> bool:
    return structure.get("kind") == "logical"


def _is_hl7(structure: Object) -> bool:
    return str(structure.get("url", "")).startswith(HL7)


def _typed_root(structure: Object) -> bool:
    first = _first(structure, "snapshot")
    return _is_logical(structure) or not first or first.get("path") == structure.get("type")


def _untyped_differential_root(structure: Object) -> bool:
    first = _first(structure, "differential")
    return _is_logical(structure) or "." in str(first.get("path", ".")) or not has(first, "type")


def _under_root(structure: Object, view: str) -> bool:
    """Every path begins with the first one's type, which is the structure's own unless it is a logical model."""
    elements = each(structure.get(view, {}), "element")
    if not elements:
        return True
    first = str(elements[0].get("path"))
    base = first.partition(".")[0]
    if not _is_logical(structure) and base != structure.get("type"):
        return False
    return all(str(element.get("path")).startswith(f"{base}.") for element in elements[1:])


def _identified(structure: Object, view: str) -> bool:
    ids = [element.get("id") for element in below(structure, view, "element")]
    return None not in ids and distinct(ids)


def _known_types(structure: Object) -> bool:
    codes = [kind.get("code", "") for element in _elements(structure) for kind in each(element, "type")]
    return not _is_hl7(structure) or all(_TYPE_NAME(code) for code in codes)


STRUCTURES = {
    "sdf-1": lambda o: (
        o.get("derivation") == "constraint"
        or distinct(element.get("path") for element in below(o, "snapshot", "element"))
    ),
    "sdf-2": lambda o: has(o, "name", "uri"),
    "sdf-3": lambda o: all(has(e, "definition") and has(e, "min") and has(e, "max") for e in each(o, "element")),
    "sdf-4": lambda o: o.get("abstract") is True or has(o, "baseDefinition"),
    "sdf-5": lambda o: o.get("type") != "Extension" or o.get("derivation") == "specialization" or has(o, "context"),
    "sdf-6": lambda o: has(o, "snapshot", "differential"),
    "sdf-8b": lambda o: all(has(element, "base") for element in each(o, "element")),
    "sdf-9": lambda o: not any(has(element, "label", "code", "requirements") for element in _roots(o)),
    "sdf-10": lambda o: "binding" not in o or has(o["binding"], "valueSet", "description"),
    "sdf-11": _typed_root,
    "sdf-14": lambda o: all(has(element, "id") for element in _elements(o)),
    "sdf-15": lambda o: _is_logical(o) or not has(_first(o, "snapshot"), "type"),
    "sdf-15a": _untyped_differential_root,
    "sdf-16": lambda o: _identified(o, "snapshot"),
    "sdf-17": lambda o: _identified(o, "differential"),
    "sdf-18": lambda o: not has(o, "contextInvariant") or o.get("type") == "Extension",
    "sdf-19": _known_types,
    "sdf-20": lambda o: (
        not any(has(element, "slicing") for element in each(o, "element") if "." not in str(element.get("path")))
    ),
    "sdf-21": lambda o: (
        o.get("derivation") == "specialization"
        or not any(has_choice(element, "defaultValue") for element in below(o, "differential", "element"))
    ),
    "sdf-22": lambda o: not _is_hl7(o) or not any(has_choice(element, "defaultValue") for element in _elements(o)),
    "sdf-23": lambda o: not any(has(element, "sliceName") for element in _roots(o)),
    "sdf-8": lambda o: _under_root({"snapshot": o, "kind": "logical"}, "snapshot"),
    "sdf-8a": lambda o: _under_root({"differential": o, "kind": "logical"}, "differential"),
}
