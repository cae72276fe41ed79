"""Rows over groups: lists with columns, and the places on a form that are signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from acpshare.forms import Item, ResponseItem
from acpshare.outcome import Issue
from acpshare.plan.record import Signature, SignatureRole
from acpshare.translation.rows.base import NOTHING_WRITTEN, Reading, Row, Said, Unsaid, Writing, one, said_value


def by_link(group: ResponseItem) -> Said:
    """One repetition of a group, by linkId."""
    found: dict[str, tuple[ResponseItem, ...]] = {}
    for item in group.items:
        found[item.link_id] = (*found.get(item.link_id, ()), item)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow(Row):
    """A repeating group, one repetition per entry. Editing an entry keeps the columns that the form does not show."""

    group: Item
    entry: type
    columns: tuple[Row, ...]
    unsayable: Mapping[str, Unsaid]

    def read(self, said: Said) -> Reading:
        entries: list[Any] = []
        issues: list[Issue] = []
        for repetition in said.get(self.group.link_id, ()):
            values, found = self._columns(repetition)
            issues.extend(found)
            entries.append(self.entry(**values))
        return Reading(tuple(entries), tuple(issues))

    def _columns(self, repetition: ResponseItem) -> tuple[dict[str, Any], list[Issue]]:
        said = by_link(repetition)
        values: dict[str, Any] = {}
        issues: list[Issue] = []
        for column in self.columns:
            reading = column.read(said)
            values[column.element] = reading.value
            issues.extend(reading.issues)
        return values, issues

    def write(self, value: Any) -> Writing:
        repetitions: list[ResponseItem] = []
        unsaid: list[Unsaid] = []
        for entry in value:
            shown, missing = self._show(entry)
            unsaid.extend(missing)
            if shown is not None:
                repetitions.append(shown)
        return Writing({self.group.link_id: tuple(repetitions)} if repetitions else {}, tuple(unsaid))

    def _show(self, entry: Any) -> tuple[ResponseItem | None, list[Unsaid]]:
        written: dict[str, tuple[ResponseItem, ...]] = {}
        missing: list[Unsaid] = []
        for column in self.columns:
            value = getattr(entry, column.element)
            writing = NOTHING_WRITTEN if value is None else column.write(value)
            written.update(writing.items)
            missing += [Unsaid(each.reason, each.rule, entry) for each in writing.unsaid]
        missing += [
            Unsaid(why.reason, why.rule, entry)
            for name, why in self.unsayable.items()
            if getattr(entry, name) is not None
        ]
        items = tuple(each for child in self.group.items for each in written.get(child.link_id, ()))
        return (ResponseItem(self.group.link_id, items=items) if items else None), missing

    def merge(self, value: Any, shown: Said, said: Said) -> Reading:  # noqa: ARG002 - what is shown follows from value
        """Align what came back with what was shown, so that an edit of one entry leaves the others whole."""
        after = list(said.get(self.group.link_id, ()))
        visible = [(entry, self._show(entry)[0]) for entry in value or ()]
        held = [entry for entry, display in visible if display is not None]
        before = [display for _, display in visible if display is not None]
        hidden = [entry for entry, display in visible if display is None]
        merged: list[Any] = []
        issues: list[Issue] = []
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if tag == "equal":
                merged.extend(held[i1:i2])
                continue
            for offset, repetition in enumerate(after[j1:j2]):
                values, found = self._columns(repetition)
                issues.extend(found)
                if i1 + offset < i2:
                    edited = self._edited(before[i1 + offset], repetition)
                    kept = {name: values[name] for name in edited}
                    merged.append(replace(held[i1 + offset], **kept))
                else:
                    merged.append(self.entry(**values))
        return Reading((*merged, *hidden), tuple(issues))

    def _edited(self, shown: ResponseItem, said: ResponseItem) -> frozenset[str]:
        """The columns whose answers differ."""
        before, after = by_link(shown), by_link(said)
        return frozenset(
            column.element for column in self.columns if column.normalise(before) != column.normalise(after)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRow(Row):
    """A place that is signed, as single items or as a group (repeating where several may sign)."""

    form: str
    role: SignatureRole
    fields: Mapping[str, Item]
    group: Item | None

    def read(self, said: Said) -> Reading:
        sources = [by_link(each) for each in said.get(self.group.link_id, ())] if self.group else [said]
        found = [self._signature(source) for source in sources]
        return Reading(tuple(each for each in found if each is not None))

    def _signature(self, said: Said) -> Signature | None:
        values: dict[str, Any] = {name: said_value(said, item.link_id) for name, item in self.fields.items()}
        if all(value is None for value in values.values()):
            return None
        return Signature(form=self.form, role=self.role, **values)

    def write(self, value: Any) -> Writing:
        shown = [
            tuple(
                each
                for name, item in self.fields.items()
                if getattr(signature, name) is not None
                for each in one(item, getattr(signature, name))
            )
            for signature in value
        ]
        if self.group is None:
            return Writing({item.link_id: (item,) for items in shown[:1] for item in items})
        order = [child.link_id for child in self.group.items]
        groups = tuple(
            ResponseItem(self.group.link_id, items=tuple(sorted(items, key=lambda each: order.index(each.link_id))))
            for items in shown
        )
        return Writing({self.group.link_id: groups} if groups else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidueRow(Row):
    """Items for which the plan has no element: kept verbatim for this edition."""

    form: str
    item: Item
    reason: str

    def read(self, said: Said) -> Reading:
        return Reading(said.get(self.item.link_id, ()))

    def write(self, value: Any) -> Writing:
        return Writing({self.item.link_id: value} if value else {})
