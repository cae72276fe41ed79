"""What other systems see of a plan, and what they must never be led to believe (clinical.md 4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from acpshare.fhir.plan import Context, PlanStatus, from_resources, patient_of, to_resources
from acpshare.plan import Plan, put
from acpshare.plan.care import ClinicalFocus, OtherTreatment
from acpshare.plan.legal import AdvanceDecision, InstrumentStatus, Proxy, ProxyKind
from acpshare.plan.people import Contact
from acpshare.plan.record import Jurisdiction, Signature, SignatureRole
from acpshare.plan.values import CprDecision, CprKind, FhirDate, TreatmentDecision, TreatmentKind, YesNo

ATTEMPT = CprDecision(CprKind.ATTEMPT)
NOT_FOR = CprDecision(CprKind.DO_NOT_ATTEMPT)
IN_CIRCUMSTANCES = CprDecision(CprKind.DO_NOT_ATTEMPT, condition="if the cancer is the cause")
MODIFIED = CprDecision(CprKind.MODIFIED, details="no intubation")
CONDITION = "https://acpshare.example/fhir/StructureDefinition/condition"
NOT_FOR_CPR_CODES = ("450476008", "304253006", "143021000119109", "dnr")


def made(said: dict[str, Any], *, family: str = "tep", status: PlanStatus = PlanStatus.ACTIVE) -> list[dict[str, Any]]:
    context = Context(
        "plan-1", "Patient/p1", family, "2026-11-22T10:00:00Z", "QuestionnaireResponse/q1", "X26", status=status
    )
    return list(to_resources(put(Plan(), said), context))


def of_type(resources: list[dict[str, Any]], type: str) -> list[dict[str, Any]]:
    return [each for each in resources if each["resourceType"] == type]


def codes(resource: Any) -> set[str]:
    """Every code anywhere in a resource, its narrative aside."""
    if isinstance(resource, dict):
        own = {resource["code"]} if isinstance(resource.get("code"), str) else set()
        return own.union(*(codes(value) for value in resource.values()))
    return set().union(*(codes(each) for each in resource)) if isinstance(resource, list) else set()


CPR: list[tuple[str, CprDecision | None, bool | None, set[str], list[str]]] = [
    ("attempt", ATTEMPT, False, {"450475007"}, []),
    ("do not attempt", NOT_FOR, True, {"450476008"}, ["dnr"]),
    ("do not attempt, in circumstances", IN_CIRCUMSTANCES, True, set(), ["do-not-attempt-cpr-in-circumstances"]),
    ("modified, for a child", MODIFIED, None, set(), []),
]


@pytest.mark.parametrize("decision, negated, flags, categories", [row[1:] for row in CPR], ids=[row[0] for row in CPR])
def test_a_cpr_decision_is_one_activity_and_only_an_unconditional_one_raises_an_alert(
    decision: CprDecision, negated: bool | None, flags: set[str], categories: list[str]
) -> None:
    resources = made({"cpr.decision": decision})
    (activity,) = resources[0]["activity"]
    assert activity["detail"].get("doNotPerform") is negated
    assert "89666000" in codes(activity)
    assert codes(of_type(resources, "Flag")) - {"clinical"} == flags
    assert [each["category"][0]["coding"][0]["code"] for each in of_type(resources, "Consent")] == categories


@pytest.mark.parametrize("decision", [None, ATTEMPT, IN_CIRCUMSTANCES, MODIFIED])
def test_nothing_but_an_unconditional_decision_carries_a_code_for_no_cpr(decision: CprDecision | None) -> None:
    assert not codes(made({"cpr.decision": decision})).intersection(NOT_FOR_CPR_CODES)


def test_the_circumstances_of_a_decision_stand_wherever_it_stands() -> None:
    resources = made({"cpr.decision": IN_CIRCUMSTANCES})
    activity, (consent,) = resources[0]["activity"][0]["detail"], of_type(resources, "Consent")
    for holder in (activity, consent):
        assert holder["modifierExtension"] == [{"url": CONDITION, "valueString": "if the cancer is the cause"}]
    for text in (resources[0]["text"]["div"], consent["text"]["div"], activity["description"]):
        assert "if the cancer is the cause" in text


def test_no_cpr_decision_makes_no_activity_no_consent_and_no_alert_and_is_said() -> None:
    resources = made({"cpr.reason_text": "frailty", "cpr.decided_on": FhirDate("2026-01")})
    assert {each["resourceType"] for each in resources} == {"CarePlan", "Provenance"}
    assert "activity" not in resources[0]
    assert "No CPR decision is recorded" in resources[0]["text"]["div"]


TREATMENTS = [
    (TreatmentDecision(TreatmentKind.FOR), False, None),
    (TreatmentDecision(TreatmentKind.NOT_FOR), True, None),
    (TreatmentDecision(TreatmentKind.CONDITIONAL, "if reversible"), None, "if reversible"),
]


@pytest.mark.parametrize("decision, negated, condition", TREATMENTS)
def test_a_treatment_is_for_not_for_or_conditional_in_so_many_words(
    decision: TreatmentDecision, negated: bool | None, condition: str | None
) -> None:
    detail = made({"treatments.icu": decision})[0]["activity"][0]["detail"]
    assert detail.get("doNotPerform") is negated
    assert [each["valueString"] for each in detail.get("modifierExtension", ())] == ([condition] if condition else [])
    assert codes(detail) == {"305351004", "icu"}


def test_what_was_not_stated_makes_no_activity() -> None:
    resources = made({"treatments.other": (OtherTreatment(name="Chest drain"),)})
    assert "activity" not in resources[0]
    assert "Chest drain: not stated" in resources[0]["text"]["div"]


ENDED: list[tuple[str, dict[str, Any], PlanStatus, str]] = [
    ("cancelled in the plan", {"cancellation.on": FhirDate("2026-11-01")}, PlanStatus.ACTIVE, "revoked"),
    ("replaced by another", {}, PlanStatus.COMPLETED, "completed"),
    ("entered in error", {}, PlanStatus.ENTERED_IN_ERROR, "entered-in-error"),
]


@pytest.mark.parametrize("said, status, shown", [row[1:] for row in ENDED], ids=[row[0] for row in ENDED])
def test_a_plan_that_does_not_stand_raises_no_alert_and_its_consent_is_inactive(
    said: dict[str, Any], status: PlanStatus, shown: str
) -> None:
    resources = made({"cpr.decision": NOT_FOR, **said}, family="respect", status=status)
    assert resources[0]["status"] == shown
    assert of_type(resources, "Flag") == []
    in_error = status is PlanStatus.ENTERED_IN_ERROR
    assert [each["status"] for each in of_type(resources, "Consent")] == [
        "entered-in-error" if in_error else "inactive"
    ]


FAMILIES = [
    ("respect", {"1382601000000107", "respect"}, ["1107891000000106"]),
    ("tep", {"735324008", "tep"}, []),
    ("teal", {"teal"}, []),
    ("dnacpr", {"dnacpr"}, []),
]


@pytest.mark.parametrize("family, types, flags", FAMILIES)
def test_a_plan_is_labelled_with_its_own_family_and_no_other(family: str, types: set[str], flags: list[str]) -> None:
    resources = made({}, family=family)
    assert codes(resources[0]["category"]) == {"736366004"} | types
    assert [each["code"]["coding"][0]["code"] for each in of_type(resources, "Flag")] == flags


def test_a_review_date_ends_nothing_and_a_cancellation_does() -> None:
    reviewed = made({"record.completed_on": FhirDate("2026-11-01"), "review": None})
    assert reviewed[0]["period"] == {"start": "2026-11-01"}
    cancelled = made({"record.completed_on": FhirDate("2026-11-01"), "cancellation.on": FhirDate("2026-11-09")})
    assert cancelled[0]["period"] == {"start": "2026-11-01", "end": "2026-11-09"}


LAWS = [
    (Jurisdiction.ENGLAND_WALES, {"acd", "816321000000109", "adr", "89666000"}, "Mental Capacity Act 2005"),
    (Jurisdiction.SCOTLAND, {"acd", "adr", "89666000"}, "Adults with Incapacity (Scotland) Act 2000"),
    (None, {"acd", "adr", "89666000"}, "The law on capacity of the place where it was made"),
]


@pytest.mark.parametrize("jurisdiction, expected, law", LAWS)
def test_an_advance_decision_is_a_consent_under_its_own_law(
    jurisdiction: Jurisdiction | None, expected: set[str], law: str
) -> None:
    adrt = AdvanceDecision("ventilation", "if unable to breathe", YesNo.YES, YesNo.YES, FhirDate("2024"), "at home")
    (consent,) = of_type(made({"legal.advance_decisions": (adrt,), "record.jurisdiction": jurisdiction}), "Consent")
    assert codes(consent) == expected
    assert consent["policyRule"]["text"] == law
    assert (consent["status"], consent["provision"]["type"], consent["dateTime"]) == ("active", "deny", "2024")
    assert consent["modifierExtension"] == [{"url": CONDITION, "valueString": "if unable to breathe"}]


def test_a_retracted_advance_decision_is_inactive_and_says_so() -> None:
    adrt = AdvanceDecision("ventilation", status=InstrumentStatus.RETRACTED)
    said = {"legal.advance_decisions": (adrt,), "record.jurisdiction": Jurisdiction.ENGLAND_WALES}
    (consent,) = of_type(made(said), "Consent")
    assert consent["status"] == "inactive"
    assert "962601000000103" in codes(consent)
    assert "RETRACTED" in consent["text"]["div"]


def test_an_attorney_is_a_person_to_ring_and_an_authority_that_names_them() -> None:
    proxy = Proxy("Ann Example", ProxyKind.LPA_WELFARE, YesNo.YES, "01632 960000", FhirDate("2020-01-01"))
    resources = made({"legal.proxies": (proxy,)})
    (person,), (consent,) = of_type(resources, "RelatedPerson"), of_type(resources, "Consent")
    assert consent["provision"]["actor"][0]["reference"] == {"reference": f"RelatedPerson/{person['id']}"}
    assert person["telecom"] == [{"value": "01632 960000", "system": "phone"}]
    assert "816381000000105" in codes(consent)


def test_a_name_on_a_form_is_an_agent_and_never_a_digital_signature() -> None:
    signature = Signature(
        "tep-devon", SignatureRole.SENIOR, "Dr Example", "Consultant", "7654321", "Dr Example", FhirDate("2026-11")
    )
    (provenance,) = of_type(made({"signatures": (signature,)}), "Provenance")
    assert "signature" not in provenance
    assert provenance["agent"][0]["type"]["coding"][0]["code"] == "verifier"
    assert provenance["agent"][0]["who"]["display"] == "Dr Example"
    assert provenance["entity"] == [{"role": "source", "what": {"reference": "QuestionnaireResponse/q1"}}]


def test_text_of_a_person_is_never_markup() -> None:
    resources = made({"care.guidance": "<script>alert(1)</script>\nnext"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br/>next" in resources[0]["text"]["div"]


def test_a_clinical_focus_is_a_goal_and_a_fear_is_not() -> None:
    (goal,) = of_type(made({"care.focus": ClinicalFocus.COMFORT, "matters.fears": "dying alone"}), "Goal")
    assert goal["description"]["text"] == "Prioritise comfort"


def test_the_person_has_an_nhs_number_that_was_not_traced() -> None:
    patient = patient_of(put(Plan(), {"person.nhs_number": "9990000018", "person.full_name": "Ann Example"}), id="p1")
    (identifier,) = patient["identifier"]
    assert identifier["value"] == "9990000018"
    assert codes(identifier) == {"02"}
    assert patient["name"] == [{"use": "official", "text": "Ann Example"}]


def faulty(change: str) -> list[dict[str, Any]]:
    """A sound plan's resources with one fault."""
    said = {
        "cpr.decision": NOT_FOR,
        "treatments.icu": TreatmentDecision(TreatmentKind.CONDITIONAL, "if reversible"),
        "contacts.emergency": (Contact("Ann Example", phone="01632 960000"),),
        "record.completed_on": FhirDate("2026-11-01"),
    }
    resources: list[dict[str, Any]] = json.loads(json.dumps(made(said)))
    care_plan, contact = resources[0], of_type(resources, "RelatedPerson")[0]
    cpr, icu = (activity["detail"] for activity in care_plan["activity"])
    parts = Parts(resources, care_plan, contact, cpr, icu)
    CHANGES[change](parts)
    return resources


