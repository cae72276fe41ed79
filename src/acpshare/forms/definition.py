"""A form edition as printed: its items, options, conditions and repeats, each with its evidence mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from acpshare.plan.record import Jurisdiction


class Mark(StrEnum):
    """How far a fact may be trusted (clinical.md 0)."""

    VERIFIED = "V"
    SECONDARY = "V2"
    KNOWLEDGE = "K"
    UNVERIFIED = "U"


class ItemType(StrEnum):
    """Questionnaire item types that forms use: https://hl7.org/fhir/R4/valueset-item-type.html"""

    GROUP = "group"
    DISPLAY = "display"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATE_TIME = "dateTime"
    TIME = "time"
    STRING = "string"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer option. `system` is the form's own code system unless a standard code is known."""

    code: str
    display: str
    system: str


@dataclass(frozen=True, slots=True)
class EnableWhen:
    """The item is asked only if the choice or box `question` has one of `answers` (codes, or `true`, `false`)."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a form. `mark` says how far its wording is known.

    A `required` item that is missing is a warning (SR14); one that is missing while `required_when` holds is an error,
    because without it another answer would be misread (SR6).
    """

    link_id: str
    text: str
    type: ItemType
    mark: Mark
    required: bool = False
    repeats: bool = False
    options: tuple[Option, ...] = ()
    enable_when: EnableWhen | None = None
    required_when: EnableWhen | None = None
    items: tuple[Item, ...] = ()
    line: int = 0

    def walk(self) -> Iterator[Item]:
        yield self
        for child in self.items:
            yield from child.walk()

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True)
class Ages:
    """Whole years of age for which the edition may be used; `below` is exclusive."""

    start: int = 0
    below: int | None = None


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """One edition. `source` cites where its content was read, `mark` how far that may be trusted."""

    id: str
    family: str
    title: str
    edition: str
    publisher: str
    version: str
    released: date
    jurisdiction: Jurisdiction
    ages: Ages
    source: str
    mark: Mark
    clinical_review: str
    wording: str
    file: str
    items: tuple[Item, ...]

    def walk(self) -> Iterator[Item]:
        for item in self.items:
            yield from item.walk()

    @property
    def code_system(self) -> str:
        return f"https://acpshare.example/fhir/CodeSystem/{self.id}"

    @property
    def url(self) -> str:
        return f"https://acpshare.example/fhir/Questionnaire/{self.id}"
