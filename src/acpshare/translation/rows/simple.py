"""Rows that join one item and one element: text, dates, the NHS number, codes, sets of codes and the scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from stdnum.exceptions import ValidationError
from stdnum.gb import nhs

from acpshare.forms import Item, ItemType, ResponseItem
from acpshare.outcome import IssueType, error
from acpshare.plan.values import Scale
from acpshare.translation.rows.base import (
    NOTHING_WRITTEN,
    Reading,
    Row,
    Said,
    Unsaid,
    Writing,
    at,
    one,
    refused,
    said_value,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SameRow(Row):
    """Text, dates and times, as they are."""

    item: Item

    def read(self, said: Said) -> Reading:
        return Reading(said_value(said, self.item.link_id))

    def write(self, value: Any) -> Writing:
        return Writing({self.item.link_id: one(self.item, value)})


@dataclass(frozen=True, slots=True, kw_only=True)
class NhsNumberRow(Row):
    """The NHS number: ten digits with a check digit; spaces are taken out. NHS Data Dictionary (V S32)."""

    item: Item

    def read(self, said: Said) -> Reading:
        text = said_value(said, self.item.link_id)
        if text is None:
            return Reading(None)
        number = nhs_number(text)
        if number is None:
            issue = error(
                IssueType.VALUE,
                "not a valid NHS number: ten digits of which the last is the check digit, not all the same",
                at(self.item.link_id),
                spine="INVALID_NHS_NUMBER",
            )
            return Reading(None, (issue,))
        return Reading(number)

    def write(self, value: Any) -> Writing:
        return Writing({self.item.link_id: one(self.item, value)})

    def normalise(self, items: Said) -> Said:
        text = said_value(items, self.item.link_id)
        return {} if text is None else {self.item.link_id: one(self.item, text.replace(" ", ""))}


def nhs_number(text: str) -> str | None:
    """The ten digits of a valid NHS number, spaces taken out, or None. Repeated digits are refused."""
    digits = text.replace(" ", "")
    if not (digits.isascii() and digits.isdigit()) or len(set(digits)) == 1:
        return None
    try:
        return str(nhs.validate(digits))
    except ValidationError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """A code table that is a function both ways: option to value; options that say nothing; values it cannot say."""

    to_value: Mapping[str, Any]
    to_option: Mapping[Any, str]
    silent: frozenset[str] = frozenset()
    unsayable: Mapping[Any, Unsaid]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow(Row):
    """A choice or a box to tick, and a coded element."""

    item: Item
    codes: Codes

    def read(self, said: Said) -> Reading:
        option = said_value(said, self.item.link_id)
        return Reading(None if option is None else self.codes.to_value.get(option))

    def write(self, value: Any) -> Writing:
        option = self.codes.to_option.get(value)
        if option is None:
            return Writing(unsaid=(self.codes.unsayable[value],))
        return Writing({self.item.link_id: one(self.item, option)})

    def normalise(self, items: Said) -> Said:
        option = said_value(items, self.item.link_id)
        return {} if option is None or option in self.codes.silent else Row.normalise(self, items)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesRow(Row):
    """A choice of several options, and a set of codes in the order of their enumeration."""

    item: Item
    codes: Codes
    members: type[Enum]

    def read(self, said: Said) -> Reading:
        chosen = {
            self.codes.to_value.get(answer.value) for item in said.get(self.item.link_id, ()) for answer in item.answers
        }
        return Reading(tuple(member for member in self.members if member in chosen))

    def write(self, value: Any) -> Writing:
        unsaid = tuple(
            Unsaid(self.codes.unsayable[each].reason, self.codes.unsayable[each].rule, (each,))
            for each in value
            if each not in self.codes.to_option
        )
        options = [self.codes.to_option[each] for each in value if each in self.codes.to_option]
        return Writing({self.item.link_id: one(self.item, *options)} if options else {}, unsaid)

    def merge(self, value: Any, shown: Said, said: Said) -> Reading:  # noqa: ARG002 - what is shown follows from value
        kept = {each for each in value or () if each not in self.codes.to_option}
        chosen = kept | set(self.read(said).value)
        return Reading(tuple(member for member in self.members if member in chosen))

    def normalise(self, items: Said) -> Said:
        answers = [answer for item in items.get(self.item.link_id, ()) for answer in item.answers]
        if not answers:
            return {}
        return {
            self.item.link_id: (
                ResponseItem(self.item.link_id, tuple(sorted(answers, key=lambda answer: answer.value))),
            )
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleRow(Row):
    """A mark on a scale with its range. A mark made on another range is never converted (clinical.md 0.6)."""

    item: Item
    low: Decimal
    high: Decimal

    def read(self, said: Said) -> Reading:
        text = said_value(said, self.item.link_id)
        if text is None:
            return Reading(None)
        mark = Decimal(text)
        if not self.low <= mark <= self.high:
            return refused(IssueType.VALUE, f"the mark must lie from {self.low} to {self.high}", self.item.link_id)
        return Reading(Scale(mark, self.low, self.high))

    def write(self, value: Any) -> Writing:
        if value is None:
            return NOTHING_WRITTEN
        if (value.low, value.high) != (self.low, self.high):
            reason = f"the mark was made on another range than {self.low} to {self.high}, and marks are not converted"
            return Writing(unsaid=(Unsaid(reason),))
        text = str(value.value)
        if self.item.type is ItemType.INTEGER and value.value != value.value.to_integral_value():
            return Writing(unsaid=(Unsaid("this form takes whole numbers only"),))
        if self.item.type is ItemType.CHOICE and self.item.option(text) is None:
            return Writing(unsaid=(Unsaid("this form has no option for this mark"),))
        return Writing({self.item.link_id: one(self.item, text)})
