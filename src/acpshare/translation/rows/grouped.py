"""Rows over groups: lists with columns, and the places on a form that are signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from acpshare.forms import Item, ResponseItem
from acpshare.outcome import Issue, IssueType, error
from acpshare.plan.record import Signature, SignatureRole
from acpshare.translation.rows.base import NOTHING_WRITTEN, Reading, Row, Said, Unsaid, Writing, at, one, said_value

PARTS = ("name", "position", "registration", "signed", "date", "time")


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
            unsaid += [missing] if missing is not None else []
            if shown is not None:
                repetitions.append(shown)
        return Writing({self.group.link_id: tuple(repetitions)} if repetitions else {}, tuple(unsaid))

    def _show(self, entry: Any) -> tuple[ResponseItem | None, Unsaid | None]:
        """One entry as the form shows it, and why some of it is not there: told once, with the entry whole."""
        written: dict[str, tuple[ResponseItem, ...]] = {}
        missing: list[Unsaid] = []
        for column in self.columns:
            value = getattr(entry, column.element)
            writing = NOTHING_WRITTEN if value is None else column.write(value)
            written.update(writing.items)
            missing.extend(writing.unsaid)
        missing += [why for name, why in self.unsayable.items() if getattr(entry, name) is not None]
        reason = " ".join(dict.fromkeys(why.reason for why in missing))
        rule = next((why.rule for why in missing if why.rule), None)
        items = tuple(each for child in self.group.items for each in written.get(child.link_id, ()))
        shown = ResponseItem(self.group.link_id, items=items) if items else None
        return shown, Unsaid(reason, rule, entry) if missing else None

    def merge(self, value: Any, shown: Said, said: Said) -> Reading:  # noqa: ARG002 - what is shown follows from value
        """What the form does not show of an entry stays with that entry, however the others were edited, or goes."""
        after = said.get(self.group.link_id, ())
        visible = [(entry, display) for entry in value or () if (display := self._show(entry)[0]) is not None]
        hidden = [entry for entry in value or () if self._show(entry)[0] is None]
        partner = _pairs([display for _, display in visible], after)
        merged: list[Any] = []
        issues: list[Issue] = []
        for index, repetition in enumerate(after):
            values, found = self._columns(repetition)
            issues.extend(found)
            if index in partner:
                entry, display = visible[partner[index]]
                merged.append(replace(entry, **{name: values[name] for name in self._edited(display, repetition)}))
            else:
                merged.append(self.entry(**values))
        left = [entry for index, (entry, _) in enumerate(visible) if index not in partner.values()]
        if len(partner) < len(after) and any(self._show(entry)[1] for entry in left):
            what = (
                f"an entry of item {self.group.link_id} was replaced whole, and the plan holds more of it than this"
                " form shows: take it out first, or edit it on a form that shows the rest"
            )
            issues.append(error(IssueType.BUSINESS_RULE, what, at(self.group.link_id), rule="SR17"))
        return Reading((*merged, *hidden), tuple(issues))

    def _edited(self, shown: ResponseItem, said: ResponseItem) -> frozenset[str]:
        """The columns whose answers differ."""
        before, after = by_link(shown), by_link(said)
        return frozenset(
            column.element for column in self.columns if column.normalise(before) != column.normalise(after)
        )


def _pairs(before: Sequence[ResponseItem], after: Sequence[ResponseItem]) -> dict[int, int]:
    """Which repetition that came back is which that was shown: equal ones first, nearest first, then those with most
    answers in common, and never two without any.
    """
    scored = [
        (shown != said, -len(set(shown.items) & set(said.items)), abs(i - j), i, j)
        for i, shown in enumerate(before)
        for j, said in enumerate(after)
    ]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, common, _, i, j in sorted(scored):
        if common < 0 and j not in found and i not in taken:
            found[j] = i
            taken.add(i)
    return found


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
        shown, hidden = self._places(value)
        unsaid = tuple(Unsaid("this place on the form takes no further signature", "SR17", each) for each in hidden)
        unsaid += tuple(
            Unsaid("this place on the form has no box for all that was signed", "SR17", each)
            for each in shown
            if any(getattr(each, name) is not None for name in PARTS if name not in self.fields)
        )
        written = [self._items(each) for each in shown]
        if self.group is None:
            return Writing({item.link_id: (item,) for items in written for item in items}, unsaid)
        groups = tuple(ResponseItem(self.group.link_id, items=items) for items in written)
        return Writing({self.group.link_id: groups} if groups else {}, unsaid)

    def _places(self, value: Any) -> tuple[list[Signature], list[Signature]]:
        """The signatures that this place shows, and those that it cannot: one only, unless the group repeats."""
        sayable = [each for each in value if any(getattr(each, name) is not None for name in self.fields)]
        most = len(sayable) if self.group is not None and self.group.repeats else 1
        shown = sayable[:most]
        return shown, [each for each in value if not any(each is other for other in shown)]

    def _items(self, signature: Signature) -> tuple[ResponseItem, ...]:
        items = [
            each
            for name, item in self.fields.items()
            if getattr(signature, name) is not None
            for each in one(item, getattr(signature, name))
        ]
        if self.group is not None:
            order = [child.link_id for child in self.group.items]
            items.sort(key=lambda each: order.index(each.link_id))
        return tuple(items)

    def merge(self, value: Any, shown: Said, said: Said) -> Reading:  # noqa: ARG002 - what is shown follows from value
        return Reading((*self.read(said).value, *self._places(value)[1]))


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
