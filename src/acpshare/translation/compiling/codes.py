"""Code tables: functions both ways, with every option and every value accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from acpshare.forms import Item, ItemType
from acpshare.translation.compiling.context import RULES, Context, unknown
from acpshare.translation.compiling.source import Node, Section
from acpshare.translation.rows import Codes, Unsaid


@dataclass(slots=True)
class _Table:
    """A code table as it is read."""

    to_value: dict[str, Any] = field(default_factory=dict)
    to_option: dict[Any, str] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)


def compile_codes(
    context: Context, section: Section, item: Item, members: type[Enum], keys: tuple[str, ...] = ("values",)
) -> Codes:
    """The row's `codes`, checked to be complete and reversible."""
    options = ("true", "false") if item.type is ItemType.BOOLEAN else tuple(each.code for each in item.options)
    known = {str(member.value): member for member in members}
    table = _Table()
    for option, node in section.pairs("codes"):
        table.named.add(option)
        _enter(context, table, option, node, options, known)
    unsayable = unsayable_values(context, section, known, keys)
    _check_complete(context, section, table, options, known, unsayable)
    return Codes(
        to_value=table.to_value, to_option=table.to_option, silent=frozenset(table.silent), unsayable=unsayable
    )


def _enter(
    context: Context, table: _Table, option: str, node: Node, options: tuple[str, ...], known: Mapping[str, Enum]
) -> None:
    if option not in options:
        context.problems.add(node, unknown("option", option, options))
    elif node.value is None:
        table.silent.add(option)
    elif not isinstance(node.value, str) or node.value not in known:
        context.problems.add(node, unknown("value", str(node.value), known))
    elif known[node.value] in table.to_option:
        other = table.to_option[known[node.value]]
        context.problems.add(node, f"{other} means {node.value} too: the row could not be reversed")
    else:
        table.to_value[option] = known[node.value]
        table.to_option[known[node.value]] = option


def _check_complete(
    context: Context,
    section: Section,
    table: _Table,
    options: tuple[str, ...],
    known: Mapping[str, Enum],
    unsayable: Mapping[Any, Unsaid],
) -> None:
    where = section.get("codes") or section.node
    if not section.has("codes"):
        context.problems.add(where, "codes is missing")
        return
    for option in options:
        if option not in table.named:
            context.problems.add(where, f"option {option} has no value: name one, or null")
    for value, member in known.items():
        if member not in table.to_option and member not in unsayable:
            what = f"value {value} has no option: give it one, or list it in the row's cannot_say with the reason"
            context.problems.add(where, what)
        if member in table.to_option and member in unsayable:
            context.problems.add(where, f"value {value} has an option and stands in cannot_say")


def unsayable_values(
    context: Context, section: Section, known: Mapping[str, Any], keys: tuple[str, ...] = ("values",)
) -> dict[Any, Unsaid]:
    """The values that the row's `cannot_say` lists."""
    return {known[name]: why for name, why in unsayable_parts(context, section, "values", known, keys).items()}


def unsayable_parts(
    context: Context, section: Section, key: str, known: Iterable[str], keys: tuple[str, ...]
) -> dict[str, Unsaid]:
    """The `key` (values, fields or columns) that the row's `cannot_say` lists; `keys` are all that it may list."""
    found: dict[str, Unsaid] = {}
    names = tuple(known)
    for each in section.sections("cannot_say"):
        texts = {name: each.texts(name) for name in keys}
        if not any(texts.values()):
            context.problems.add(each.node, f"this cannot_say names {' or '.join(keys)}")
        rule = each.one_of("rule", RULES, "") if each.has("rule") else None
        why = Unsaid(each.text("reason"), rule or None)
        each.finish()
        for text, node in texts[key]:
            if text in names:
                found[text] = why
            else:
                context.problems.add(node, unknown(key.removesuffix("s"), text, names))
    return found
