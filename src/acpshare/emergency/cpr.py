"""The CPR decision as crews see it, and whether it is still valid (SR3, SR6, SR8, SR9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from acpshare.emergency import words
from acpshare.emergency.record import PlanOnRecord, decision_date
from acpshare.emergency.sections import newest, original_location, stated_on
from acpshare.emergency.standing import Standing, undecided_order
from acpshare.emergency.view import (
    CprShown,
    CprStatement,
    CprView,
    Endorsement,
    ReviewView,
    Validity,
    ValidityState,
)
from acpshare.plan import Plan
from acpshare.plan.decision import is_cancelled, is_changed_unsigned, senior_signature, signatures_of_decision
from acpshare.plan.record import Signature, SignatureRole
from acpshare.plan.values import CprDecision, CprKind, Review, ReviewKind, latest_day

NONE_STATED = "none-stated"
NO_DECISION = CprShown.NO_DECISION_RECORDED


def caution(decision: CprDecision) -> int:
    """Least restrictive first: where forms of one day disagree, any doubt is for the person's life (S38, S36)."""
    if decision.kind is CprKind.ATTEMPT:
        return 0
    if decision.kind is CprKind.MODIFIED:
        return 1
    return 2 if decision.condition is not None else 3


def deciding_plan(standing: Standing) -> tuple[PlanOnRecord, CprDecision] | None:
    """The plan in force whose CPR decision is shown."""
    return newest(standing.in_force, lambda plan: plan.cpr.decision, caution)


CONFLICT = "conflict-record-cpr"
"""The code of a conflict between the records of one form about CPR."""
OTHER_RECORD = "other-record-cpr"
"""The code of a record that speaks of a CPR decision and is no plan."""


def cpr_view(standing: Standing, refusal_possible: bool, other_record: bool = False) -> CprView:
    shown = _taken_out(standing, _cpr_view(standing, refusal_possible, other_record))
    if shown.agreed and _in_conflict(standing):
        return replace(shown, agreed=False, headline=words.HEADLINE_RECORDS, explanation=words.RECORDS_EXPLANATION)
    return shown


def _taken_out(standing: Standing, shown: CprView) -> CprView:
    """No decision, or an older form's, where a signed one was taken out and nobody signed that (SR7)."""
    if shown.agreed and any(
        is_changed_unsigned(each.plan) and not each.plan.cpr.decision for each in standing.in_force
    ):
        said = (words.TAKEN_OUT_EXPLANATION, shown.explanation if shown.decision is NO_DECISION else "")
        explanation = " ".join(each for each in said if each)
        return replace(shown, agreed=False, headline=words.HEADLINE_UNSIGNED, explanation=explanation)
    return shown


def _in_conflict(standing: Standing) -> bool:
    return any(each.code == CONFLICT for plan in standing.in_force for each in plan.conflicts)


def _cpr_view(standing: Standing, refusal_possible: bool, other_record: bool) -> CprView:
    found = deciding_plan(standing)
    if found is None:
        return _none_recorded(standing, refusal_possible, other_record)
    on_record, decision = found
    shown = CprView(
        decision=CprShown(decision.kind.value),
        condition=decision.condition,
        conditional=decision.condition is not None,
        details=decision.details,
        stated_on=stated_on(on_record, standing),
        original_location=original_location(on_record.plan),
        statements=tuple(_statement(each) for each in standing.in_force if each.plan.cpr.decision),
    )
    worded = _worded(_signed(_dated(shown, on_record), on_record.plan), _agreed(standing))
    if worded.agreed and not _in_conflict(standing) and is_changed_unsigned(on_record.plan):
        return replace(worded, agreed=False, headline=words.HEADLINE_UNSIGNED, explanation=words.UNSIGNED_EXPLANATION)
    return worded


def _none_recorded(standing: Standing, refusal_possible: bool, other_record: bool) -> CprView:
    otherwise = words.PRESUMPTION_UNLESS_OTHER if other_record else words.PRESUMPTION
    presumption = words.PRESUMPTION_UNLESS_REFUSED if refusal_possible else otherwise
    ended = not standing.in_force and any(each.plan.cpr.decision for each in standing.everything)
    headline = words.HEADLINE_NOT_IN_FORCE if ended else words.HEADLINES[CprShown.NO_DECISION_RECORDED]
    return CprView(headline=headline, explanation=presumption)


