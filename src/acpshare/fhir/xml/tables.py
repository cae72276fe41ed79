"""What the elements of each type are in XML: their order, and whether they are an attribute, a value or hold others.

https://hl7.org/fhir/R4/xml.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from acpshare.fhir.validation.definitions import resource_types
from acpshare.fhir.validation.structure import Element, Node, node

FHIR: Final = "http://hl7.org/fhir"
XHTML: Final = "http://www.w3.org/1999/xhtml"

ATTRIBUTE, PRIMITIVE, COMPLEX, INLINE, NARRATIVE, RESOURCE = range(6)
"""How an element is written: as an attribute, `<x value=""/>`, `<x>...</x>`, a resource in `<x>`, a div, a resource."""

_MODE_OF_XHTML: Final = "xhtml"


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One JSON key, or one resource type. `node` is what it holds, where it holds elements."""

    name: str
    order: int
    mode: int
    repeats: bool = False
    json: str = "string"
    path_name: str = ""
    """As FHIRPath says it: `value` for `valueString`."""
    node: Node | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A type's rows by JSON key, and by the name with its namespace, `http://hl7.org/fhir birthDate`."""

    rows: dict[str, Row]
    elements: dict[str, Row]
    attributes: tuple[str, ...]


@cache
def table_of(kind: Node) -> Table:
    if not kind.compiled:
        kind.compile()
    attributes = () if kind.is_resource else ("id", "url") if kind.type_name == "Extension" else ("id",)
    rows = {key: _row(key, order, element, attributes) for order, (key, element) in enumerate(kind.elements.items())}
    elements = {_qualified(row): row for row in rows.values() if row.mode != ATTRIBUTE}
    if kind.is_resource:
        rows["resourceType"] = Row("resourceType", -1, ATTRIBUTE)
    return Table(rows, elements, attributes)


def _row(key: str, order: int, element: Element, attributes: tuple[str, ...]) -> Row:
    primitive = element.primitive
    if key in attributes:
        return Row(key, order, ATTRIBUTE)
    if primitive is not None:
        mode = NARRATIVE if primitive.name == _MODE_OF_XHTML else PRIMITIVE
        return Row(key, order, mode, element.repeats, primitive.json, element.name, node("Element", ""))
    mode = INLINE if element.node is None else COMPLEX
    return Row(key, order, mode, element.repeats, "", element.name, element.node)


def _qualified(row: Row) -> str:
    return f"{XHTML if row.mode == NARRATIVE else FHIR} {row.name}"


@cache
def resource_rows() -> dict[str, Row]:
    """Every resource type by its name with the namespace."""
    return {f"{FHIR} {name}": Row(name, 0, RESOURCE, node=node(name, "")) for name in resource_types()}
