"""Statements that do not go together, between forms or between CPR and other limits: shown, never repaired."""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.emergency import words
from acpshare.emergency.record import PlanOnRecord
from acpshare.emergency.sections import SINGLE_TREATMENTS, label_of, other_decisions
from acpshare.emergency.standing import Standing
from acpshare.emergency.view import CprShown, CprView
from acpshare.plan import CATALOGUE, get
from acpshare.plan.contradictions import COMFORT_ONLY
from acpshare.plan.labels import label
from acpshare.plan.values import CprDecision, TreatmentDecision, TreatmentKind


def disagreements(standing: Standing) -> Iterator[tuple[str, str]]:
    """What forms in force say differently about the same thing."""
    plans = standing.in_force
    for one in plans:
        for other in plans:
            if one.replaces == other.plan_id or other.replaced_by == one.plan_id:
                yield (
                    "replacement-unclear",
                    (
                        f"{label_of(one)} is recorded as replacing {label_of(other)}, but their records do not "
                        "fit together. Both are kept in force."
                    ),
                )
    if len(plans) < 2:
        return
    decisions = [(each, said) for each in plans if (said := each.plan.cpr.decision)]
    if len({said for _, said in decisions}) > 1:
        yield "conflict-cpr", _differ("CPR", [(each, cpr_phrase(said)) for each, said in decisions])
    focus = [(each, each.plan.care.focus or each.plan.care.legacy_focus) for each in plans]
    yield from _conflict("conflict-focus", "the clinical focus", [(on, label(said)) for on, said in focus if said])
    tiers = [(each, each.plan.care.escalation) for each in plans]
    yield from _conflict("conflict-focus", "escalation", [(on, label(said)) for on, said in tiers if said])
    for path in SINGLE_TREATMENTS:
        single = [(each, get(each.plan, path)) for each in plans if get(each.plan, path)]
        yield from _conflict("conflict-treatment", CATALOGUE[path].label, [(on, phrase(each)) for on, each in single])
    yield from _other_treatments(standing)


def _other_treatments(standing: Standing) -> Iterator[tuple[str, str]]:
    names = dict.fromkeys(name for each in standing.in_force for name in other_decisions(each.plan) if name)
    for name in names:
        said = [(each, other_decisions(each.plan).get(name)) for each in standing.in_force]
        phrases = [(on, phrase(each.decision)) for on, each in said if each and each.decision]
        yield from _conflict("conflict-treatment", name, phrases)


def _conflict(code: str, about: str, said: list[tuple[PlanOnRecord, str]]) -> Iterator[tuple[str, str]]:
    if len({text for _, text in said}) > 1:
        yield code, _differ(about, said)


def _differ(about: str, said: list[tuple[PlanOnRecord, str]]) -> str:
    return f"Forms in force disagree about {about}: " + "; ".join(f"{label_of(on)}: {text}" for on, text in said) + "."


def cpr_phrase(decision: CprDecision) -> str:
    phrase = words.CPR_PHRASES[CprShown(decision.kind.value)]
    return (
        f"{phrase} only if {decision.condition or 'in circumstances not written'}"
        if decision.condition is not None
        else phrase
    )


def phrase(decision: TreatmentDecision) -> str:
    if decision.kind is TreatmentKind.CONDITIONAL:
        return f"only if {decision.condition}" if decision.condition else "depends, circumstances not written"
    return "for" if decision.kind is TreatmentKind.FOR else "not for"


def contradictions(standing: Standing, cpr: CprView) -> Iterator[tuple[str, str]]:
    """A CPR decision against other limits (SR2, O6): neither is changed, somebody must ask."""
    if cpr.decision is CprShown.ATTEMPT:
        if any(get(each.plan, path) in aims for each in standing.in_force for path, aims in COMFORT_ONLY.items()):
            yield (
                "contradiction-comfort",
                "CPR is recommended, yet other care is for comfort only. Both stand as written: judgement applies.",
            )
        if any(_not_for(each, "treatments.hospital_admission") for each in standing.in_force):
            yield (
                "contradiction-hospital",
                "CPR is recommended, yet hospital admission is not. Both stand as written: judgement applies.",
            )
    if any(_not_for(each, "treatments.symptom_control") for each in standing.in_force):
        yield "symptom-control", "A form says that symptom control is not for this person: almost certainly a mistake."


def _not_for(on_record: PlanOnRecord, path: str) -> bool:
    decision = get(on_record.plan, path)
    return decision is not None and decision.kind is TreatmentKind.NOT_FOR