def _agreed(standing: Standing) -> bool:
    """Whether the newest forms that decide about CPR, where none of them is certainly newest, decide alike."""
    deciding = undecided_order([each for each in standing.in_force if each.plan.cpr.decision])
    return len({each.plan.cpr.decision for each in deciding}) == 1


def _dated(view: CprView, on_record: PlanOnRecord) -> CprView:
    if is_changed_unsigned(on_record.plan):
        return view
    dated = decision_date(on_record)
    return replace(view, decided_on=dated.stated, dated_by=dated.by.value if dated.by else None)


def _signed(view: CprView, plan: Plan) -> CprView:
    deciding = None if is_changed_unsigned(plan) else _deciding_signature(signatures_of_decision(plan))
    senior = senior_signature(plan)
    return replace(
        view,
        signed_by=_signatory(deciding) if deciding else None,
        signed_on=deciding.date if deciding else None,
        endorsement=Endorsement.ENDORSED if senior else Endorsement.PENDING,
        endorsed_by=_signatory(senior) if senior else None,
    )


def _deciding_signature(signatures: Sequence[Signature]) -> Signature | None:
    """Who decided: the one clinician who is named, else who signed the CPR box, else the latest; last, the endorser."""
    own = [each for each in signatures if each.role is not SignatureRole.SENIOR]
    named = [each for each in own if each.name]
    if len(named) == 1:
        return named[0]
    in_the_box = [each for each in own if each.role is SignatureRole.CPR]
    newest_first = sorted(own, key=lambda each: latest_day(each.date) if each.date else date.min, reverse=True)
    return next(iter((*in_the_box, *newest_first, *signatures)), None)


def _signatory(signature: Signature) -> str:
    parts = (signature.name or signature.signed, signature.position, signature.registration)
    return ", ".join(part for part in parts if part)


def _worded(view: CprView, agreed: bool) -> CprView:
    if not agreed:
        return replace(view, agreed=False, headline=words.HEADLINE_DISAGREE, explanation=words.DISAGREE_EXPLANATION)
    if view.conditional:
        return replace(view, headline=words.HEADLINE_CONDITIONAL, explanation=words.CONDITIONAL_EXPLANATION)
    return replace(view, headline=words.HEADLINES[view.decision], explanation=words.EXPLANATIONS[view.decision])


def _statement(on_record: PlanOnRecord) -> CprStatement:
    decision = on_record.plan.cpr.decision
    if decision is None:
        raise ValueError("only a plan that decides about CPR states it")
    dated = None if is_changed_unsigned(on_record.plan) else decision_date(on_record).stated
    return CprStatement(on_record.title, dated, CprShown(decision.kind.value), decision.condition, decision.details)


def validity_view(standing: Standing, today: date) -> Validity:
    """An overdue review of any form in force, else the review of the form that decides about CPR (decision 0031)."""
    if not standing.in_force:
        return Validity(state=_ended(standing))
    reviews = tuple(_review(each, today) for each in standing.in_force)
    deciding = deciding_plan(standing)
    first = standing.in_force.index(deciding[0]) if deciding else 0
    overdue = [each for each in (reviews[first], *reviews) if each.overdue]
    if overdue:
        return Validity(ValidityState.REVIEW_OVERDUE, overdue[0].review, reviews)
    return Validity(ValidityState.CURRENT, reviews[first].review, reviews)


def _ended(standing: Standing) -> ValidityState:
    if any(is_cancelled(each.plan) for each in standing.everything):
        return ValidityState.CANCELLED
    return ValidityState.SUPERSEDED if standing.superseded else ValidityState.NO_PLAN


def _review(on_record: PlanOnRecord, today: date) -> ReviewView:
    review = on_record.plan.review
    return ReviewView(on_record.title, _review_text(review), is_overdue(review, today))


def _review_text(review: Review | None) -> str:
    if review is None:
        return NONE_STATED
    return ReviewKind.INDEFINITE.value if review.kind is ReviewKind.INDEFINITE else review.date or NONE_STATED


def is_overdue(review: Review | None, today: date) -> bool:
    """A date given as a month or a year is over when its last day is (SR9)."""
    return review is not None and review.date is not None and latest_day(review.date) < today
