"""Statements that do not go together: found, named with the safety rule, and never repaired.

Nothing here refuses anything. A resource that says yes and no at once is accepted, flagged and shown, for a person to
put right (clinical.md 4; https://hl7.org/fhir/R4/careplan-definitions.html#CarePlan.activity.detail.doNotPerform).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.alerts import CPR_ALERT, cpr_consent, flags
from acpshare.fhir.plan.context import Context, PlanStatus
from acpshare.fhir.plan.from_fhir import from_resources
from acpshare.fhir.plan.parts import Setting
from acpshare.fhir.plan.plan_element import marked
from acpshare.fhir.systems import (
    CONDITION,
    CONDITIONAL_CPR,
    CONSENT_CATEGORY,
    DECISION_CATEGORY,
    NEGATIVE_CPR,
    POSITIVE_CPR,
    SNOMED,
)
from acpshare.outcome import Issue, IssueType, warning
from acpshare.plan import Plan, get
from acpshare.plan.contradictions import contradictions as plan_contradictions
from acpshare.plan.decision import is_cancelled
from acpshare.plan.legal import InstrumentStatus
from acpshare.plan.values import CprDecision, CprKind

LOINC_YES_CPR, LOINC_NO_CPR = "LA33470-8", "LA33471-6"
"""Answers of the US portable medical order, seen beside `doNotPerform` in its own examples."""
_WORDS = {"Flag": "alert", "Consent": "consent record"}
_YES, _NO = POSITIVE_CPR | {LOINC_YES_CPR}, NEGATIVE_CPR | {LOINC_NO_CPR}


def contradictions(resources: Iterable[JsonObject]) -> tuple[Issue, ...]:
    """What contradicts itself within one plan's resources, and between them and what is derived from them."""
    listed = list(resources)
    if sum(each["resourceType"] == "CarePlan" for each in listed) != 1:
        return tuple(issue for resource in listed for issue in _negations(resource))
    plan, _ = from_resources(listed)
    return (*between(listed, plan), *plan_contradictions(plan))


def between(resources: Iterable[JsonObject], plan: Plan) -> tuple[Issue, ...]:
    """What one plan's resources say against each other, or against what they state together."""
    listed = list(resources)
    found = [issue for resource in listed for issue in _negations(resource)]
    for care_plan in (each for each in listed if each["resourceType"] == "CarePlan"):
        found += _status(care_plan, plan)
        made = _alerts(plan, care_plan)
        for resource in listed:
            if resource["resourceType"] == "Flag":
                issues = list(_flag(resource, plan, care_plan))
            elif resource["resourceType"] == "Consent":
                issues = list(_consent(resource, plan, care_plan))
            else:
                continue
            found += issues or _changed(resource, made.get((resource["resourceType"], str(resource.get("id")))))
    return tuple(found)


def _alerts(plan: Plan, care_plan: JsonObject) -> dict[tuple[str, str], JsonObject]:
    """The Flag and the Consent that a plan in force has for its CPR decision."""
    if care_plan.get("status") != "active" or "id" not in care_plan:
        return {}
    context = Context(care_plan["id"], str(care_plan["subject"].get("reference", "")), "", "")
    setting = Setting(context, PlanStatus.ACTIVE, plan.record.jurisdiction)
    return {(each["resourceType"], each["id"]): each for each in (*cpr_consent(plan, setting), *flags(plan, setting))}


def _changed(resource: JsonObject, made: JsonObject | None) -> Iterator[Issue]:
    """What an alert should say of its plan and does not, or says for a time or an occasion only: who looks at it alone
    is told less than was decided, or more.
    """
    if made is None:
        return
    type = resource["resourceType"]
    for name in ("code", "category", "scope", "dateTime", "period", "provision"):
        whole = name in ("provision", "category", "period")
        if name in made and not _covers(resource.get(name), made[name], whole=whole):
            why = f"the {_WORDS[type]} that is made of the CPR decision does not say what the plan says ({type}.{name})"
            yield warning(IssueType.CONFLICT, why, f"{type}.{name}", rule="SR2")
    for name in ("period", "encounter"):
        if name in resource and name not in made:
            why = (
                f"the {_WORDS[type]} that is made of the CPR decision has limits that the plan does not ({type}.{name})"
            )
            yield warning(IssueType.CONFLICT, why, f"{type}.{name}", rule="SR6")


