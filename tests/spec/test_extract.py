"""QuestionnaireResponse/$extract: what recording would make, storing nothing. docs/reference/interactions/extract.md"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.support.service import Service, codes, golden, issues
from tests.support.validators import assert_valid_r4

RESIDENT = golden("respect-v3", "care-home-resident")


def parts(answer: httpx.Response) -> dict[str, dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return {each["name"]: each["resource"] for each in answer.json()["parameter"]}


class TestExtract:
    def test_makes_what_recording_makes_and_stores_nothing(self, service_on_each: Service) -> None:
        service = service_on_each
        bundle = parts(service.post("QuestionnaireResponse/$extract", RESIDENT))["return"]
        assert service.counts().resources == {}
        assert_valid_r4(bundle)
        assert bundle["type"] == "transaction"
        assert all(each["request"]["method"] == "POST" for each in bundle["entry"])
        made = sorted(each["resource"]["resourceType"] for each in bundle["entry"])
        assert service.record(RESIDENT).status_code == 201
        with service.store.read() as reading:
            stored = sorted(each.type for each in reading.every_resource() if each.person is not None)
        pointers = ("QuestionnaireResponse", "DocumentReference")  # the form itself, and where it is stored here
        assert made == [type for type in stored if type not in pointers]

    def test_refers_only_to_itself_when_the_person_is_new_here(self, service: Service) -> None:
        bundle = parts(service.post("QuestionnaireResponse/$extract", RESIDENT))["return"]
        known = {each["fullUrl"] for each in bundle["entry"]}
        assert len(known) == len(bundle["entry"])
        assert set(references(bundle)) <= known

    def test_refers_to_the_person_on_record(self, service: Service) -> None:
        service.record(RESIDENT)
        bundle = parts(service.post("QuestionnaireResponse/$extract", RESIDENT))["return"]
        assert "Patient" not in {each["resource"]["resourceType"] for each in bundle["entry"]}
        care_plan = next(each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] == "CarePlan")
        assert service.get(care_plan["subject"]["reference"]).status_code == 200

    def test_takes_the_form_in_parameters_and_by_address(self, service: Service) -> None:
        recorded = service.record(RESIDENT).json()["id"]
        wrapped = {
            "resourceType": "Parameters",
            "parameter": [{"name": "questionnaire-response", "resource": RESIDENT}],
        }
        answers = [
            service.post("QuestionnaireResponse/$extract", wrapped),
            service.get(f"QuestionnaireResponse/{recorded}/$extract"),
            service.post(f"QuestionnaireResponse/{recorded}/$extract", {"resourceType": "Parameters"}),
        ]
        types = [[each["resource"]["resourceType"] for each in parts(answer)["return"]["entry"]] for answer in answers]
        assert types[0] == types[1] == types[2]
        assert f"QuestionnaireResponse/{recorded}" in set(references(parts(answers[1])["return"]))

    def test_of_an_edited_view_makes_the_plan_with_the_edit_in_it(self, service: Service) -> None:
        service.record(RESIDENT)
        form = service.populated("tep-devon")
        bundle = parts(service.post("QuestionnaireResponse/$extract", form))["return"]
        assert "matters" in json.dumps(bundle), "what the TEP cannot say stays in the plan"

    def test_says_what_became_of_every_field(self, service: Service) -> None:
        said = parts(service.post("QuestionnaireResponse/$extract", RESIDENT))["issues"]
        assert said["resourceType"] == "OperationOutcome"

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"resourceType": "Patient"}, 422),
            ({"resourceType": "Parameters"}, 400),
            ({"resourceType": "Parameters", "parameter": [{"name": "form", "resource": RESIDENT}]}, 400),
            ({**RESIDENT, "questionnaire": "urn:none"}, 422),
        ],
    )
    def test_of_no_form_is_refused(self, service: Service, body: dict[str, Any], status: int) -> None:
        answer = service.post("QuestionnaireResponse/$extract", body)
        assert answer.status_code == status
        assert issues(answer)

    def test_of_none_on_record_is_not_found(self, service: Service) -> None:
        assert service.get("QuestionnaireResponse/nothing/$extract").status_code == 404

    def test_of_a_form_that_contradicts_itself_about_the_person_is_refused(self, service: Service) -> None:
        other = {**RESIDENT, "subject": {"identifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000042"}}}  # fmt: skip
        answer = service.post("QuestionnaireResponse/$extract", other)
        assert answer.status_code == 422
        assert not codes(answer) & {"SR1"}


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [each for part in value.values() for each in references(part)]
    return [each for part in value for each in references(part)] if isinstance(value, list) else []
