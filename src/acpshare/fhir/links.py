"""The links of a resource: where it refers to another, and can be made to refer elsewhere.

Found by the types of R4's definitions, so that a text that only looks like an address is left alone. Elements of type
`canonical` are no links, as a transaction understands them. https://hl7.org/fhir/R4/http.html#trules
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.validation.definitions import resource_types
from acpshare.fhir.validation.report import Place, expression, root
from acpshare.fhir.validation.structure import Element, Node, node

ADDRESSES = frozenset({"uri", "url"})
"""`uuid` and `oid` are left as they are: the address of a resource here is neither."""

_NARRATIVE_LINK = re.compile(r"""(\s(?:href|src)\s*=\s*)("[^"]*"|'[^']*')""")

Slot: TypeAlias = tuple[Any, Any]
"""The object or list that holds a value, and the key or index under which."""


@dataclass(frozen=True, slots=True)
class Link:
    """One value that may point elsewhere. `is_reference` tells a Reference from a mere address."""

    target: str
    is_reference: bool
    place: Place
    slot: Slot

    @property
    def expression(self) -> str:
        return expression(self.place)

    def point_to(self, target: str) -> None:
        holder, key = self.slot
        holder[key] = target


def links(resource: JsonObject, place: Place | None = None) -> Iterator[Link]:
    """References and addresses in a resource, at its own root or at `place`. What is not valid R4 is passed over."""
    type_name = resource.get("resourceType")
    if isinstance(type_name, str) and type_name in resource_types():
        yield from _of_object(resource, node(type_name, ""), place or root(type_name))


def point_narrative(resource: JsonObject, target_of: Callable[[str], str | None]) -> None:
    """Change where the links and images of the narratives lead; None leaves one as it is."""

    def changed(match: re.Match[str]) -> str:
        target = target_of(match[2][1:-1])
        return match[0] if target is None else f'{match[1]}"{target}"'

    pending = [resource, *_objects(resource.get("contained"))]
    while pending:
        each = pending.pop()
        pending += _objects(each.get("section"))
        text = each.get("text")
        if isinstance(text, dict) and isinstance(text.get("div"), str):
            text["div"] = _NARRATIVE_LINK.sub(changed, text["div"])


def _of_object(value: dict[str, Any], kind: Node, place: Place) -> Iterator[Link]:
    if not kind.compiled:
        kind.compile()
    if kind.type_name == "Reference" and isinstance(value.get("reference"), str):
        yield Link(value["reference"], True, (place, "reference", None), (value, "reference"))
    for key, item in value.items():
        element = kind.elements.get(key)
        if element is not None:
            yield from _of_element(value, key, item, element, kind, place)
        elif key[:1] == "_":
            for each in _objects(item):
                yield from _of_object(each, node("Element", ""), (place, key[1:], None))


def _of_element(
    holder: dict[str, Any], key: str, item: Any, element: Element, kind: Node, place: Place
) -> Iterator[Link]:
    repeats = isinstance(item, list)
    slots: list[Slot] = [(item, index) for index in range(len(item))] if repeats else [(holder, key)]
    for container, position in slots:
        each, at = container[position], (place, element.name, position if repeats else None)
        if element.primitive is not None:
            is_own_name = kind.type_name == "Extension" and key == "url"
            if element.primitive.name in ADDRESSES and isinstance(each, str) and not is_own_name:
                yield Link(each, False, at, (container, position))
        elif isinstance(each, dict):
            yield from links(each, at) if element.node is None else _of_object(each, element.node, at)


def _objects(value: Any) -> list[dict[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, dict)]
