"""What a row of a mapping can do: join items of a form and an element of the plan, in both directions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from acpshare.forms import Answer, AnswerType, Item, ItemType, ResponseItem
from acpshare.outcome import Issue, IssueType, LedgerOutcome, error

Said = Mapping[str, tuple[ResponseItem, ...]]
"""What a response says, by linkId; a repeating group has one entry per repetition."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Something that the plan states and this row cannot show. `part` limits what is carried as text to that much."""

    reason: str
    rule: str | None = None
    part: Any = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The element's value as the items state it (None or empty: not stated), or why it cannot be taken."""

    value: Any
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """The items as they show the element's value."""

    items: Mapping[str, tuple[ResponseItem, ...]] = field(default_factory=dict)
    unsaid: tuple[Unsaid, ...] = ()


NOTHING_WRITTEN = Writing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(ABC):
    """One row. `place` is `file:line`; `equivalence` is that of the plan element to the item."""

    place: str
    items: tuple[str, ...]
    element: str
    equivalence: LedgerOutcome = LedgerOutcome.EQUAL
    why: str = ""
    same_jurisdiction: bool = False
    into: str | None = None
    """The text item that shows what this row cannot say; without one, the carried item does."""

    @abstractmethod
    def read(self, said: Said) -> Reading:
        """The plan's value of what these items say."""

    @abstractmethod
    def write(self, value: Any) -> Writing:
        """The items that say this value."""

    def merge(self, value: Any, shown: Said, said: Said) -> Reading:  # noqa: ARG002 - for rows that keep more than they show
        """The plan's value after an edit: `value` was held, `shown` was displayed for it, `said` came back."""
        return self.read(said)

    def normalise(self, items: Said) -> Said:
        """The same answers without differences that mean nothing."""
        return {link: items[link] for link in self.items if items.get(link)}


_ANSWER_TYPES: Mapping[ItemType, AnswerType] = {
    ItemType.BOOLEAN: AnswerType.BOOLEAN,
    ItemType.INTEGER: AnswerType.INTEGER,
    ItemType.DECIMAL: AnswerType.DECIMAL,
    ItemType.DATE: AnswerType.DATE,
    ItemType.DATE_TIME: AnswerType.DATE_TIME,
    ItemType.TIME: AnswerType.TIME,
    ItemType.STRING: AnswerType.STRING,
    ItemType.TEXT: AnswerType.STRING,
    ItemType.CHOICE: AnswerType.CODING,
}


def answer_type(item: Item) -> AnswerType:
    """The type of answer that an item takes."""
    return _ANSWER_TYPES[item.type]


def make_answer(item: Item, value: str) -> Answer:
    """The answer that says `value` (for a choice, the option's key)."""
    if item.type is ItemType.CHOICE:
        option = item.option(value)
        if option is None:
            raise LookupError(value)
        return Answer(AnswerType.CODING, option.code, option.system, option.display)
    return Answer(answer_type(item), value)


def one(item: Item, *values: str) -> tuple[ResponseItem, ...]:
    """The item answered with these values."""
    return (ResponseItem(item.link_id, tuple(make_answer(item, value) for value in values)),)


def said_value(said: Said, link_id: str) -> str | None:
    """The text of the single answer to an item, or None."""
    for item in said.get(link_id, ()):
        for answer in item.answers:
            return answer.value
    return None


def refused(code: IssueType, what: str, link_id: str, rule: str | None = None) -> Reading:
    """A reading that cannot be taken."""
    return Reading(None, (error(code, what, at(link_id), rule=rule),))


def at(link_id: str) -> str:
    """Where an item stands in a response, as FHIRPath."""
    return f"QuestionnaireResponse.repeat(item).where(linkId='{link_id}')"