@dataclass
class Parts:
    resources: list[dict[str, Any]]
    care_plan: dict[str, Any]
    contact: dict[str, Any]
    cpr: dict[str, Any]
    icu: dict[str, Any]


def plan_element(path: str, value: str) -> dict[str, Any]:
    parts = [{"url": "path", "valueString": path}, {"url": "value", "valueCode": value}]
    return {"url": "https://acpshare.example/fhir/StructureDefinition/plan-element", "extension": parts}


UNKNOWN = {"url": "https://other.example/not-really", "valueBoolean": True}
CHANGES: dict[str, Callable[[Parts], object]] = {
    "an unknown modifier": lambda parts: parts.cpr.update(modifierExtension=[UNKNOWN]),
    "no doNotPerform": lambda parts: parts.cpr.pop("doNotPerform"),
    "a condition beside a yes": lambda parts: parts.icu.update(doNotPerform=False),
    "decided twice": lambda parts: parts.care_plan["activity"].append(parts.care_plan["activity"][0]),
    "a decision where nobody looks": lambda parts: parts.contact["extension"].append(
        plan_element("cpr.decision", "attempt")
    ),
    "a decision hidden in the plan": lambda parts: parts.care_plan.update(
        extension=[plan_element("treatments.iv_fluids", "not-for")]
    ),
    "an element that is not one": lambda parts: parts.care_plan.update(extension=[plan_element("cpr.mood", "fine")]),
    "a date that does not exist": lambda parts: parts.care_plan["period"].update(start="2026-02-30"),
    "one part twice": lambda parts: parts.resources.append(parts.contact),
    "two plans": lambda parts: parts.resources.append(parts.care_plan),
}


