"""From a mapping file's `rows` to rows that run, noting every problem."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from acpshare.forms import Item, ItemType
from acpshare.outcome import LedgerOutcome
from acpshare.plan import CATALOGUE, Element, Kind
from acpshare.translation.check import NUMBER
from acpshare.translation.compiling.codes import compile_codes
from acpshare.translation.compiling.context import Context, unknown
from acpshare.translation.compiling.groups import EQUIVALENCES, compile_list, compile_residue, compile_signature
from acpshare.translation.compiling.source import Section
from acpshare.translation.compiling.statement import compile_statement
from acpshare.translation.mapping import SERVICE_OWNED
from acpshare.translation.rows import CodeRow, CodesRow, NhsNumberRow, Row, SameRow, ScaleRow

TRANSFORMS = ("same", "nhs-number", "code", "codes", "scale", "statement", "list", "signature")
_FITS: Mapping[str, Mapping[Kind, tuple[ItemType, ...]]] = {
    "same": {
        Kind.TEXT: (ItemType.STRING, ItemType.TEXT),
        Kind.DATE: (ItemType.DATE,),
        Kind.TIME: (ItemType.TIME,),
    },
    "nhs-number": {Kind.TEXT: (ItemType.STRING,)},
    "code": {Kind.CODE: (ItemType.CHOICE, ItemType.BOOLEAN)},
    "codes": {Kind.CODES: (ItemType.CHOICE,)},
    "scale": {Kind.SCALE: (ItemType.INTEGER, ItemType.DECIMAL, ItemType.CHOICE)},
}
"""Which items each transform joins with which elements."""


def compile_row(context: Context, section: Section) -> Row | None:
    """One row, or None where it could not be understood (its problems are noted)."""
    if section.has("residue"):
        return compile_residue(context, section)
    transform = section.one_of("as", TRANSFORMS)
    if transform == "signature":
        return compile_signature(context, section)
    element = _element(context, section)
    if element is None:
        return None
    row = _row(context, transform, section, element)
    section.finish()
    return row


def _column(context: Context, section: Section, element: Element) -> Row | None:
    return _row(context, section.one_of("as", ("same", "code", "statement")), section, element)


def _row(context: Context, transform: str, section: Section, element: Element) -> Row | None:
    common = _common(context, section, element)
    if transform == "list":
        return compile_list(context, section, element, common, lambda each, of: _column(context, each, of))
    if transform == "statement":
        return compile_statement(context, section, element, common)
    item = context.single_item(section)
    if item is None or not _fits(context, transform, section, element, item):
        return None
    return _single(context, transform, section, element, {**common, "items": (item.link_id,), "item": item})


def _single(context: Context, transform: str, section: Section, element: Element, common: dict[str, Any]) -> Row:
    """A row of one item and one element."""
    if transform == "same":
        return SameRow(**common)
    if transform == "nhs-number":
        if element.path != "person.nhs_number":
            context.problems.add(section.node, "nhs-number joins a string item and person.nhs_number only")
        return NhsNumberRow(**common)
    if transform == "scale":
        scale = ScaleRow(**common, low=_decimal(context, section, "low"), high=_decimal(context, section, "high"))
        _check_scale(context, section, scale)
        return scale
    members = typing.cast("type[Enum]", element.type)
    codes = compile_codes(context, section, common["item"], members)
    if transform == "code":
        return CodeRow(**common, codes=codes)
    return CodesRow(**common, codes=codes, members=members)


def _common(context: Context, section: Section, element: Element) -> dict[str, Any]:
    equivalence = section.one_of("equivalence", EQUIVALENCES)
    why = section.text("why", "")
    if equivalence != "equal" and not why:
        context.problems.add(section.node, f"why is missing: it says in what way the element is {equivalence}")
    return {
        "place": context.place(section),
        "element": element.path,
        "equivalence": LedgerOutcome(equivalence),
        "why": why,
        "same_jurisdiction": section.flag("same_jurisdiction"),
        "into": section.text("into", "") or None,
    }


def _element(context: Context, section: Section) -> Element | None:
    path = section.text("element")
    if not path:
        return None
    where = section.get("element") or section.node
    if path in SERVICE_OWNED:
        context.problems.add(where, f"{path} is kept by the service and cannot be mapped")
        return None
    found = CATALOGUE.get(path)
    if found is None:
        context.problems.add(where, unknown("plan element", path, CATALOGUE))
    return found


def _fits(context: Context, transform: str, section: Section, element: Element, item: Item) -> bool:
    fits = item.type in _FITS[transform].get(element.kind, ())
    if not fits:
        kinds = f"a {item.type.value} item and the {element.kind.value} element {element.path}"
        context.problems.add(section.node, f"{kinds} cannot be joined by {transform}")
    if item.repeats and element.kind is not Kind.CODES:
        context.problems.add(section.node, f"item {item.link_id} repeats, and {element.path} holds one value")
        return False
    return fits


def _check_scale(context: Context, section: Section, row: ScaleRow) -> None:
    if row.low >= row.high:
        context.problems.add(section.node, "low must be below high")
    for option in row.item.options:
        if not NUMBER.fullmatch(option.code) or not row.low <= Decimal(option.code) <= row.high:
            what = f"option {option.code} of item {row.item.link_id} is not a mark from {row.low} to {row.high}"
            context.problems.add(section.node, what)


def _decimal(context: Context, section: Section, key: str) -> Decimal:
    text = section.text(key)
    if text and not NUMBER.fullmatch(text):
        context.problems.add(section.get(key) or section.node, f"{key} must be a number")
    return Decimal(text if NUMBER.fullmatch(text) else 0)