def _covers(said: object, made: object, *, whole: bool) -> bool:
    """Whether all that was made is still said; `whole`: and nothing beside it that could limit or widen it."""
    if isinstance(made, dict):
        if not isinstance(said, dict) or (whole and set(said) - set(made) - {"id", "extension", "text"}):
            return False
        return all(_covers(said.get(name), value, whole=whole) for name, value in made.items())
    if isinstance(made, list):
        if not isinstance(said, list) or (whole and len(said) != len(made)):
            return False
        return all(any(_covers(each, entry, whole=whole) for each in said) for entry in made)
    return bool(said == made)


def _negations(resource: JsonObject) -> Iterator[Issue]:
    """A code that itself says yes or no to CPR, where a treatment belongs: beside `doNotPerform` it reads both ways."""
    type = resource["resourceType"]
    holders = [(type, resource)] if type in ("ServiceRequest", "CommunicationRequest") else []
    if type == "CarePlan":
        activities = enumerate(resource.get("activity", ()))
        holders = [(f"CarePlan.activity[{at}].detail", each["detail"]) for at, each in activities if "detail" in each]
    for place, holder in holders:
        codes = _codes(holder.get("code")) | {code for each in holder.get("orderDetail", ()) for code in _codes(each)}
        if codes & _YES and holder.get("doNotPerform"):
            why = "a code that says yes to CPR stands beside doNotPerform"
        elif codes & _NO and holder.get("doNotPerform"):
            why = "a code that says no to CPR stands beside doNotPerform: twice no, or a yes"
        elif codes & (_YES | _NO):
            why = "the code says yes or no to CPR, where the treatment belongs"
        else:
            continue
        yield warning(IssueType.CONFLICT, why, f"{place}.code", rule="SR2")


def _status(care_plan: JsonObject, plan: Plan) -> Iterator[Issue]:
    if is_cancelled(plan) and care_plan.get("status") in ("active", "draft", "on-hold"):
        yield warning(IssueType.CONFLICT, "the plan was cancelled, and stands", "CarePlan.status", rule="SR10")


def _flag(flag: JsonObject, plan: Plan, care_plan: JsonObject) -> Iterator[Issue]:
    codes = _codes(flag.get("code"))
    if flag.get("status") == "entered-in-error" and care_plan.get("status") == "active" and codes & (_YES | _NO):
        why = "a CPR alert was entered in error, and its plan stands"
        yield warning(IssueType.CONFLICT, why, "Flag.status", rule="SR2")
    if flag.get("status") != "active" or not codes & (_YES | _NO):
        if flag.get("status") == "inactive" and care_plan.get("status") == "active" and _is_its_alert(flag, care_plan):
            why = "the CPR alert has ended, and its plan stands"
            yield warning(IssueType.CONFLICT, why, "Flag.status", rule="SR10")
        return
    decision = plan.cpr.decision
    if care_plan.get("status") != "active":
        yield warning(IssueType.CONFLICT, "a CPR alert is active, and its plan is not", "Flag.status", rule="SR10")
    elif decision is None:
        yield warning(IssueType.CONFLICT, "a CPR alert, and no CPR decision is recorded", "Flag.code", rule="SR3")
    elif _is_limited(decision):
        rule = "SR4" if decision.kind is CprKind.MODIFIED else "SR6"
        yield warning(
            IssueType.CONFLICT, "an unconditional CPR alert for a decision with limits", "Flag.code", rule=rule
        )
    elif bool(codes & _YES) is not (decision.kind is CprKind.ATTEMPT):
        yield warning(IssueType.CONFLICT, "the CPR alert is not the CPR decision", "Flag.code", rule="SR2")


def _is_its_alert(flag: JsonObject, care_plan: JsonObject) -> bool:
    return bool(flag.get("id") == f"{care_plan.get('id')}-{CPR_ALERT}")


