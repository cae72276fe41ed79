"""One form of one person: who made it, when, and what stands on it beside the story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from acpshare.demo.people import Person
from acpshare.demo.stories import Refusal, Story

Answers: TypeAlias = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Clinician:
    name: str
    position: str
    registration: str

    @property
    def signature(self) -> str:
        return f"{self.name.split()[-2][0]}. {self.name.split()[-1]}"


@dataclass(frozen=True, slots=True)
class Attorney:
    """Somebody with a lasting power of attorney for health and welfare."""

    name: str
    phone: str
    appointed: date
    life_sustaining: bool


@dataclass(frozen=True, slots=True)
class Case:
    """`senior` is None while endorsement is pending; otherwise both signatures bear the day of the decision."""

    person: Person
    story: Story
    decided: date
    time: str
    author: Clinician
    senior: Clinician | None
    review: date | None = None
    indefinite: bool = False
    cancelled: date | None = None
    cancelled_because: str | None = None
    refusal: Refusal | None = None
    refusal_made: date | None = None
    attorney: Attorney | None = None

    @property
    def day(self) -> str:
        return self.decided.isoformat()

    @property
    def not_for_cpr(self) -> bool:
        return self.story.cpr == "do-not-attempt"

    @property
    def lacks_capacity(self) -> bool:
        return self.story.capacity == "no"

    def head(self, name: str, born: str, number: str, address: str) -> Answers:
        """Who the form is about, by the linkIds of the edition."""
        person = self.person
        return {name: person.name, born: person.birth_date.isoformat(), number: person.number, address: person.address}

    def signed(self, by: Clinician | None, **links: str) -> Answers:
        """A clinician's part of the form, by the linkIds of the edition; nothing while there is nobody."""
        if by is None:
            return {}
        parts = {
            "name": by.name,
            "position": by.position,
            "registration": by.registration,
            "signature": by.signature,
            "date": self.day,
            "time": self.time,
        }
        return {link: parts[part] for part, link in links.items()}

    def cancellation(self) -> Answers:
        """All editions have the same places for it."""
        if self.cancelled is None:
            return {}
        return {
            "cancelled.date": self.cancelled.isoformat(),
            "cancelled.by": self.author.signature,
            "cancelled.reason": self.cancelled_because,
        }

    def documents(self) -> str | None:
        """What is known of legal documents and where they are, in words."""
        said = []
        if self.refusal and self.refusal_made:
            limits = (
                f", only in these circumstances: {self.refusal.circumstances}" if self.refusal.circumstances else ""
            )
            said.append(
                f"Advance decision to refuse treatment, made {self.refusal_made:%-d %B %Y}, signed and witnessed: "
                f"{self.refusal.text}{limits}. The original is with the GP, a copy at home."
            )
        if self.attorney:
            authority = "with" if self.attorney.life_sustaining else "without"
            said.append(
                f"Lasting power of attorney for health and welfare: {self.attorney.name}, {authority} authority over "
                "life-sustaining treatment; seen and copied."
            )
        return " ".join(said) or None
