"""Statement rows: a choice with its companions, checked to be reversible in every part."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any

from acpshare.forms import Item
from acpshare.plan import Element, Kind
from acpshare.plan.values import (
    CprDecision,
    CprKind,
    Reason,
    ReasonKind,
    Review,
    ReviewKind,
    TreatmentDecision,
    TreatmentKind,
)
from acpshare.translation.compiling.codes import compile_codes, unsayable_parts, unsayable_values
from acpshare.translation.compiling.context import Context
from acpshare.translation.compiling.source import Section
from acpshare.translation.rows import Codes, Row, StatementRow, Unsaid

Parts = Mapping[Enum, tuple[str, ...]]

STATEMENT_PARTS: Mapping[type, Parts] = {
    CprDecision: {CprKind.ATTEMPT: (), CprKind.DO_NOT_ATTEMPT: ("condition",), CprKind.MODIFIED: ("details",)},
    TreatmentDecision: {TreatmentKind.FOR: (), TreatmentKind.NOT_FOR: (), TreatmentKind.CONDITIONAL: ("condition",)},
    Review: {ReviewKind.BY_DATE: ("date",), ReviewKind.INDEFINITE: ()},
    Reason: {ReasonKind.STATED: ("because",)},
}
"""Which parts a statement of each kind may have."""

_LISTS = ("values", "fields")
"""What a statement's `cannot_say` may list."""


def compile_statement(context: Context, section: Section, element: Element, common: dict[str, Any]) -> Row | None:
    if element.kind is not Kind.STATEMENT:
        context.problems.add(section.node, f"{element.path} is not a statement")
        return None
    parts = STATEMENT_PARTS[element.type]
    names = sorted({name for each in parts.values() for name in each})
    kinds = type(next(iter(parts)))
    companions = context.fields(section, names)
    choice = _choice(context, section, companions)
    codes = compile_codes(context, section, choice, kinds, _LISTS) if choice else None
    kind = None if choice else kinds(section.one_of("kind", element.values))
    unsayable = unsayable_parts(context, section, "fields", names, _LISTS)
    sayable = typing.cast("set[Enum]", set(codes.to_option) if codes else {kind})
    _check_parts(context, section, sayable, parts, companions, unsayable)
    if choice is not None and codes is not None:
        _check_companions(context, section, choice, codes, companions, parts)
    always = section.flag("always")
    if choice is None and not companions and not always:
        context.problems.add(section.node, "a statement without items needs always: true")
    links = [*([choice.link_id] if choice else []), *(item.link_id for item in companions.values())]
    return StatementRow(
        **{**common, "items": tuple(links)},
        statement=element.type,
        kinds=kinds,
        choice=choice,
        codes=codes,
        kind=kind,
        always=always,
        companions=companions,
        unsayable_kinds={} if choice else _other_kinds(context, section, kinds, kind),
        unsayable_fields=unsayable,
    )


def _choice(context: Context, section: Section, companions: Mapping[str, Item]) -> Item | None:
    used = {item.link_id for item in companions.values()}
    choices = [item for item in context.named_items(section) if item.link_id not in used]
    if len(choices) > 1:
        what = "a statement has at most one choice; its other items are named in fields"
        context.problems.add(section.node, what)
    return choices[0] if choices else None


def _check_parts(
    context: Context,
    section: Section,
    sayable: set[Enum],
    parts: Parts,
    companions: Mapping[str, Item],
    unsayable: Mapping[str, Unsaid],
) -> None:
    for name in sorted(companions.keys() & unsayable.keys()):
        context.problems.add(section.node, f"the {name} has an item and stands in cannot_say")
    for kind in sayable:
        for name in parts.get(kind, ()):
            if name not in companions and name not in unsayable:
                what = f"the {name} of {kind.value} has no item: name one in fields, or put it in cannot_say"
                context.problems.add(section.node, what)


def _other_kinds(context: Context, section: Section, kinds: type[Enum], kind: Enum | None) -> dict[Any, Unsaid]:
    known = {str(member.value): member for member in kinds}
    listed = unsayable_values(context, section, known, _LISTS)
    for value, member in known.items():
        if member is not kind and member not in listed:
            what = f"value {value} cannot be stated by this row: list it in cannot_say with the reason"
            context.problems.add(section.node, what)
    return listed


def _check_companions(
    context: Context, section: Section, choice: Item, codes: Codes, companions: Mapping[str, Item], parts: Parts
) -> None:
    """A companion with a condition must be asked whenever its kind is chosen, or the row could not be reversed."""
    for name, item in companions.items():
        condition = item.enable_when
        if condition is None or condition.question != choice.link_id:
            continue
        for kind, names in parts.items():
            option = codes.to_option.get(kind)
            if name in names and option is not None and option not in condition.answers:
                what = f"item {item.link_id} is not asked when {option} is chosen: the row could not be reversed"
                context.problems.add(section.node, what)
