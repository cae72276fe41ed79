"""What contradicts itself is named with its safety rule; what does not is left in peace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from acpshare.fhir.contradictions import contradictions
from acpshare.fhir.plan import Context, to_resources
from acpshare.outcome import Severity
from acpshare.plan import Plan, put
from acpshare.plan.care import ClinicalFocus, Escalation
from acpshare.plan.contradictions import contradictions as plan_contradictions
from acpshare.plan.legal import AdvanceDecision, InstrumentStatus, Proxy, ProxyKind
from acpshare.plan.values import CprDecision, CprKind, FhirDate, YesNo

CONTEXT = Context("plan-1", "Patient/p1", "respect", "2026-11-22T10:00:00Z")
ATTEMPT = CprDecision(CprKind.ATTEMPT)
NOT_FOR = CprDecision(CprKind.DO_NOT_ATTEMPT)
IN_HOSPITAL_ONLY = CprDecision(CprKind.DO_NOT_ATTEMPT, condition="if the cancer is the cause")
MODIFIED = CprDecision(CprKind.MODIFIED, details="no intubation")
REFUSES_CPR = AdvanceDecision(refuses="CPR", refuses_cpr=YesNo.YES, made_on=FhirDate("2020-05"))


def lpa(appointed_on: str | None, **changes: Any) -> Proxy:
    return Proxy(kind=ProxyKind.LPA_WELFARE, appointed_on=FhirDate(appointed_on) if appointed_on else None, **changes)


PLANS: list[tuple[str, dict[str, Any], list[str | None]]] = [
    ("nothing stated", {}, []),
    ("not for CPR and comfort", {"cpr.decision": NOT_FOR, "care.focus": ClinicalFocus.COMFORT}, []),
    ("for CPR and balance", {"cpr.decision": ATTEMPT, "care.focus": ClinicalFocus.BALANCE}, []),
    ("for CPR and comfort", {"cpr.decision": ATTEMPT, "care.focus": ClinicalFocus.COMFORT}, ["SR2"]),
    ("for CPR and a comfort tier", {"cpr.decision": ATTEMPT, "care.escalation": Escalation.TIER_COMFORT}, ["SR2"]),
    ("for CPR and refused", {"cpr.decision": ATTEMPT, "legal.advance_decisions": (REFUSES_CPR,)}, ["SR5"]),
    ("for CPR and refused on a form", {"cpr.decision": ATTEMPT, "legal.refusal_of_cpr_stated": YesNo.YES}, ["SR5"]),
    (
        "for CPR and a refusal that was retracted",
        {
            "cpr.decision": ATTEMPT,
            "legal.advance_decisions": (AdvanceDecision(refuses_cpr=YesNo.YES, status=InstrumentStatus.RETRACTED),),
        },
        [],
    ),
    ("not for CPR and refused", {"cpr.decision": NOT_FOR, "legal.advance_decisions": (REFUSES_CPR,)}, []),
    ("a later LPA", {"legal.advance_decisions": (REFUSES_CPR,), "legal.proxies": (lpa("2021"),)}, ["SR5"]),
    ("an earlier LPA", {"legal.advance_decisions": (REFUSES_CPR,), "legal.proxies": (lpa("2019-01-01"),)}, []),
    ("an undated LPA", {"legal.advance_decisions": (REFUSES_CPR,), "legal.proxies": (lpa(None),)}, ["SR5"]),
    (
        "a later LPA that ended",
        {"legal.advance_decisions": (REFUSES_CPR,), "legal.proxies": (lpa("2021", status=InstrumentStatus.RETRACTED),)},
        [],
    ),
]


@pytest.mark.parametrize("said, rules", [case[1:] for case in PLANS], ids=[case[0] for case in PLANS])
def test_a_plan_that_contradicts_itself_is_flagged_and_never_refused(said: dict[str, Any], rules: list[str]) -> None:
    issues = plan_contradictions(put(Plan(), said))
    assert [issue.rule for issue in issues] == rules
    assert all(issue.severity in (Severity.WARNING, Severity.INFORMATION) and issue.expression for issue in issues)


@pytest.mark.parametrize("decision", [None, ATTEMPT, NOT_FOR, IN_HOSPITAL_ONLY, MODIFIED])
def test_what_is_made_from_a_plan_never_contradicts_it(decision: CprDecision | None) -> None:
    assert contradictions(to_resources(put(Plan(), {"cpr.decision": decision}), CONTEXT)) == ()


Change = Callable[[dict[str, Any]], object]


def recoded(code: str) -> Change:
    """The CPR activity's code becomes a code that itself says yes or no."""
    return lambda made: made["CarePlan"]["activity"][0]["detail"].update(
        code={"coding": [{"system": "http://snomed.info/sct", "code": code}]}
    )


