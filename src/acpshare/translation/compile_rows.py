"""From a mapping file's `rows` to rows that run, noting every problem."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from acpshare.forms import FormDefinition, Item, ItemType
from acpshare.outcome import LedgerOutcome
from acpshare.plan import CATALOGUE, Element, Kind
from acpshare.plan.record import SignatureRole
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
from acpshare.translation.mapping import SERVICE_OWNED
from acpshare.translation.rows import (
    CodeRow,
    Codes,
    CodesRow,
    ListRow,
    NhsNumberRow,
    ResidueRow,
    Row,
    SameRow,
    ScaleRow,
    SignatureRow,
    StatementRow,
    Unsaid,
)
from acpshare.translation.source import Node, Problems, Section

TRANSFORMS = ("same", "nhs-number", "code", "codes", "scale", "statement", "list", "signature")
_EQUIVALENCES = ("equal", "equivalent", "wider", "narrower", "inexact")
_SAME: Mapping[Kind, tuple[ItemType, ...]] = {
    Kind.TEXT: (ItemType.STRING, ItemType.TEXT),
    Kind.DATE: (ItemType.DATE,),
    Kind.TIME: (ItemType.TIME,),
}
STATEMENT_PARTS: Mapping[type, Mapping[Enum, tuple[str, ...]]] = {
    CprDecision: {CprKind.ATTEMPT: (), CprKind.DO_NOT_ATTEMPT: ("condition",), CprKind.MODIFIED: ("details",)},
    TreatmentDecision: {TreatmentKind.FOR: (), TreatmentKind.NOT_FOR: (), TreatmentKind.CONDITIONAL: ("condition",)},
    Review: {ReviewKind.BY_DATE: ("date",), ReviewKind.INDEFINITE: ()},
    Reason: {ReasonKind.STATED: ("because",)},
}
"""Which parts a statement of each kind may have."""


@dataclass(slots=True)
class RowCompiler:
    """Compiles the rows of one file. `places` collects who owns which element, for the coverage check."""

    definition: FormDefinition
    problems: Problems
    items: Mapping[str, Item]

    def compile(self, section: Section) -> Row | None:
        """One row, or None where it could not be understood (its problems are noted)."""
        if section.has("residue"):
            return self._residue(section)
        transform = section.one_of("as", TRANSFORMS)
        if transform == "signature":
            return self._signature(section)
        element = self._element(section)
        row = None if element is None else self._row(transform, section, element, self._common(section, element))
        section.finish()
        return row

    def _row(self, transform: str, section: Section, element: Element, common: dict[str, Any]) -> Row | None:
        if transform == "list":
            return self._list(section, element, common)
        if transform == "statement":
            return self._statement(section, element, common)
        item = self._single_item(section)
        if item is None:
            return None
        common["items"] = (item.link_id,)
        match transform:
            case "same":
                self._expect(section, element, item, _SAME)
                return SameRow(**common, item=item)
            case "nhs-number":
                self._expect(section, element, item, {Kind.TEXT: (ItemType.STRING,)})
                if element.path != "person.nhs_number":
                    self.problems.add(section.node, "nhs-number joins a string item and person.nhs_number only")
                return NhsNumberRow(**common, item=item)
            case "code":
                self._expect(section, element, item, {Kind.CODE: (ItemType.CHOICE, ItemType.BOOLEAN)})
                return CodeRow(**common, item=item, codes=self._codes(section, item, element.type, element.values))
            case "codes":
                self._expect(section, element, item, {Kind.CODES: (ItemType.CHOICE,)})
                codes = self._codes(section, item, element.type, element.values)
                return CodesRow(**common, item=item, codes=codes, members=typing.cast("type[Enum]", element.type))
            case _:
                self._expect(
                    section, element, item, {Kind.SCALE: (ItemType.INTEGER, ItemType.DECIMAL, ItemType.CHOICE)}
                )
                return ScaleRow(
                    **common, item=item, low=self._decimal(section, "low"), high=self._decimal(section, "high")
                )

    def _common(self, section: Section, element: Element) -> dict[str, Any]:
        equivalence = section.one_of("equivalence", _EQUIVALENCES)
        why = section.text("why", "")
        if equivalence not in ("", "equal") and not why:
            self.problems.add(section.node, f"why is missing: it says in what way the element is {equivalence}")
        return {
            "place": f"{self.definition.file}:{section.node.line}",
            "element": element.path,
            "equivalence": LedgerOutcome(equivalence or "equal"),
            "why": why,
            "same_jurisdiction": section.flag("same_jurisdiction"),
        }

    def _element(self, section: Section) -> Element | None:
        path = section.text("element")
        if not path:
            return None
        if path in SERVICE_OWNED:
            self.problems.add(
                section.get("element") or section.node, f"{path} is kept by the service and cannot be mapped"
            )
            return None
        found = CATALOGUE.get(path)
        if found is None:
            self.problems.add(section.get("element") or section.node, unknown("plan element", path, CATALOGUE))
        return found

    def _item(self, link_id: str, node: Node) -> Item | None:
        item = self.items.get(link_id)
        if item is None:
            self.problems.add(node, unknown("item", link_id, self.items))
        return item

    def _named_items(self, section: Section) -> list[Item]:
        named = (*section.texts("item"), *section.texts("items"))
        return [item for text, node in named if (item := self._item(text, node)) is not None]

    def _single_item(self, section: Section) -> Item | None:
        if not section.has("item"):
            self.problems.add(section.node, "item is missing")
            return None
        found = self._named_items(section)
        return found[0] if found else None

    def _expect(
        self, section: Section, element: Element, item: Item, fits: Mapping[Kind, tuple[ItemType, ...]]
    ) -> None:
        if item.type not in fits.get(element.kind, ()):
            self.problems.add(
                section.node,
                f"a {item.type.value} item and the {element.kind.value} element {element.path} cannot be joined by this transform",
            )
        if item.repeats and element.kind is not Kind.CODES:
            self.problems.add(section.node, f"item {item.link_id} repeats, and {element.path} holds one value")

    def _decimal(self, section: Section, key: str) -> Decimal:
        try:
            return Decimal(section.text(key))
        except InvalidOperation:
            self.problems.add(section.get(key) or section.node, f"{key} must be a number")
            return Decimal(0)

    # Code tables

    def _codes(self, section: Section, item: Item, members: type, values: Iterable[str]) -> Codes:
        options = ("true", "false") if item.type is ItemType.BOOLEAN else tuple(each.code for each in item.options)
        to_value: dict[str, Any] = {}
        to_option: dict[Any, str] = {}
        silent: set[str] = set()
        known = {value: typing.cast("type[Enum]", members)(value) for value in values}
        if not section.has("codes"):
            self.problems.add(section.node, "codes is missing")
        for option, node in section.pairs("codes"):
            if option not in options:
                self.problems.add(node, unknown("option", option, options))
            elif node.value is None:
                silent.add(option)
            elif not isinstance(node.value, str) or node.value not in known:
                self.problems.add(node, unknown("value", str(node.value), known))
            elif known[node.value] in to_option:
                other = to_option[known[node.value]]
                self.problems.add(node, f"{other} means {node.value} too: the row could not be reversed")
            else:
                to_value[option] = known[node.value]
                to_option[known[node.value]] = option
        for option in options:
            if (
                section.has("codes")
                and option not in to_value
                and option not in silent
                and not self._named(section, option)
            ):
                self.problems.add(
                    section.get("codes") or section.node, f"option {option} has no value: name one, or null"
                )
        unsayable = self._unsayable_values(section, known)
        for value, member in known.items():
            if member not in to_option and member not in unsayable:
                self.problems.add(
                    section.get("codes") or section.node,
                    f"value {value} has no option: give it one, or list it in the row's cannot_say with the reason",
                )
            if member in to_option and member in unsayable:
                self.problems.add(section.node, f"value {value} has an option and stands in cannot_say")
        return Codes(to_value=to_value, to_option=to_option, silent=frozenset(silent), unsayable=unsayable)

    def _named(self, section: Section, option: str) -> bool:
        return any(name == option for name, _ in section.pairs("codes"))

    def _unsayable_values(self, section: Section, known: Mapping[str, Any]) -> dict[Any, Unsaid]:
        found: dict[Any, Unsaid] = {}
        for text, node, why in self._cannot_say(section, "values"):
            if text in known:
                found[known[text]] = why
            else:
                self.problems.add(node, unknown("value", text, known))
        return found

    def _unsayable_parts(self, section: Section, key: str, known: Iterable[str]) -> dict[str, Unsaid]:
        found: dict[str, Unsaid] = {}
        names = tuple(known)
        for text, node, why in self._cannot_say(section, key):
            if text in names:
                found[text] = why
            else:
                self.problems.add(node, unknown(key.removesuffix("s"), text, names))
        return found

    def _cannot_say(self, section: Section, key: str) -> list[tuple[str, Node, Unsaid]]:
        found = []
        for each in section.sections("cannot_say"):
            allowed = [name for name in ("values", "fields", "columns") if each.has(name)]
            if not allowed:
                self.problems.add(each.node, "cannot_say names values, fields or columns")
            texts = {name: each.texts(name) for name in ("values", "fields", "columns")}
            why = Unsaid(each.text("reason"), each.text("rule", "") or None)
            found += [(text, node, why) for text, node in texts[key]]
        return found

    # Statements

    def _statement(self, section: Section, element: Element, common: dict[str, Any]) -> Row | None:
        if element.kind is not Kind.STATEMENT:
            self.problems.add(section.node, f"{element.path} is not a statement")
            return None
        parts = STATEMENT_PARTS[element.type]
        kinds = typing.cast("type[Enum]", type(next(iter(parts))))
        named = self._named_items(section)
        companions = self._fields(section, sorted({name for names in parts.values() for name in names}))
        used = {item.link_id for item in companions.values()}
        choices = [item for item in named if item.link_id not in used]
        if len(choices) > 1:
            self.problems.add(section.node, "a statement has at most one choice; its other items are named in fields")
        codes = self._codes(section, choices[0], kinds, element.values) if choices else None
        kind = None if choices else self._fixed_kind(section, element, kinds)
        unsayable = self._unsayable_parts(section, "fields", {name for names in parts.values() for name in names})
        sayable = set(codes.to_option) if codes else {kind}
        for each in sayable:
            for name in parts.get(each, ()) if each is not None else ():
                if name not in companions and name not in unsayable:
                    self.problems.add(
                        section.node,
                        f"the {name} of {each.value} has no item: name one in fields, or put it in cannot_say",
                    )
        self._check_companions(section, choices, codes, companions, parts)
        common["items"] = tuple(dict.fromkeys([*(item.link_id for item in choices), *used]))
        always = section.flag("always")
        if not choices and not companions and not always:
            self.problems.add(section.node, "a statement without items needs always: true")
        unsayable_kinds = {} if choices else self._other_kinds(section, kinds, kind)
        return StatementRow(
            **common,
            statement=element.type,
            kinds=kinds,
            choice=choices[0] if choices else None,
            codes=codes,
            kind=kind,
            always=always,
            companions=companions,
            unsayable_kinds=unsayable_kinds,
            unsayable_fields=unsayable,
        )

    def _fixed_kind(self, section: Section, element: Element, kinds: type[Enum]) -> Any:
        return kinds(section.one_of("kind", element.values))

    def _other_kinds(self, section: Section, kinds: type[Enum], kind: Any) -> dict[Any, Unsaid]:
        known = {member.value: member for member in kinds}
        listed = self._unsayable_values(section, known)
        for value, member in known.items():
            if member is not kind and member not in listed:
                self.problems.add(
                    section.node, f"value {value} cannot be stated by this row: list it in cannot_say with the reason"
                )
        return listed

    def _check_companions(
        self,
        section: Section,
        choices: list[Item],
        codes: Codes | None,
        companions: Mapping[str, Item],
        parts: Mapping[Enum, tuple[str, ...]],
    ) -> None:
        """A companion with a condition must be asked whenever its kind is chosen, or the row could not be reversed."""
        for name, item in companions.items():
            condition = item.enable_when
            if condition is None or codes is None or not choices or condition.question != choices[0].link_id:
                continue
            for kind, names in parts.items():
                option = codes.to_option.get(kind)
                if name in names and option is not None and option not in condition.answers:
                    self.problems.add(
                        section.node,
                        f"item {item.link_id} is not asked when {option} is chosen: the row could not be reversed",
                    )

    def _fields(self, section: Section, known: Iterable[str]) -> dict[str, Item]:
        """`fields: {linkId: name}` as items by name."""
        names = tuple(known)
        found: dict[str, Item] = {}
        for link_id, node in section.pairs("fields"):
            item = self._item(link_id, node)
            name = node.value if isinstance(node.value, str) else ""
            if name not in names:
                self.problems.add(node, unknown("field", name, names))
            elif name in found:
                self.problems.add(node, f"{name} is given twice: the row could not be reversed")
            elif item is not None:
                self._expect_field(name, item, node)
                found[name] = item
        return found

    def _expect_field(self, name: str, item: Item, node: Node) -> None:
        wanted = {"date": (ItemType.DATE,), "time": (ItemType.TIME,)}.get(name, (ItemType.STRING, ItemType.TEXT))
        if item.type not in wanted:
            self.problems.add(
                node,
                f"{name} needs a {' or '.join(each.value for each in wanted)} item, and {item.link_id} is a {item.type.value}",
            )

    # Groups

    def _list(self, section: Section, element: Element, common: dict[str, Any]) -> Row | None:
        group = self._single_item(section)
        if element.kind is not Kind.LIST:
            self.problems.add(section.node, f"{element.path} is not a list")
            return None
        if group is None:
            return None
        if group.type is not ItemType.GROUP or not group.repeats:
            self.problems.add(section.node, f"item {group.link_id} must be a group that repeats")
        columns = [self._column(each, element) for each in section.sections("columns")]
        rows = tuple(column for column in columns if column is not None)
        unsayable = self._unsayable_parts(section, "columns", element.columns)
        self._check_columns(section, element, group, rows, unsayable)
        common["items"] = (group.link_id,)
        return ListRow(**common, group=group, entry=element.type, columns=rows, unsayable=unsayable)

    def _column(self, section: Section, element: Element) -> Row | None:
        name = section.text("element")
        column = element.columns.get(name)
        transform = section.one_of("as", ("same", "code", "statement"))
        row = None
        if column is None:
            if name:
                self.problems.add(section.get("element") or section.node, unknown("column", name, element.columns))
        else:
            row = self._row(transform, section, column, self._common(section, column))
        section.finish()
        return row

    def _check_columns(
        self, section: Section, element: Element, group: Item, rows: tuple[Row, ...], unsayable: Mapping[str, Unsaid]
    ) -> None:
        mapped = [row.element for row in rows]
        for name in element.columns:
            if (mapped.count(name) + (name in unsayable)) != 1:
                self.problems.add(
                    section.node,
                    f"column {name} must have one outcome: a row in columns, or cannot_say with the reason",
                )
        used = [link for row in rows for link in row.items]
        for child in group.items:
            if child.type is not ItemType.DISPLAY and used.count(child.link_id) != 1:
                self.problems.add(section.node, f"item {child.link_id} of the group must be in one column")
        known = {child.link_id for child in group.items}
        for link in used:
            if link not in known:
                self.problems.add(section.node, f"item {link} is not in group {group.link_id}")

    def _signature(self, section: Section) -> Row | None:
        role = SignatureRole(section.one_of("role", tuple(each.value for each in SignatureRole)))
        fields = self._fields(section, ("name", "position", "registration", "signed", "date", "time"))
        group_node = section.get("group")
        group = self._item(str(group_node.value), group_node) if group_node else None
        plain = self._named_items(section)
        for item in plain:
            if item.link_id not in {each.link_id for each in fields.values()}:
                self.problems.add(section.node, f"item {item.link_id} is not in fields")
        if not fields:
            self.problems.add(section.node, "fields is missing")
        if group is not None:
            missing = {child.link_id for child in group.items if child.type is not ItemType.DISPLAY}
            if missing != {item.link_id for item in fields.values()}:
                self.problems.add(
                    section.node, f"fields must name the items of group {group.link_id}, all and only those"
                )
        section.get("equivalence"), section.get("why")
        section.finish()
        return SignatureRow(
            place=f"{self.definition.file}:{section.node.line}",
            items=(group.link_id,) if group else tuple(item.link_id for item in fields.values()),
            element="signatures",
            form=self.definition.id,
            role=role,
            fields=fields,
            group=group,
        )

    def _residue(self, section: Section) -> Row | None:
        reason = section.text("residue")
        named = self._named_items(section)
        section.finish()
        if len(named) != 1:
            self.problems.add(section.node, "a residue row names one item (a group stands for all in it)")
            return None
        return ResidueRow(
            place=f"{self.definition.file}:{section.node.line}",
            items=(named[0].link_id,),
            element="residue",
            form=self.definition.id,
            item=named[0],
            reason=reason,
        )


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A sentence about a name that is not known, with the nearest that are."""
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"there is no {what} {name!r}" + (f"; did you mean {' or '.join(near)}?" if near else "")
