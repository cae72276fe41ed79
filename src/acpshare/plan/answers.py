"""What a form said, in its own words: answers by linkId, as lexical text so that nothing is rounded or re-spelt.

https://hl7.org/fhir/R4/questionnaireresponse.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AnswerType(StrEnum):
    """The QuestionnaireResponse `value[x]` types that forms use."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATE_TIME = "dateTime"
    TIME = "time"
    STRING = "string"
    CODING = "coding"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `value` is the exact text (`true`, `7`, `2026-03`, a coding's code)."""

    type: AnswerType
    value: str
    system: str | None = None
    display: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseItem:
    """One answered item, or one repetition of a group with its own `items`."""

    link_id: str
    answers: tuple[Answer, ...] = ()
    items: tuple[ResponseItem, ...] = ()


CARRIED = "carried"
"""The linkId of the item that holds what a form has no place for."""


@dataclass(frozen=True, slots=True)
class Residue:
    """Answers of one form edition for which the plan has no element: kept verbatim, shown again on that edition.

    `label` is the item's printed text, so that other forms can carry the answer with its name.
    """

    form: str
    item: str
    label: str
    said: tuple[ResponseItem, ...]
