"""A place in a resource's JSON as FHIRPath sees it: an element with its value, its id and extensions, and its type.

The two halves of a primitive, `birthDate` and `_birthDate`, are one element here, and `valueQuantity` is `value`.
https://hl7.org/fhir/R4/json.html#primitive
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from acpshare.fhir.validation.definitions import resource_types
from acpshare.fhir.validation.structure import Element, Node, node

Pair: TypeAlias = tuple[Any, Any]
"""The value of an element and what stands beside it under the name with an underscore; None where there is none."""


def compiled(kind: Node) -> Node:
    if not kind.compiled:
        kind.compile()
    return kind


@cache
def keys_named(kind: Node, name: str) -> tuple[str, ...]:
    """The JSON keys of an element: several where it is one of several types."""
    return tuple(key for key, element in compiled(kind).elements.items() if element.name == name)


def type_of(element: Element) -> str:
    """The name of the type; of a backbone element, the type that it belongs to and its path."""
    if element.primitive is not None:
        return element.primitive.name
    if element.node is None:
        return "Resource"
    return element.node.type_name if not element.node.path else f"{element.node.type_name}.{element.node.path}"


def pairs(holder: dict[str, Any], key: str) -> list[Pair]:
    """The items of an element that repeats."""
    values, beside = _listed(holder.get(key)), _listed(holder.get(f"_{key}"))
    length = max(len(values), len(beside))
    values = values + [None] * (length - len(values))
    beside = beside + [None] * (length - len(beside))
    return list(zip(values, beside, strict=True))


def write_pairs(holder: dict[str, Any], key: str, items: list[Pair]) -> None:
    for name, half in ((key, [value for value, _ in items]), (f"_{key}", [beside for _, beside in items])):
        if any(item is not None for item in half):
            holder[name] = half
        else:
            holder.pop(name, None)


def _item(items: Any, index: int) -> Any:
    return items[index] if type(items) is list and index < len(items) else None


def _listed(value: Any) -> list[Any]:
    return value if type(value) is list else []


@dataclass(frozen=True, slots=True, eq=False)
class Location:
    """An element that is there. The root has no parent, and `key` is its type."""

    parent: Location | None
    key: str
    index: int | None
    element: Element | None
    root: dict[str, Any] | None = None

    @property
    def pair(self) -> Pair:
        if self.parent is None:
            return self.root, None
        holder = self.parent.object
        if self.index is None:
            return holder.get(self.key), holder.get(f"_{self.key}")
        return _item(holder.get(self.key), self.index), _item(holder.get(f"_{self.key}"), self.index)

    @property
    def is_primitive(self) -> bool:
        return self.element is not None and self.element.primitive is not None

    @property
    def object(self) -> dict[str, Any]:
        """What holds the children: of a primitive, what stands beside it."""
        held = self.pair[1 if self.is_primitive else 0]
        return held if type(held) is dict else {}

    @property
    def kind(self) -> Node | None:
        """What children it may have; None for something that is no known resource."""
        if self.element is not None and self.element.primitive is not None:
            return node("Element", "")
        if self.element is not None and self.element.node is not None:
            return self.element.node
        name = self.object.get("resourceType")
        return node(name, "") if isinstance(name, str) and name in resource_types() else None

    def children(self, name: str) -> Iterator[Location]:
        kind = self.kind
        if kind is None:
            return
        holder = self.object
        for key in keys_named(kind, name):
            if key not in holder and f"_{key}" not in holder:
                continue
            element = kind.elements[key]
            if element.repeats:
                yield from (Location(self, key, index, element) for index in range(len(pairs(holder, key))))
            else:
                yield Location(self, key, None, element)

    def write(self, pair: Pair) -> None:
        """Puts another value here, of the same type."""
        if self.parent is None:
            return
        holder = self.parent.writable()
        if self.index is not None:
            items = pairs(holder, self.key)
            items[self.index] = pair
            write_pairs(holder, self.key, items)
            return
        for key, half in ((self.key, pair[0]), (f"_{self.key}", pair[1])):
            if half is not None:
                holder[key] = half
            else:
                holder.pop(key, None)

    def writable(self) -> dict[str, Any]:
        """The object that holds the children, made where a primitive has none yet."""
        if self.is_primitive and type(self.pair[1]) is not dict:
            self.write((self.pair[0], {}))
        return self.object

    def remove(self) -> None:
        """Takes the element away, and whatever is empty without it."""
        parent = self.parent
        if parent is None:
            return
        holder = parent.object
        if self.index is not None:
            items = pairs(holder, self.key)
            del items[self.index]
            write_pairs(holder, self.key, items)
        else:
            holder.pop(self.key, None)
            holder.pop(f"_{self.key}", None)
        parent.prune()

    def prune(self) -> None:
        if self.parent is None or self.object:
            return
        value = self.pair[0]
        if self.is_primitive and value is not None:
            self.write((value, None))
        else:
            self.remove()
