"""What a form's items and options mean in the plan, as ConceptMaps: https://hl7.org/fhir/R4/conceptmap.html

The equivalence is that of the plan element (target) to the item (source). What a form cannot say stands in the map from
the plan to the form as `unmatched`, with the reason.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from enum import Enum

from acpshare.artefacts.definition import of_form
from acpshare.fhir import systems
from acpshare.fhir.json_text import JsonObject
from acpshare.plan import CATALOGUE
from acpshare.translation import CompiledMapping
from acpshare.translation.rows import CodeRow, Codes, CodesRow, ResidueRow, Row, StatementRow


def concept_maps(mapping: CompiledMapping) -> Iterator[JsonObject]:
    """Items to elements, elements to items, and options to values."""
    form = mapping.definition
    yield _map(mapping, "to-plan", "items in the plan", [_items_group(mapping)])
    yield _map(mapping, "from-plan", "plan elements on the form", [_elements_group(mapping)])
    groups = [group for row in mapping.rows if (group := _codes_group(mapping, row)) is not None]
    if groups:
        head = of_form(
            "ConceptMap", f"{form.id}-codes", f"{form.title}: options in the plan", form, "Options to plan values."
        )
        yield head | {"group": groups}


def _map(mapping: CompiledMapping, name: str, what: str, groups: list[JsonObject]) -> JsonObject:
    form = mapping.definition
    head = of_form("ConceptMap", f"{form.id}-{name}", f"{form.title}: {what}", form, f"{what.capitalize()}.")
    return head | {"group": groups}


def _items_group(mapping: CompiledMapping) -> JsonObject:
    elements = []
    for link, row in mapping.row_of.items():
        element: JsonObject = {"code": link, "display": mapping.items[link].text}
        if isinstance(row, ResidueRow):
            element["target"] = [{"equivalence": "unmatched", "comment": f"Kept verbatim with the plan: {row.reason}"}]
        else:
            element["target"] = [_target(row.element, CATALOGUE[row.element].label, row.equivalence.value, row.why)]
        elements.append(element)
    return {"source": mapping.definition.url, "target": systems.PLAN_ELEMENT_CODES, "element": elements}


def _elements_group(mapping: CompiledMapping) -> JsonObject:
    inverse = {"wider": "narrower", "narrower": "wider"}
    elements: list[JsonObject] = []
    by_element: dict[str, list[JsonObject]] = {}
    for row in mapping.rows:
        if not isinstance(row, ResidueRow):
            equivalence = inverse.get(row.equivalence.value, row.equivalence.value)
            targets = [_target(link, mapping.items[link].text, equivalence, row.why) for link in row.items]
            said_by_existing: list[JsonObject] = [
                {"equivalence": "unmatched", "comment": row.why or "The form says it by existing"}
            ]
            by_element.setdefault(row.element, []).extend(targets or said_by_existing)
    for path, targets in by_element.items():
        elements.append({"code": path, "display": CATALOGUE[path].label, "target": targets})
    for why in mapping.cannot_say:
        for path in why.elements:
            target = {"equivalence": "unmatched", "comment": why.reason}
            elements.append({"code": path, "display": CATALOGUE[path].label, "target": [target]})
    return {"source": systems.PLAN_ELEMENT_CODES, "target": mapping.definition.url, "element": elements}


def _target(code: str, display: str, equivalence: str, why: str) -> JsonObject:
    made: JsonObject = {"code": code, "display": display, "equivalence": equivalence}
    comment = why or ("The words differ, not the meaning" if equivalence in ("narrower", "inexact") else "")
    return made | ({"comment": comment} if comment else {})


def _codes_group(mapping: CompiledMapping, row: Row) -> JsonObject | None:
    """One table of options and values; boxes to tick have no options."""
    if not isinstance(row, CodeRow | CodesRow | StatementRow) or row.codes is None:
        return None
    item = mapping.items[row.items[0]]
    if not item.options:
        return None
    values = _values(row)
    elements = [
        {
            "code": option.code,
            "display": option.display,
            "target": [_meaning(row.codes, option.code, row.equivalence.value, row.why)],
        }
        for option in item.options
    ]
    return {"source": item.options[0].system, "target": values, "element": elements}


def _meaning(codes: Codes, option: str, equivalence: str, why: str) -> JsonObject:
    value = codes.to_value.get(option)
    if value is None:
        return {"equivalence": "unmatched", "comment": "This option states nothing"}
    return _target(str(value.value), systems.display(value), equivalence, why)


def _values(row: CodeRow | CodesRow | StatementRow) -> str:
    of = row.kinds if isinstance(row, StatementRow) else CATALOGUE[row.element].type
    return systems.code_system(typing.cast("type[Enum]", of))
