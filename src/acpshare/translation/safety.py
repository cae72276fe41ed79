"""The safety rules that decide about a whole plan or a whole form (clinical.md section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from acpshare.forms import FormDefinition
from acpshare.outcome import Issue, IssueType, error, information, warning
from acpshare.plan import CATALOGUE, Plan, get, is_stated
from acpshare.plan.contradictions import contradictions
from acpshare.plan.decision import (
    deciding_signatures,
    decision_date,
    is_cancelled,
    is_changed_unsigned,
    senior_signature,
)
from acpshare.plan.involvement import CapacityAssessment, CapacityStatus, InvolvementBasis
from acpshare.plan.record import Jurisdiction
from acpshare.plan.values import CprKind, YesNo, latest_day
from acpshare.translation.mapping import CompiledMapping

CHILD_BELOW = 18
"""Years of age below which the rules for children apply (16 in Scotland; clinical.md 1.1)."""
_REFUSALS = ("cpr.reasons.advance_decision", "cpr.reasons.advance_decision_or_court_order")
"""Reasons that may hold in certain circumstances only."""


def age_when_decided(plan: Plan, today: date | None) -> int | None:
    """Whole years of age at the decision (or today), where the date of birth is known to the day and not after it."""
    decided = decision_date(plan)
    return _age(plan, latest_day(decided[0]) if decided is not None else today)


def _age(plan: Plan, at: date | None) -> int | None:
    born = plan.person.birth_date
    if at is None or born is None or len(born) != 10:
        return None
    birth = date.fromisoformat(born)
    years = at.year - birth.year - ((at.month, at.day) < (birth.month, birth.day))
    return years if years >= 0 else None


def refusals(mapping: CompiledMapping, plan: Plan, today: date | None) -> tuple[Issue, ...]:
    """Why this form may not be filled from this plan at all; empty where it may."""
    of_age = (issue for issue in age_issues(mapping.definition, plan, today) if issue.is_error)
    return (*_blocked(mapping, plan), *of_age)


def _blocked(mapping: CompiledMapping, plan: Plan) -> Iterator[Issue]:
    made_on = mapping.families.get(plan.record.form or "")
    for block in mapping.blocked:
        if block.families and made_on not in block.families:
            continue
        values = [get(plan, path) for path in block.elements]
        if block.unless:
            kind = getattr(values[0], "kind", values[0])
            hit = kind is None or str(kind) not in block.unless
        elif block.when_field:
            hit = getattr(values[0], block.when_field, None) is not None
        else:
            hit = not any(is_stated(value) for value in values)
        if hit:
            yield error(
                IssueType.BUSINESS_RULE,
                f"{mapping.id} is not filled: {block.reason}",
                block.elements[0],
                rule=block.rule,
            )


def age_issues(form: FormDefinition, plan: Plan, today: date | None) -> Iterator[Issue]:
    """Whether the person's age fits the form: a refusal to fill it, or a warning on one that was made out (SR15)."""
    age = age_when_decided(plan, today)
    if age is None:
        return
    if age < form.ages.start or (form.ages.below is not None and age >= form.ages.below):
        limit = f"from {form.ages.start}" + (f" and below {form.ages.below}" if form.ages.below is not None else "")
        what = f"{form.id} is a form for people aged {limit}"
        made_out = plan.record.form == form.id
        yield (warning if made_out else error)(IssueType.BUSINESS_RULE, what, "person.birth_date", rule="SR15")


def is_other_jurisdiction(form: FormDefinition, plan: Plan) -> bool:
    """Whether words of capacity law on this form mean another law than where the plan was made (SR16)."""
    made_in = plan.record.jurisdiction
    return Jurisdiction.UK not in (made_in, form.jurisdiction) and made_in not in (None, form.jurisdiction)


def plan_issues(plan: Plan, today: date | None) -> tuple[Issue, ...]:
    """What is unsafe (an error) or to be noticed (a warning) in a plan; a warning never hides it (SR14)."""
    return (*_cpr(plan, today), *contradictions(plan), *_conversation(plan), *_capacity(plan, today), *_signing(plan))


