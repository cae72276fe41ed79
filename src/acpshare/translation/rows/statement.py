"""Rows that join a choice with its companions (a condition, a date, details) and one statement of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from acpshare.forms import Item, ResponseItem
from acpshare.outcome import IssueType
from acpshare.translation.rows.base import Reading, Row, Said, Unsaid, Writing, one, refused, said_value
from acpshare.translation.rows.simple import Codes


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow(Row):
    """`choice` and `codes` give the kind; without them the form means `kind`, with `always` by its very existence.

    `companions` are items by the statement's field. What this form has no place for is in `unsayable_kinds` (only
    without a choice) and `unsayable_fields`.
    """

    statement: type
    kinds: type[Enum]
    choice: Item | None
    codes: Codes | None
    kind: Any
    always: bool
    companions: Mapping[str, Item]
    unsayable_kinds: Mapping[Any, Unsaid]
    unsayable_fields: Mapping[str, Unsaid]

    def read(self, said: Said) -> Reading:
        parts = {name: said_value(said, item.link_id) for name, item in self.companions.items()}
        given = {name: value for name, value in parts.items() if value is not None}
        kind = self._kind(said, given)
        if kind is None:
            if given:
                asked = self.companions[next(iter(given))].link_id
                return refused(
                    IssueType.BUSINESS_RULE, "answered, but the choice that it belongs to was not made", asked
                )
            return Reading(None)
        try:
            return Reading(self.statement(kind=kind, **given))
        except ValueError as mismatch:
            asked = self.companions[next(iter(given))].link_id
            return refused(IssueType.BUSINESS_RULE, f"does not fit the choice made: {mismatch}", asked)

    def _kind(self, said: Said, given: Mapping[str, str]) -> Any:
        if self.choice is None or self.codes is None:
            return self.kind if self.always or given else None
        option = said_value(said, self.choice.link_id)
        return None if option is None else self.codes.to_value.get(option)

    def write(self, value: Any) -> Writing:
        blocked = self._cannot(value)
        if blocked is not None:
            return Writing(unsaid=(blocked,))
        items: dict[str, tuple[ResponseItem, ...]] = {}
        if self.choice is not None and self.codes is not None:
            items[self.choice.link_id] = one(self.choice, self.codes.to_option[value.kind])
        for name, item in self.companions.items():
            part = getattr(value, name)
            if part is not None:
                items[item.link_id] = one(item, part)
        return Writing(items)

    def _cannot(self, value: Any) -> Unsaid | None:
        """Why the whole statement stays off the form: half of one would mislead (SR6)."""
        if self.codes is not None:
            if value.kind not in self.codes.to_option:
                return self.codes.unsayable[value.kind]
        elif value.kind != self.kind:
            return self.unsayable_kinds[value.kind]
        for name, why in self.unsayable_fields.items():
            if getattr(value, name) is not None:
                return why
        if self.codes is None and not self.always and not any(getattr(value, name) for name in self.companions):
            return Unsaid("it is stated without the part that this form has a box for")
        return None

    def normalise(self, items: Said) -> Said:
        kept = Row.normalise(self, items)
        if self.choice is not None and self.codes is not None:
            option = said_value(items, self.choice.link_id)
            if option in self.codes.silent:
                return {link: each for link, each in kept.items() if link != self.choice.link_id}
        return kept