def flagged(code: str) -> Change:
    coding = {"system": "http://snomed.info/sct", "code": code}
    return lambda made: made.update(Flag={"resourceType": "Flag", "status": "active", "code": {"coding": [coding]}})


def dnr(**changes: Any) -> Change:
    coding = {"system": "http://terminology.hl7.org/CodeSystem/consentcategorycodes", "code": "dnr"}
    consent = {"resourceType": "Consent", "status": "active", "category": [{"coding": [coding]}], **changes}
    return lambda made: made.update(Consent=consent)


def withdrawn(made: dict[str, Any]) -> None:
    made["CarePlan"]["status"] = "revoked"


RESOURCES: list[tuple[str, CprDecision | None, Change, tuple[str, str]]] = [
    ("a yes code beside doNotPerform", NOT_FOR, recoded("450475007"), ("SR2", "CarePlan.activity[0].detail.code")),
    (
        "an older yes code beside doNotPerform",
        NOT_FOR,
        recoded("304252001"),
        ("SR2", "CarePlan.activity[0].detail.code"),
    ),
    ("a no code beside doNotPerform", NOT_FOR, recoded("450476008"), ("SR2", "CarePlan.activity[0].detail.code")),
    ("a no code as the treatment", ATTEMPT, recoded("450476008"), ("SR2", "CarePlan.activity[0].detail.code")),
    ("a no alert for a yes", ATTEMPT, flagged("450476008"), ("SR2", "Flag.code")),
    ("a yes alert for a no", NOT_FOR, flagged("450475007"), ("SR2", "Flag.code")),
    ("an alert without its condition", IN_HOSPITAL_ONLY, flagged("450476008"), ("SR6", "Flag.code")),
    ("a yes alert for modified CPR", MODIFIED, flagged("450475007"), ("SR4", "Flag.code")),
    ("an alert and no decision", None, flagged("450476008"), ("SR3", "Flag.code")),
    ("an alert that outlives its plan", NOT_FOR, withdrawn, ("SR10", "Flag.status")),
    ("a no Consent for a yes", ATTEMPT, dnr(), ("SR2", "Consent.category")),
    ("a no Consent and no decision", None, dnr(), ("SR2", "Consent.category")),
    ("a no Consent without its condition", IN_HOSPITAL_ONLY, dnr(), ("SR6", "Consent.category")),
    ("a no Consent that permits", NOT_FOR, dnr(provision={"type": "permit"}), ("SR2", "Consent.provision.type")),
]


@pytest.mark.parametrize(
    "decision, change, expected", [row[1:] for row in RESOURCES], ids=[row[0] for row in RESOURCES]
)
def test_a_resource_that_contradicts_the_decision_is_flagged(
    decision: CprDecision | None, change: Change, expected: tuple[str, str]
) -> None:
    made: dict[str, Any] = {}
    for resource in to_resources(put(Plan(), {"cpr.decision": decision}), CONTEXT):
        made.setdefault(resource["resourceType"], resource)
    change(made)
    assert expected in [(issue.rule, issue.expression[0]) for issue in contradictions(made.values())]


def test_a_medical_order_that_says_yes_beside_do_not_perform_is_flagged() -> None:
    answer = {"coding": [{"system": "http://loinc.org", "code": "LA33470-8"}]}
    order = {"resourceType": "ServiceRequest", "doNotPerform": True, "code": answer, "orderDetail": [answer]}
    assert [issue.expression for issue in contradictions([order])] == [("ServiceRequest.code",)]


def test_a_cancelled_plan_that_stands_and_a_retracted_refusal_that_is_active_are_flagged() -> None:
    retracted = AdvanceDecision(refuses="ventilation", status=InstrumentStatus.RETRACTED)
    plan = put(Plan(), {"cancellation.reason": "recovered", "legal.advance_decisions": (retracted,)})
    care_plan, *others = to_resources(plan, CONTEXT)
    care_plan["status"] = "active"
    next(each for each in others if each["resourceType"] == "Consent")["status"] = "active"
    found = {(issue.rule, issue.expression[0]) for issue in contradictions([care_plan, *others])}
    assert found == {("SR10", "CarePlan.status"), ("SR5", "Consent.status")}
