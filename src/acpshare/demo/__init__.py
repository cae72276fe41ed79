"""The demo's population: invented people in every situation, the same ones for the same seed and anchor day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from acpshare.demo.people import nhs_numbers
from acpshare.demo.situations import MEMORABLE, OTHERS, Situation
from acpshare.demo.telling import Telling
from acpshare.fhir.json_text import JsonObject
from acpshare.translation import Mappings

SEED = 1


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the population: what reaches the record about them, in the order of time."""

    number: str
    situation: Situation
    resources: tuple[JsonObject, ...]


def members(mappings: Mappings, anchor: date, seed: int = SEED) -> Iterator[Member]:
    """Everybody, the memorable numbers first. Dates are counted back from `anchor`: what is overdue stays so."""
    numbers = nhs_numbers()
    forms = {form: mapping.definition for form, mapping in mappings.items()}
    for situation in (*MEMORABLE, *OTHERS):
        for _ in range(situation.people):
            number = next(numbers)
            telling = Telling(Random(f"{seed}/{number}"), number, anchor, forms)
            situation.tell(telling)
            yield Member(number, situation, tuple(telling.said))


def population(mappings: Mappings, anchor: date, seed: int = SEED) -> Iterator[JsonObject]:
    """The forms and Consents of everybody, as they would be sent."""
    for member in members(mappings, anchor, seed):
        yield from member.resources
