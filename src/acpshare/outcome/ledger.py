"""The ledger: what happened to every element that was said and every item that could say it.

Equivalence words are FHIR's own: https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LedgerOutcome(StrEnum):
    """What became of one element or item. The first five are ConceptMap equivalences, of the target to the source."""

    EQUAL = "equal"
    EQUIVALENT = "equivalent"
    WIDER = "wider"
    NARROWER = "narrower"
    INEXACT = "inexact"
    RESIDUE = "residue"
    """No plan element holds it: kept verbatim with the plan, and shown again on the form it came from."""
    CANNOT_SAY = "cannot-say"
    """The form has no place for it; it stays in the plan and is carried as labelled text (`item` says where)."""
    BLOCKED = "blocked"
    """A safety rule forbids it to be filled; the reason names the rule."""
    LEFT_BLANK = "left-blank"
    """An item that the plan says nothing about, or that is not for us to fill."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line. `element` is a plan path, `item` a linkId; one may be absent. `row` is `file:line` of the mapping."""

    outcome: LedgerOutcome
    element: str | None = None
    item: str | None = None
    reason: str = ""
    row: str = ""
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries of one read, write or update, in the form's order."""

    entries: tuple[LedgerEntry, ...] = ()

    def having(self, *outcomes: LedgerOutcome) -> tuple[LedgerEntry, ...]:
        return tuple(entry for entry in self.entries if entry.outcome in outcomes)
