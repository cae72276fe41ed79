"""A plan as it stands on record, and the day on which what it says was decided (SR10: never the day of upload)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from acpshare.emergency.view import ViewWarning
from acpshare.plan import Plan
from acpshare.plan.decision import DatedBy
from acpshare.plan.decision import decision_date as decided
from acpshare.plan.values import FhirDate, first_day, latest_day


@dataclass(frozen=True, slots=True)
class PlanOnRecord:
    """One recorded plan of a person, with what the record knows about it beside what its form says."""

    plan: Plan
    plan_id: str
    family: str
    """`respect`, `tep`, `teal` or `dnacpr`: the family of the form edition."""
    recorded_at: datetime
    replaces: str | None = None
    replaced_by: str | None = None
    source_reference: str = ""
    """Reference to the form as received, for example `QuestionnaireResponse/17`."""
    form_title: str = ""
    conflicts: tuple[ViewWarning, ...] = ()
    """What the records made from this plan say against it, since a client changed one of them: nothing is repaired."""

    @property
    def title(self) -> str:
        return self.form_title or self.plan.record.form or "Form"


@dataclass(frozen=True, slots=True)
class DecisionDate:
    """When a plan was decided. A date given as a month or a year may be any of its days."""

    earliest: date
    latest: date
    stated: FhirDate | None
    by: DatedBy | None
    """None: only the moment of recording is known."""

    def before(self, other: DecisionDate) -> bool:
        """Whether this was certainly decided on an earlier day than `other`."""
        return self.latest < other.earliest


def decision_date(on_record: PlanOnRecord) -> DecisionDate:
    """When the plan was decided, as its form states it; else when it was recorded, which is never shown."""
    dated = decided(on_record.plan)
    if dated is None:
        day = on_record.recorded_at.date()
        return DecisionDate(day, day, None, None)
    stated, by = dated
    return DecisionDate(first_day(stated), latest_day(stated), stated, by)
