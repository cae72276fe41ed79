"""Who decided what a plan says, and when: never when it was uploaded (SR10), never who reviewed or received it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from acpshare.plan.plan import Plan
from acpshare.plan.record import Signature, SignatureRole
from acpshare.plan.values import FhirDate, YesNo, first_day, latest_day

DECIDING_ROLES = (SignatureRole.CPR, SignatureRole.AUTHOR, SignatureRole.SENIOR, SignatureRole.FOCUS)
"""Who decides by signing. A reviewer confirms an old decision; a person's own signature is optional (V S6)."""


class DatedBy(StrEnum):
    """Which of a plan's dates is its decision date."""

    DECISION = "decision"
    SIGNATURE = "signature"
    FORM = "form"


def decision_date(plan: Plan) -> tuple[FhirDate, DatedBy] | None:
    """The CPR decision's own date, else the latest of those who decided, else the form's; None where none is stated.

    A senior's endorsement dates the decision only where nobody else's signature does: to endorse is not to decide anew.
    """
    if plan.cpr.decided_on is not None:
        return plan.cpr.decided_on, DatedBy.DECISION
    dated = [each for each in _places(plan) if each.date is not None]
    deciding = [each for each in dated if each.role is not SignatureRole.SENIOR] or dated
    days = [each.date for each in deciding if each.date is not None]
    if days:
        return max(days, key=latest_day), DatedBy.SIGNATURE
    return (plan.record.completed_on, DatedBy.FORM) if plan.record.completed_on is not None else None


def deciding_signatures(plan: Plan) -> tuple[Signature, ...]:
    """Signatures on the form on which the plan was made, of those who decided; a signature never moves (SR7)."""
    return tuple(each for each in _places(plan) if each.name or each.signed or each.registration)


def _places(plan: Plan) -> Iterator[Signature]:
    for role in DECIDING_ROLES:
        for each in plan.signatures:
            if each.role is role and each.form == (plan.record.form or each.form):
                yield each


def senior_signature(plan: Plan) -> Signature | None:
    """The signature that endorses the decision (SR8): a name alone is somebody who has yet to sign.

    Nobody endorses a decision before it is made, nor one that was changed after they signed.
    """
    if is_changed_unsigned(plan):
        return None
    made = decision_date(plan)
    signed = (each for each in deciding_signatures(plan) if each.signed or each.date)
    seniors = (each for each in signed if each.role is SignatureRole.SENIOR)
    return next((each for each in seniors if not (made and _is_before(each.date, made[0]))), None)


def signatures_of_decision(plan: Plan) -> tuple[Signature, ...]:
    """Who signed the decision that stands: somebody whose signature is older signed the one before it (SR7).

    Where every signature is older than the date that the form gives for its decision, all are named.
    """
    signed, made = deciding_signatures(plan), decision_date(plan)
    own = tuple(each for each in signed if not (made and _is_before(each.date, made[0])))
    return own or signed


def _is_before(day: FhirDate | None, other: FhirDate) -> bool:
    return day is not None and latest_day(day) < first_day(other)


def is_changed_unsigned(plan: Plan) -> bool:
    """Whether the CPR decision is not the one that was signed: then no name or date on the form is its own (SR7)."""
    return plan.record.cpr_amended_since_signed is YesNo.YES


def is_cancelled(plan: Plan) -> bool:
    """Whether the plan says that it was cancelled, however little it says about it (SR10)."""
    return plan.cancellation != type(plan.cancellation)()
