"""What follows from a person's record as a whole: which plans are in force, and what a crew is shown.

Done in the transaction that changed the record, once for each person. https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from acpshare.emergency import EmergencyView
from acpshare.interactions.components import Components
from acpshare.interactions.derived import settle
from acpshare.interactions.document_reference import keep_pointers
from acpshare.interactions.emergency_view import rendered, situation_of_person
from acpshare.outcome import Issue, IssueType, warning
from acpshare.storage import PlanRow, Writing


@dataclass(frozen=True, slots=True)
class Settled:
    """A person's plans and emergency view at the end of a transaction."""

    rows: Sequence[PlanRow]
    view: EmergencyView

    def version_of(self, plan_id: str) -> int | None:
        return next((row.version_id for row in self.rows if row.plan_id == plan_id), None)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What the crew is now warned of, by its code: the words may name forms and dates."""
        return tuple(
            warning(IssueType.BUSINESS_RULE, f"the emergency view now warns: {each}")
            for each in dict.fromkeys(each.code for each in self.view.warnings)
        )


def settled(writing: Writing, components: Components, person: str, now: datetime) -> Settled:
    """Settle the person's plans, and make their emergency view ready."""
    rows = settle(writing, components, person, components.today(), now)
    keep_pointers(writing, components, person, rows, now)
    return Settled(rows, refresh(writing, components, person, rows))


def refresh(
    writing: Writing, components: Components, person: str, rows: Sequence[PlanRow] | None = None
) -> EmergencyView:
    """Make the person's emergency view ready, in the transaction that changed what it says."""
    situation = situation_of_person(writing, components, person, rows)
    current, view = rendered(components, situation, components.today())
    writing.put_current_view(current)
    return view
