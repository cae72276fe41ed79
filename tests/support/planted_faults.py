"""Faults as senders make them, one in each resource: what is said of it, and where.

Each row: the fault as a sentence, the resource, the place (FHIRPath) and the R4 issue type that must be reported. Nothing
else is wrong with any of them. https://hl7.org/fhir/R4/valueset-issue-type.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

Resource = dict[str, Any]

DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
SNOMED = "http://snomed.info/sct"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


class Fault(NamedTuple):
    name: str
    resource: Resource
    expression: str
    code: str


def care_plan(**changes: Any) -> Resource:
    plan: Resource = {
        "resourceType": "CarePlan",
        "id": "plan",
        "text": {"status": "generated", "div": DIV.format("<p>Recommendations</p>")},
        "status": "active",
        "intent": "plan",
        "category": [{"coding": [{"system": SNOMED, "code": "736366004"}]}],
        "subject": {"reference": "Patient/someone"},
        "period": {"start": "2026-03-01"},
        "activity": [
            {
                "detail": {
                    "code": {"coding": [{"system": SNOMED, "code": "89666000"}]},
                    "status": "scheduled",
                    "doNotPerform": True,
                }
            }
        ],
    }
    return {**plan, **changes}


def care_plan_detail(**changes: Any) -> Resource:
    plan = care_plan()
    plan["activity"][0]["detail"] |= changes
    return plan


def patient(**changes: Any) -> Resource:
    person: Resource = {
        "resourceType": "Patient",
        "id": "someone",
        "identifier": [{"system": NHS_NUMBER, "value": "9990000018"}],
        "name": [{"family": "Example", "given": ["Person"]}],
        "gender": "female",
        "birthDate": "1940-02-29",
    }
    return {**person, **changes}


def without(resource: Resource, *names: str) -> Resource:
    return {name: value for name, value in resource.items() if name not in names}


def answered(**item: Any) -> Resource:
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": "https://acpshare.example/fhir/Questionnaire/respect-v3",
        "item": [{"linkId": "1", **item}],
    }


def nhs_number(value: str) -> Resource:
    return patient(identifier=[{"system": NHS_NUMBER, "value": value}])


def condition(**changes: Any) -> Resource:
    return {"resourceType": "Condition", "subject": {"reference": "Patient/someone"}, **changes}


OBSERVATION: Resource = {"resourceType": "Observation", "status": "final", "code": {"text": "Capacity"}}
QUANTITY: Resource = {"value": 36.5, "unit": "C"}

FAULTS: tuple[Fault, ...] = (
    # structure
    Fault("an unknown element", care_plan(statuss="active"), "CarePlan.statuss", "structure"),
    Fault(
        "an unknown element deep inside",
        care_plan_detail(outcome=1),
        "CarePlan.activity[0].detail.outcome",
        "structure",
    ),
    Fault("an empty object", care_plan(subject={}), "CarePlan.subject", "invariant"),
    Fault("an empty array", care_plan(category=[]), "CarePlan.category", "structure"),
    Fault("a null element", care_plan(title=None), "CarePlan.title", "structure"),
    Fault("a null in an array of objects", care_plan(activity=[None]), "CarePlan.activity[0]", "structure"),
    Fault(
        "a null given name that nothing explains",
        patient(name=[{"given": ["A", None]}]),
        "Patient.name[0].given[1]",
        "structure",
    ),
    Fault("one object where a list belongs", care_plan(category={"text": "x"}), "CarePlan.category", "structure"),
    Fault(
        "a list where one object belongs",
        care_plan(subject=[{"reference": "Patient/1"}]),
        "CarePlan.subject",
        "structure",
    ),
    Fault(
        "a boolean in quotes",
        care_plan_detail(doNotPerform="true"),
        "CarePlan.activity[0].detail.doNotPerform",
        "structure",
    ),
    Fault("a number in quotes", {**OBSERVATION, "valueInteger": "3"}, "Observation.value", "structure"),
    Fault(
        "two types of one choice",
        {**OBSERVATION, "valueInteger": 3, "valueBoolean": True},
        "Observation.value",
        "structure",
    ),
    Fault(
        "a choice type that is not offered",
        {**OBSERVATION, "valueMoney": {"value": 3}},
        "Observation.valueMoney",
        "structure",
    ),
    # required
    Fault("no status", without(care_plan(), "status"), "CarePlan.status", "required"),
    Fault("no linkId", answered(item=[{"text": "Name"}]), "QuestionnaireResponse.item[0].item[0].linkId", "required"),
    Fault(
        "no sharing purpose's scope",
        {"resourceType": "Consent", "status": "active", "category": [{"text": "x"}], "policyRule": {"text": "x"}},
        "Consent.scope",
        "required",
    ),
    # codes
    Fault("a misspelt status", care_plan(status="actve"), "CarePlan.status", "code-invalid"),
    Fault("a code in the wrong case", patient(gender="Female"), "Patient.gender", "code-invalid"),
    Fault(
        "a code of another system where the binding is required",
        condition(clinicalStatus={"coding": [{"system": VERIFICATION, "code": "confirmed"}]}),
        "Condition.clinicalStatus",
        "code-invalid",
    ),
    Fault(
        "a media type that is none",
        {"resourceType": "Binary", "contentType": "a pdf", "data": "AAAA"},
        "Binary.contentType",
        "code-invalid",
    ),
    # values
    Fault("30 February", patient(birthDate="1940-02-30"), "Patient.birthDate", "value"),
    Fault("a date the British way round", patient(birthDate="29/02/1940"), "Patient.birthDate", "value"),
    Fault("a time without a time zone", care_plan(created="2026-03-01T10:00:00"), "CarePlan.created", "value"),
    Fault("an id of 65 characters", care_plan(id="a" * 65), "CarePlan.id", "value"),
    Fault("an id with an underscore", care_plan(id="a_b"), "CarePlan.id", "value"),
    Fault("an empty string", care_plan(title=""), "CarePlan.title", "value"),
    Fault("a control character", care_plan(title="a\u0007b"), "CarePlan.title", "value"),
    Fault("a code with a space at its end", care_plan(language="en-GB "), "CarePlan.language", "value"),
    Fault(
        "base64 that is none",
        {"resourceType": "Binary", "contentType": "text/plain", "data": "AAA"},
        "Binary.data",
        "value",
    ),
    Fault(
        "a negative count of items",
        {"resourceType": "Bundle", "type": "searchset", "total": -1},
        "Bundle.total",
        "value",
    ),
    # references
    Fault(
        "a reference to the wrong type", care_plan(subject={"reference": "Practitioner/1"}), "CarePlan.subject", "value"
    ),
    Fault(
        "a reference that points nowhere",
        care_plan(subject={"reference": "someone"}),
        "CarePlan.subject.reference",
        "value",
    ),
    Fault(
        "a contained resource that is not there",
        care_plan(author={"reference": "#doctor"}),
        "CarePlan.author.reference",
        "invariant",
    ),
    Fault(
        "a contained resource that nothing refers to",
        care_plan(contained=[{"resourceType": "Practitioner", "id": "doctor", "active": True}]),
        "CarePlan.contained[0]",
        "invariant",
    ),
    # narrative
    Fault(
        "a script in the narrative",
        care_plan(text={"status": "generated", "div": DIV.format("<script>x()</script>")}),
        "CarePlan.text.div",
        "invariant",
    ),
    Fault(
        "an event handler in the narrative",
        care_plan(text={"status": "generated", "div": DIV.format('<p onclick="x()">a</p>')}),
        "CarePlan.text.div",
        "invariant",
    ),
    Fault(
        "a narrative with nothing in it",
        care_plan(text={"status": "generated", "div": DIV.format(" ")}),
        "CarePlan.text.div",
        "invariant",
    ),
    # invariants
    Fault(
        "an activity with detail and reference",
        care_plan(activity=[{"reference": {"reference": "Task/1"}, "detail": {"status": "scheduled"}}]),
        "CarePlan.activity[0]",
        "invariant",
    ),
    Fault(
        "a period that ends before it starts",
        care_plan(period={"start": "2026-03-01", "end": "2026-02-28"}),
        "CarePlan.period",
        "invariant",
    ),
    Fault(
        "an item with answers and items beside them",
        answered(answer=[{"valueBoolean": True}], item=[{"linkId": "2"}]),
        "QuestionnaireResponse.item[0]",
        "invariant",
    ),
    Fault(
        "an extension with a value and extensions",
        care_plan(
            extension=[
                {"url": "https://acpshare.example/x", "valueCode": "a", "extension": [{"url": "b", "valueCode": "c"}]}
            ]
        ),
        "CarePlan.extension[0]",
        "invariant",
    ),
    Fault(
        "a value beside the reason for its absence",
        {**OBSERVATION, "valueQuantity": QUANTITY, "dataAbsentReason": {"text": "x"}},
        "Observation",
        "invariant",
    ),
    # the NHS number
    Fault("an NHS number with a wrong check digit", nhs_number("9990000019"), "Patient.identifier[0].value", "value"),
    Fault("an NHS number of one digit repeated", nhs_number("1111111111"), "Patient.identifier[0].value", "value"),
    Fault("an NHS number with spaces", nhs_number("999 000 0018"), "Patient.identifier[0].value", "value"),
    Fault(
        "an NHS number in digits of another script", nhs_number("٩٩٩٠٠٠٠٠١٨"), "Patient.identifier[0].value", "value"
    ),
)
