"""A plan as it stands on record, and the day on which what it says was decided (SR10: never the day of upload)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from acpshare.plan import Plan
from acpshare.plan.record import Signature, SignatureRole
from acpshare.plan.values import FhirDate, latest_day

DECIDING_ROLES = (SignatureRole.CPR, SignatureRole.AUTHOR, SignatureRole.SENIOR, SignatureRole.FOCUS)
"""Who decides by signing. A reviewer confirms an old decision; a person's own signature is optional (V S6)."""


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

    @property
    def title(self) -> str:
        return self.form_title or self.plan.record.form or "Form"


class DatedBy(StrEnum):
    """Which of a form's dates is taken as its decision date."""

    DECISION = "decision"
    SIGNATURE = "signature"
    FORM = "form"
    RECORDED = "recorded"
    """The form bears no date: only the moment of recording is known, which is never shown as a decision date."""


@dataclass(frozen=True, slots=True)
class DecisionDate:
    """When a plan was decided. A date given as a month or a year may be any of its days."""

    earliest: date
    latest: date
    stated: FhirDate | None
    by: DatedBy

    def before(self, other: DecisionDate) -> bool:
        """Whether this was certainly decided on an earlier day than `other`."""
        return self.latest < other.earliest


def first_day(value: FhirDate) -> date:
    """The first calendar day that a partial date can mean (`2026-02` is 2026-02-01)."""
    parts = [int(part) for part in value.split("-")]
    return date(*parts, *([1] * (3 - len(parts))))


def decision_date(on_record: PlanOnRecord) -> DecisionDate:
    """The CPR decision's own date, else the latest deciding signature's, else the form's, else when it was recorded."""
    plan = on_record.plan
    if plan.cpr.decided_on:
        return _stated(plan.cpr.decided_on, DatedBy.DECISION)
    signed = [each.date for each in _places(plan) if each.date]
    if signed:
        return _stated(max(signed, key=latest_day), DatedBy.SIGNATURE)
    if plan.record.completed_on:
        return _stated(plan.record.completed_on, DatedBy.FORM)
    day = on_record.recorded_at.date()
    return DecisionDate(day, day, None, DatedBy.RECORDED)


def _stated(value: FhirDate, by: DatedBy) -> DecisionDate:
    return DecisionDate(first_day(value), latest_day(value), value, by)


def deciding_signatures(plan: Plan) -> tuple[Signature, ...]:
    """Signatures on the form on which the plan was made, of those who decided; a signature never moves (SR7)."""
    return tuple(each for each in _places(plan) if each.name or each.signed or each.registration)


def _places(plan: Plan) -> Iterator[Signature]:
    for role in DECIDING_ROLES:
        for each in plan.signatures:
            if each.role is role and each.form == (plan.record.form or each.form):
                yield each


def senior_signature(plan: Plan) -> Signature | None:
    """The signature that endorses the decision (SR8): a name alone is somebody who has yet to sign."""
    signed = (each for each in deciding_signatures(plan) if each.signed or each.date)
    return next((each for each in signed if each.role is SignatureRole.SENIOR), None)


def is_cancelled(plan: Plan) -> bool:
    cancellation = plan.cancellation
    return any((cancellation.on, cancellation.by, cancellation.reason))