def _cpr(plan: Plan, today: date | None) -> Iterator[Issue]:
    decision, age = plan.cpr.decision, age_when_decided(plan, today)
    if decision is None:
        what = (
            "no CPR decision is recorded: none is stored, for or against; without one the presumption is that CPR is"
            " attempted, as the clinician judges"
        )
        yield information(IssueType.INFORMATIONAL, what, "cpr.decision", rule="SR3")
        return
    if decision.kind is CprKind.MODIFIED and age is not None and age >= CHILD_BELOW:
        yield error(IssueType.BUSINESS_RULE, "modified CPR is for a child only", "cpr.decision", rule="SR4")
    if decision.kind is CprKind.MODIFIED and age is None:
        what = "modified CPR is for a child only, and the age is not known to the day"
        yield warning(IssueType.BUSINESS_RULE, what, "cpr.decision", rule="SR4")
    if decision.kind is CprKind.MODIFIED and age is not None and age < CHILD_BELOW <= (_age(plan, today) or 0):
        what = "modified CPR is for a child only, and the person has turned 18 since it was decided: it needs review"
        yield warning(IssueType.BUSINESS_RULE, what, "cpr.decision", rule="SR4")
    if decision.condition is not None and any(
        is_stated(get(plan, path)) for path in CATALOGUE if path.startswith("cpr.reasons.") and path not in _REFUSALS
    ):
        what = "circumstances limit the whole CPR decision, and a reason that knows no circumstances is ticked as well"
        yield warning(IssueType.CONFLICT, what, "cpr.decision", "cpr.reasons", rule="SR6")
    if (
        plan.review is not None
        and plan.review.date is not None
        and today is not None
        and latest_day(plan.review.date) < today
        and not is_cancelled(plan)
    ):
        yield warning(
            IssueType.BUSINESS_RULE, "the review date has passed; the decision still stands", "review", rule="SR9"
        )


def _conversation(plan: Plan) -> Iterator[Issue]:
    if plan.cpr.decision is None or plan.cpr.decision.kind is not CprKind.DO_NOT_ATTEMPT:
        return
    talk, aware = plan.involvement, plan.awareness
    said = (
        talk.basis,
        talk.with_person,
        talk.conversations,
        talk.person_involved,
        aware.person_aware,
        plan.best_interests.record,
    )
    reasons = (talk.reason_not, talk.person_not_involved_reason, aware.person_not_aware_reason)
    if not any(is_stated(each) for each in (*said, *reasons)):
        what = "neither a discussion with the person nor the reason why there was none is recorded"
        yield warning(IssueType.INCOMPLETE, what, "involvement", rule="SR11")
    if aware.person_aware is YesNo.NO and aware.person_not_aware_reason is None:
        what = "the person was not informed, and no reason is recorded"
        yield warning(IssueType.INCOMPLETE, what, "awareness.person_not_aware_reason", rule="SR11")


def _capacity(plan: Plan, today: date | None) -> Iterator[Issue]:
    for name in ("plan", "cpr", "treatment"):
        assessed: CapacityAssessment = getattr(plan.capacity, name)
        evidence = (
            plan.legal.proxies,
            plan.legal.proxy_in_place,
            plan.legal.attorney_appointed,
            plan.legal.attorney_named,
            plan.best_interests.record,
            plan.best_interests.consulted,
            plan.best_interests.decision_made,
            plan.involvement.with_family,
            InvolvementBasis.B if InvolvementBasis.B in plan.involvement.basis else None,
        )
        if assessed.status is CapacityStatus.LACKS and not any(is_stated(each) for each in evidence):
            what = "the person lacks capacity, and neither a proxy nor a best-interests discussion is recorded"
            yield warning(IssueType.INCOMPLETE, what, f"capacity.{name}", rule="SR12")
    under_age = {InvolvementBasis.C1, InvolvementBasis.C2, InvolvementBasis.C3}
    age = age_when_decided(plan, today)
    if age is not None and age >= CHILD_BELOW and under_age & set(plan.involvement.basis):
        yield warning(
            IssueType.BUSINESS_RULE,
            "an involvement option for children is ticked for an adult",
            "involvement.basis",
            rule="SR15",
        )


def _signing(plan: Plan) -> Iterator[Issue]:
    if is_changed_unsigned(plan):
        what = "the CPR decision was changed after the form was signed, and nobody has signed the one that stands now"
        yield warning(IssueType.INCOMPLETE, what, "cpr.decision", "signatures", rule="SR7")
    if not deciding_signatures(plan):
        yield warning(IssueType.INCOMPLETE, "the plan is not signed", "signatures", rule="SR14")
    elif senior_signature(plan) is None:
        what = "endorsement by the senior responsible clinician is pending"
        yield warning(IssueType.INCOMPLETE, what, "signatures", rule="SR8")
