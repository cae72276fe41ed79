"""The value of a patch operation: a typed value, a resource, or parts that together make an element without a name.

https://hl7.org/fhir/R4/fhirpatch.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from acpshare.fhir.patch.identity import copied
from acpshare.fhir.patch.location import Pair, compiled, keys_named, pairs, type_of, write_pairs
from acpshare.fhir.patch.path import Fault
from acpshare.fhir.validation.structure import Element, Node, node
from acpshare.outcome import IssueType

QUANTITIES = frozenset({"Quantity", "Age", "Count", "Distance", "Duration", "MoneyQuantity", "SimpleQuantity"})
"""One shape under several names."""


@dataclass(frozen=True, slots=True)
class Value:
    """`type` is a type's name, `Resource`, or None for parts."""

    type: str | None
    pair: Pair = (None, None)
    parts: tuple[dict[str, Any], ...] = ()


def value_of(part: dict[str, Any]) -> Value:
    """The one value in a part. Raises Fault."""
    typed = compiled(node("Parameters", "parameter")).elements
    keys = {key.removeprefix("_") for key in part if key.removeprefix("_").startswith("value")}
    held = [*sorted(keys), *(key for key in ("resource", "part") if key in part)]
    if len(held) != 1:
        raise Fault("a value is one value[x], one resource, or parts")
    key = held[0]
    if key == "resource":
        if type(part[key]) is not dict:
            raise Fault("resource holds a resource")
        return Value("Resource", (copied(part[key]), None))
    if key == "part":
        if type(part[key]) is not list or not all(type(item) is dict for item in part[key]):
            raise Fault("part is a list of parts, each with a name")
        return Value(None, parts=tuple(part[key]))
    if key not in typed:
        raise Fault("value[x] has a type that parameters cannot have")
    return Value(type_of(typed[key]), (copied(part.get(key)), copied(part.get(f"_{key}"))))


def place_for(kind: Node, name: str, value: Value) -> tuple[str, Element]:
    """The JSON key under which an element of this name holds this value. Raises Fault."""
    keys = keys_named(kind, name) or ((name,) if name in kind.elements else ())
    if not keys:
        raise Fault(f"name is not the name of an element of {kind.type_name}", IssueType.NOT_FOUND)
    fitting = [key for key in keys if is_fitting(kind.elements[key], value)]
    exact = [key for key in fitting if type_of(kind.elements[key]) == value.type]
    if not fitting:
        raise Fault(f"{name} takes a value of type {', '.join(type_of(kind.elements[key]) for key in keys)}")
    key = (exact or fitting)[0]
    return key, kind.elements[key]


def is_fitting(element: Element, value: Value) -> bool:
    """Whether an element can hold the value; whether it is a good one is for validation to say."""
    if element.choice is not None:
        return type_of(element) == value.type or (value.type is None and element.node is not None)
    if element.primitive is not None:
        shaped = value.pair[0] is None or element.primitive.is_shaped(value.pair[0])
        return value.type is not None and value.type[:1].islower() and shaped
    if element.node is None:
        return value.type == "Resource"
    if value.type is None:
        return True
    own = type_of(element)
    return own == value.type or (own in QUANTITIES and value.type in QUANTITIES)


def made(element: Element, value: Value) -> Pair:
    """What the element is to hold. Raises Fault."""
    if value.type is not None:
        if value.pair == (None, None):
            raise Fault("the value is empty")
        return copied(value.pair[0]), copied(value.pair[1])
    if element.node is None:
        raise Fault("parts make an element that has elements of its own")
    return _built(compiled(element.node), value.parts), None


def _built(kind: Node, parts: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    made_object: dict[str, Any] = {}
    for part in parts:
        name = part.get("name")
        if not isinstance(name, str):
            raise Fault("each part of a value has a name")
        value = value_of({key: item for key, item in part.items() if key not in ("name", "_name", "id", "extension")})
        key, element = place_for(kind, name, value)
        pair = made(element, value)
        if element.repeats:
            write_pairs(made_object, key, [*pairs(made_object, key), pair])
        elif any(k in made_object or f"_{k}" in made_object for k in keys_named(kind, element.name)):
            raise Fault(f"{element.name} stands only once in {kind.type_name}")
        else:
            made_object.update({k: half for k, half in ((key, pair[0]), (f"_{key}", pair[1])) if half is not None})
    if not made_object:
        raise Fault("the value is empty")
    return made_object
