"""Rows over groups: lists, signatures and residue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from acpshare.forms import Item, ItemType
from acpshare.outcome import LedgerOutcome
from acpshare.plan import Element, Kind
from acpshare.plan.record import SignatureRole
from acpshare.translation.compiling.codes import unsayable_parts
from acpshare.translation.compiling.context import Context, unknown
from acpshare.translation.compiling.source import Section
from acpshare.translation.rows import ListRow, ResidueRow, Row, SignatureRow, Unsaid

EQUIVALENCES = ("equal", "equivalent", "wider", "narrower", "inexact")
SIGNATURE_FIELDS = ("name", "position", "registration", "signed", "date", "time")
ColumnCompiler = Callable[[Section, Element], Row | None]


def compile_list(
    context: Context, section: Section, element: Element, common: dict[str, Any], column: ColumnCompiler
) -> Row | None:
    group = context.single_item(section)
    if element.kind is not Kind.LIST:
        context.problems.add(section.node, f"{element.path} is not a list")
        return None
    if group is None:
        return None
    if group.type is not ItemType.GROUP or not group.repeats:
        context.problems.add(section.node, f"item {group.link_id} must be a group that repeats")
    columns: list[Row] = []
    for each in section.sections("columns"):
        row = _column(context, each, element, column)
        columns.extend([row] if row is not None else [])
    unsayable = unsayable_parts(context, section, "columns", element.columns, ("columns",))
    _check_columns(context, section, element, group, columns, unsayable)
    common = {**common, "items": (group.link_id,)}
    return ListRow(**common, group=group, entry=element.type, columns=tuple(columns), unsayable=unsayable)


def _column(context: Context, section: Section, element: Element, column: ColumnCompiler) -> Row | None:
    name = section.text("element")
    found = element.columns.get(name)
    if found is None:
        if name:
            context.problems.add(section.get("element") or section.node, unknown("column", name, element.columns))
        return None
    for key in ("into", "same_jurisdiction"):
        if section.has(key):
            context.problems.add(section.node, f"{key} belongs to the row of the whole list")
    row = column(section, found)
    section.finish()
    return row


def _check_columns(
    context: Context,
    section: Section,
    element: Element,
    group: Item,
    rows: list[Row],
    unsayable: Mapping[str, Unsaid],
) -> None:
    mapped = [row.element for row in rows]
    for name in element.columns:
        if mapped.count(name) + (name in unsayable) != 1:
            what = f"column {name} must have one outcome: a row in columns, or cannot_say with the reason"
            context.problems.add(section.node, what)
    used = [link for row in rows for link in row.items]
    known = [child.link_id for child in group.items if child.type is not ItemType.DISPLAY]
    for link in known:
        if used.count(link) != 1:
            context.problems.add(section.node, f"item {link} of the group must be in one column")
    for link in used:
        if link not in known:
            context.problems.add(section.node, f"item {link} is not in group {group.link_id}")


def compile_signature(context: Context, section: Section) -> Row:
    role = SignatureRole(section.one_of("role", tuple(each.value for each in SignatureRole)))
    fields = context.fields(section, SIGNATURE_FIELDS)
    group_node = section.get("group")
    group = context.item(str(group_node.value), group_node) if group_node else None
    links = {item.link_id for item in fields.values()}
    for item in context.named_items(section):
        if item is not group and item.link_id not in links:
            context.problems.add(section.node, f"item {item.link_id} is not in fields")
    if not fields:
        context.problems.add(section.node, "fields is missing")
    if group is not None and {child.link_id for child in group.items if child.type is not ItemType.DISPLAY} != links:
        what = f"fields must name the items of group {group.link_id}, all and only those"
        context.problems.add(section.node, what)
    equivalence, why = section.one_of("equivalence", EQUIVALENCES, "equal"), section.text("why", "")
    section.finish()
    return SignatureRow(
        place=context.place(section),
        items=(group.link_id,) if group else tuple(item.link_id for item in fields.values()),
        element="signatures",
        form=context.definition.id,
        equivalence=LedgerOutcome(equivalence),
        why=why,
        role=role,
        fields=fields,
        group=group,
    )


def compile_residue(context: Context, section: Section) -> Row | None:
    reason = section.text("residue")
    named = context.named_items(section)
    section.finish()
    if len(named) != 1:
        context.problems.add(section.node, "a residue row names one item (a group stands for all in it)")
        return None
    return ResidueRow(
        place=context.place(section),
        items=(named[0].link_id,),
        element="residue",
        form=context.definition.id,
        item=named[0],
        reason=reason,
    )
