"""Validation says every problem at once: where it is, of what kind, what would be right, and never what was sent."""

from __future__ import annotations

import copy

import pytest

from acpshare.fhir.json_text import Number
from acpshare.fhir.validation import validate
from acpshare.fhir.validation.definitions import nodes, resource_types, rule_keys
from acpshare.fhir.validation.rules import BY_THE_WALK, CHECKS, NOT_CHECKED
from tests.support.planted_faults import DIV, FAULTS, Fault, Resource, answered, care_plan, nhs_number, patient

SOUND: dict[str, Resource] = {
    "a plan": care_plan(),
    "a person": patient(),
    "an answered form": answered(answer=[{"valueDecimal": Number("72.50")}]),
    "a given name that is only an extension": patient(
        name=[
            {"given": ["A", None], "_given": [None, {"extension": [{"url": "https://a.example/x", "valueCode": "b"}]}]}
        ]
    ),
    "a birth date known to be unknown": {key: value for key, value in patient().items() if key != "birthDate"}
    | {"_birthDate": {"extension": [{"url": "https://a.example/absent", "valueCode": "unknown"}]}},
    "a contained doctor": care_plan(
        contained=[{"resourceType": "Practitioner", "id": "doctor", "active": True}], author={"reference": "#doctor"}
    ),
    "a narrative with HTML's named characters": care_plan(
        text={"status": "generated", "div": DIV.format("<p>Caf&eacute;&nbsp;&lt; <b>1</b><br/></p>")}
    ),
    "a period of mixed precision": care_plan(period={"start": "2026-03-01T10:00:00+01:00", "end": "2026-03"}),
}


@pytest.mark.parametrize("resource", SOUND.values(), ids=SOUND.keys())
def test_nothing_is_said_of_a_sound_resource(resource: Resource) -> None:
    assert validate(resource) == ()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_named_with_its_place_and_nothing_else_is(fault: Fault) -> None:
    found = [(issue.expression, str(issue.code)) for issue in validate(fault.resource) if issue.is_error]
    assert found == [((fault.expression,), fault.code)]


def test_every_problem_is_reported_at_once() -> None:
    plan = care_plan(status="actve", subject={}, created="today", note=[{"text": ""}])
    places = [issue.expression[0] for issue in validate(plan)]
    assert places == ["CarePlan.status", "CarePlan.subject", "CarePlan.created", "CarePlan.note[0].text"]


def test_what_would_be_right_is_said() -> None:
    issues = validate(care_plan(status="actve"))
    assert issues[0].diagnostics == (
        "status must be one of: draft, active, on-hold, revoked, completed, entered-in-error, unknown"
    )


def test_an_invalid_nhs_number_carries_the_spine_code() -> None:
    assert [issue.spine for issue in validate(nhs_number("9990000019"))] == ["INVALID_NHS_NUMBER"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_no_issue_repeats_what_was_sent(fault: Fault) -> None:
    said = " ".join(issue.diagnostics + " ".join(issue.expression) for issue in validate(fault.resource))
    for sent in (
        "actve",
        "Female",
        "1940",
        "someone",
        "doctor",
        "999",
        "onclick",
        "x()",
        "٩",
        "British",
        "Recommendations",
    ):
        assert sent not in said


def test_a_key_that_could_be_data_is_not_repeated() -> None:
    (issue,) = validate({**care_plan(), "9990000018 Person Example": 1})
    assert (issue.expression, issue.diagnostics) == (("CarePlan",), "CarePlan has no element of this name here")


@pytest.mark.parametrize(
    "resource, expected, place",
    [
        ({}, None, "Resource"),
        ({"resourceType": 1}, None, "Resource"),
        ({"resourceType": "Plan"}, None, "Resource"),
        (care_plan(), "Patient", "Patient"),
    ],
)
def test_what_is_not_the_resource_expected_is_refused(resource: Resource, expected: str | None, place: str) -> None:
    assert [issue.expression for issue in validate(resource, expected_type=expected)] == [(place,)]


def test_problems_inside_a_bundle_are_placed_in_it() -> None:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": care_plan(status="x")}]}
    assert [issue.expression for issue in validate(bundle)] == [("Bundle.entry[0].resource.status",)]


def test_a_modifier_extension_that_is_not_known_is_warned_of_and_one_of_ours_is_not() -> None:
    ours = {"url": "https://acpshare.example/fhir/StructureDefinition/only-if", "valueString": "asked"}
    theirs = {"url": "https://other.example/only-if", "valueString": "asked"}
    (issue,) = validate(care_plan(modifierExtension=[ours, theirs]))
    assert (issue.is_error, issue.expression) == (False, ("CarePlan.modifierExtension[1]",))


def test_validation_leaves_the_resource_as_it_was() -> None:
    for fault in FAULTS:
        before = copy.deepcopy(fault.resource)
        validate(fault.resource)
        assert fault.resource == before


def test_every_rule_of_the_specification_is_kept_or_left_out_for_a_stated_reason() -> None:
    decided = CHECKS.keys() | BY_THE_WALK | NOT_CHECKED.keys()
    assert rule_keys() == decided


def test_every_r4_type_compiles() -> None:
    assert len(resource_types()) == 146
    for name in resource_types():
        assert nodes(name)[""].elements
        assert not [issue for issue in validate({"resourceType": name}) if issue.code == "structure"]


@pytest.mark.parametrize(
    "changes, place",
    [
        ({"note": [{"text": "a", "_id": {"id": "b"}}]}, "CarePlan.note[0].id"),
        ({"extension": [{"url": "https://a.example/x", "_url": {"id": "b"}, "valueCode": "c"}]}, "CarePlan.extension[0].url"),
    ],
)  # fmt: skip
def test_what_is_an_attribute_in_xml_has_nothing_beside_it(changes: Resource, place: str) -> None:
    assert [issue.expression for issue in validate(care_plan(**changes)) if issue.is_error] == [(place,)]
