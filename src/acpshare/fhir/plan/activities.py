"""Treatment decisions as `CarePlan.activity.detail`: the code is the treatment, `doNotPerform` says for or not for.

A condition is a modifier extension, so that no reader may take the decision without it.
https://hl7.org/fhir/R4/careplan-definitions.html#CarePlan.activity.detail.doNotPerform
"""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.context import PlanStatus
from acpshare.fhir.plan.facts import Facts
from acpshare.fhir.plan.narrative import cpr_words, treatment_words
from acpshare.fhir.plan.plan_element import plan_element, plan_elements
from acpshare.fhir.systems import (
    CONDITION,
    CPR,
    CPR_REASON,
    DATA_ABSENT_REASON,
    MODIFIED_CPR,
    SNOMED,
    TREATMENT,
    coding,
    concept,
)
from acpshare.plan import CATALOGUE, Plan

CPR_CODE, OTHER_CODE = "cpr", "other"
TREATMENTS = {
    path: path.removeprefix("treatments.").replace("_", "-")
    for path in CATALOGUE
    if path.startswith("treatments.") and path != "treatments.other"
}
"""Our code for each single treatment, by its path."""
REASONS = {
    path: path.removeprefix("cpr.reasons.").replace("_", "-") for path in CATALOGUE if path.startswith("cpr.reasons.")
}
UNWORDED: JsonObject = {
    "url": CONDITION,
    "extension": [{"url": DATA_ABSENT_REASON, "valueCode": "unknown"}],
}
"""A condition was ticked, and nobody wrote which."""
_STATUS = {
    PlanStatus.ACTIVE: "not-started",
    PlanStatus.DRAFT: "not-started",
    PlanStatus.ON_HOLD: "on-hold",
    PlanStatus.REVOKED: "cancelled",
    PlanStatus.COMPLETED: "stopped",
    PlanStatus.ENTERED_IN_ERROR: "entered-in-error",
}


def activities(plan: Plan, facts: Facts, status: PlanStatus) -> Iterator[JsonObject]:
    """CPR first, then the treatments in the catalogue's order, then other treatments."""
    state = _STATUS.get(status, "unknown")
    if plan.cpr.decision is not None:
        yield _activity(_cpr(plan, facts), state)
    for path, code in TREATMENTS.items():
        decision = getattr(plan.treatments, path.removeprefix("treatments."))
        if decision is not None:
            label = CATALOGUE[path].label
            detail: JsonObject = {"code": _treatment(path, code, label)}
            _decide(detail, facts.take(path), facts.take(f"{path}.condition"))
            detail["description"] = treatment_words(label, decision)
            yield _activity(detail, state)
    for entry, other in zip(list(facts.entries("treatments.other")), plan.treatments.other, strict=True):
        if other.decision is None:
            continue  # an activity without doNotPerform would read as one to perform: it stays a plan element
        name = facts.take(f"{entry}.name")
        known = coding(TREATMENT, OTHER_CODE, "Other treatment")
        detail = {"extension": [plan_element(entry)], "code": concept(known, text=name)}
        _decide(detail, facts.take(f"{entry}.decision"), facts.take(f"{entry}.decision.condition"))
        detail["description"] = treatment_words(other.name or "Treatment not named", other.decision)
        facts.left.pop(entry)
        yield _activity(detail, state)


def _activity(detail: JsonObject, status: str) -> JsonObject:
    return {"detail": detail | {"status": status}}


def _treatment(path: str, code: str, label: str) -> JsonObject:
    snomed = CATALOGUE[path].doc.code
    known = [coding(SNOMED, snomed)] if snomed else []
    return concept(*known, coding(TREATMENT, code, label), text=label)


def _decide(detail: JsonObject, kind: str | None, condition: str | None) -> None:
    """`conditional` is neither a yes nor a no, so it says neither; a condition changes any decision beside it."""
    if kind in ("for", "attempt"):
        detail["doNotPerform"] = False
    elif kind in ("not-for", "do-not-attempt"):
        detail["doNotPerform"] = True
    if condition is not None:
        detail["modifierExtension"] = [{"url": CONDITION, "valueString": condition}]
    elif kind == "conditional":
        detail["modifierExtension"] = [UNWORDED]


def _cpr(plan: Plan, facts: Facts) -> JsonObject:
    label = "Cardiopulmonary resuscitation (CPR)"
    detail: JsonObject = {"code": concept(CPR.coding(), coding(TREATMENT, CPR_CODE, label), text=label)}
    kind = facts.take("cpr.decision")
    _decide(detail, kind, facts.take("cpr.decision.condition"))
    if kind == "modified":
        details = facts.take("cpr.decision.details")
        parts = [{"url": "kind", "valueCode": "modified"}]
        parts += [{"url": "details", "valueString": details}] if details is not None else []
        detail["modifierExtension"] = [{"url": MODIFIED_CPR, "extension": parts}]
    if reasons := list(_reasons(facts)):
        detail["reasonCode"] = reasons
    if rest := facts.take_below("cpr"):
        detail["extension"] = plan_elements(rest)
    if plan.cpr.decision is not None:
        detail["description"] = cpr_words(plan.cpr.decision)
    return detail


def _reasons(facts: Facts) -> Iterator[JsonObject]:
    if (text := facts.take("cpr.reason_text")) is not None:
        yield concept(text=text)
    for path, code in REASONS.items():
        if facts.take(path) is not None:
            yield concept(coding(CPR_REASON, code, CATALOGUE[path].label), text=facts.take(f"{path}.because"))