FAULTS = [
    ("an unknown modifier", "CarePlan.activity[0].detail.modifierExtension", "cpr.decision"),
    ("no doNotPerform", "CarePlan.activity[0].detail", "cpr.decision"),
    ("a condition beside a yes", "CarePlan.activity[1].detail", "treatments.icu"),
    ("decided twice", "CarePlan.activity[2].detail", ""),
    ("a decision where nobody looks", "RelatedPerson.extension", ""),
    ("a decision hidden in the plan", "CarePlan.extension", "treatments.iv_fluids"),
    ("an element that is not one", "CarePlan.extension('cpr.mood')", ""),
    ("a date that does not exist", "CarePlan.extension('record.completed_on')", "record.completed_on"),
    ("one part twice", "RelatedPerson", ""),
    ("two plans", "CarePlan", "cpr.decision"),
]


@pytest.mark.parametrize("fault, place, unread", FAULTS)
def test_what_cannot_be_understood_is_named_and_never_guessed(fault: str, place: str, unread: str) -> None:
    plan, issues = from_resources(faulty(fault))
    assert [issue.expression for issue in issues] == [(place,)]
    section, _, name = unread.partition(".")
    assert not unread or getattr(getattr(plan, section), name) is None
    assert not any("Example" in issue.diagnostics for issue in issues)