def _consent(consent: JsonObject, plan: Plan, care_plan: JsonObject) -> Iterator[Issue]:
    if (mark := marked(consent)) is not None:
        if care_plan.get("status") != "entered-in-error":
            yield from _instrument(consent, mark, plan)
        return
    is_dnr = any("dnr" in _codes(each, CONSENT_CATEGORY) for each in consent.get("category", ()))
    is_limited = any(CONDITIONAL_CPR in _codes(each, DECISION_CATEGORY) for each in consent.get("category", ()))
    if not (is_dnr or is_limited):
        return
    if consent.get("status") != "active":
        if care_plan.get("status") == "active":
            why = "the consent record of a CPR decision has ended, and its plan stands"
            yield warning(IssueType.CONFLICT, why, "Consent.status", rule="SR10")
        return
    if consent.get("provision", {}).get("type") == "permit":
        why = "the consent record of a do-not-attempt decision permits CPR"
        yield warning(IssueType.CONFLICT, why, "Consent.provision.type", rule="SR2")
    yield from _blanket(consent, plan) if is_dnr else _limits(consent, plan)


def _limits(consent: JsonObject, plan: Plan) -> Iterator[Issue]:
    """A refusal in stated circumstances, with the circumstances of the decision that it is made of."""
    stated = [each.get("valueString") for each in consent.get("modifierExtension", ()) if each.get("url") == CONDITION]
    decision = plan.cpr.decision
    if decision is None or decision.condition is None or stated != [decision.condition]:
        why = "a consent record in stated circumstances, which are not those of the CPR decision"
        yield warning(IssueType.CONFLICT, why, "Consent.modifierExtension", rule="SR6")


def _blanket(consent: JsonObject, plan: Plan) -> Iterator[Issue]:
    decision = plan.cpr.decision
    if decision is None or decision.kind is not CprKind.DO_NOT_ATTEMPT:
        why = "a do-not-resuscitate consent record, and the plan holds no such decision"
        yield warning(IssueType.CONFLICT, why, "Consent.category", rule="SR2")
    elif decision.condition is not None:
        why = "a consent record without limits, for a decision in stated circumstances"
        yield warning(IssueType.CONFLICT, why, "Consent.category", rule="SR6")
    elif any(each.get("url") == CONDITION for each in consent.get("modifierExtension", ())):
        why = "a consent record in stated circumstances, for a decision without limits"
        yield warning(IssueType.CONFLICT, why, "Consent.modifierExtension", rule="SR6")


def _instrument(consent: JsonObject, mark: str, plan: Plan) -> Iterator[Issue]:
    name, _, index = mark.removesuffix("]").partition("[")
    entries = get(plan, name) if name in ("legal.advance_decisions", "legal.proxies") else ()
    if not index.isdecimal() or int(index) >= len(entries):
        return
    retracted = entries[int(index)].status is InstrumentStatus.RETRACTED
    if retracted is (consent.get("status") == "active"):
        why = f"the Consent's status is not the status that the plan states: {mark}"
        yield warning(IssueType.CONFLICT, why, "Consent.status", rule="SR5")
    if name == "legal.advance_decisions" and "period" in consent.get("provision", {}):
        why = f"the Consent of an advance decision holds for a time only, which the plan does not state: {mark}"
        yield warning(IssueType.CONFLICT, why, "Consent.provision.period", rule="SR5")
    if name == "legal.advance_decisions" and consent.get("provision", {}).get("type") == "permit":
        why = f"an advance decision refuses, and its Consent permits: {mark}"
        yield warning(IssueType.CONFLICT, why, "Consent.provision.type", rule="SR5")


def _is_limited(decision: CprDecision) -> bool:
    return decision.kind is CprKind.MODIFIED or decision.condition is not None


def _codes(concept: JsonObject | None, system: str | None = None) -> set[str]:
    codings = (concept or {}).get("coding", ())
    known = (system,) if system else (SNOMED, "http://loinc.org")
    return {each["code"] for each in codings if "code" in each and each.get("system") in known}
