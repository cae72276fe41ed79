"""Statements of one plan that do not go together: found and named with the safety rule, never repaired (SR2, SR5)."""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.outcome import Issue, IssueType, information, warning
from acpshare.plan.care import ClinicalFocus, Escalation, LegacyFocus
from acpshare.plan.catalogue import CATALOGUE, get
from acpshare.plan.legal import AdvanceDecision, InstrumentStatus, ProxyKind
from acpshare.plan.plan import Plan
from acpshare.plan.values import CprKind, TreatmentKind, YesNo, latest_day

COMFORT_ONLY = {
    "care.focus": (ClinicalFocus.COMFORT,),
    "care.legacy_focus": (LegacyFocus.SYMPTOM_CONTROL,),
    "care.escalation": (Escalation.PALLIATIVE_SUPPORTIVE, Escalation.TIER_COMFORT),
}
"""Aims of care that do not go with an attempt at CPR."""
LIFE_SUPPORT = ("treatments.icu", "treatments.intubation")
"""Treatments without which an attempt at CPR is hard to follow up."""


def contradictions(plan: Plan) -> tuple[Issue, ...]:
    """Every pair of statements that contradict each other, with the paths of both."""
    return (*_attempt_and_limits(plan), *_attempt_and_refusal(plan), *_attorneys_and_refusals(plan))


def _attempts(plan: Plan) -> bool:
    return plan.cpr.decision is not None and plan.cpr.decision.kind is CprKind.ATTEMPT


def _conflict(what: str, *paths: str, rule: str) -> Issue:
    return warning(IssueType.CONFLICT, what, *paths, rule=rule)


def _attempt_and_limits(plan: Plan) -> Iterator[Issue]:
    if not _attempts(plan):
        return
    for path, aims in COMFORT_ONLY.items():
        if get(plan, path) in aims:
            yield _conflict("CPR is to be attempted, and care is for comfort only", "cpr.decision", path, rule="SR2")
    for path in LIFE_SUPPORT:
        decision = get(plan, path)
        if decision is not None and decision.kind is TreatmentKind.NOT_FOR:
            what = f"CPR is to be attempted, and {CATALOGUE[path].label.lower()} is not for this person"
            yield _conflict(what, "cpr.decision", path, rule="SR2")


def _attempt_and_refusal(plan: Plan) -> Iterator[Issue]:
    if not _attempts(plan):
        return
    for index, refusal in _standing_refusals(plan):
        if refusal.refuses_cpr is YesNo.YES:
            limited = "in stated circumstances" if refusal.circumstances else "in all circumstances"
            what = f"CPR is to be attempted, and an advance decision refuses it {limited}"
            yield _conflict(what, "cpr.decision", f"legal.advance_decisions[{index}]", rule="SR5")
    if plan.legal.refusal_of_cpr_stated is YesNo.YES:
        what = "CPR is to be attempted, and a valid advance decision refusing it is stated"
        yield _conflict(what, "cpr.decision", "legal.refusal_of_cpr_stated", rule="SR5")


def _standing_refusals(plan: Plan) -> Iterator[tuple[int, AdvanceDecision]]:
    for index, refusal in enumerate(plan.legal.advance_decisions):
        if refusal.status is not InstrumentStatus.RETRACTED:
            yield index, refusal


def _attorneys_and_refusals(plan: Plan) -> Iterator[Issue]:
    """A lasting power made after an advance decision, for the same decision, displaces it: so both dates matter (K)."""
    attorneys = [
        (index, proxy)
        for index, proxy in enumerate(plan.legal.proxies)
        if proxy.kind is ProxyKind.LPA_WELFARE and proxy.status is not InstrumentStatus.RETRACTED
    ]
    for number, refusal in _standing_refusals(plan):
        for index, proxy in attorneys:
            paths = (f"legal.advance_decisions[{number}]", f"legal.proxies[{index}]")
            if refusal.made_on is None or proxy.appointed_on is None:
                what = "which of an advance decision and a lasting power came first is not stated"
                yield information(IssueType.INCOMPLETE, what, *paths, rule="SR5")
            elif latest_day(proxy.appointed_on) > latest_day(refusal.made_on):
                what = "a lasting power made later may displace the advance decision"
                yield warning(IssueType.BUSINESS_RULE, what, *paths, rule="SR5")
