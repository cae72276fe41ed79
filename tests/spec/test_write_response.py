"""QuestionnaireResponses that are changed, deleted, or of nobody's form here: docs/decisions/0046

https://hl7.org/fhir/R4/questionnaireresponse.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from acpshare.interactions.meant import is_form
from tests.support.service import ROOT, Service, codes, golden, issues, plan_of
from tests.support.writing import send

RESIDENT = golden("respect-v3", "care-home-resident")
ELSEWHERE = {
    "resourceType": "QuestionnaireResponse",
    "questionnaire": "http://elsewhere.example/Questionnaire/frailty",
    "status": "in-progress",
    "subject": {"reference": "Patient/p1"},
    "item": [{"linkId": "1.1", "answer": [{"valueString": "moderate"}]}],
}


def recorded(service: Service) -> tuple[dict[str, Any], str]:
    """A recorded form, and its address."""
    answer = service.record(RESIDENT)
    assert answer.status_code == 201
    return answer.json(), f"QuestionnaireResponse/{answer.json()['id']}"


def test_a_recorded_form_is_not_rewritten(service: Service) -> None:
    form, address = recorded(service)
    before, view = service.counts(), service.view()
    answer = send(service, "PUT", address, form | {"authored": "2026-09-15"})
    assert answer.status_code == 409
    assert "basedOn" in issues(answer)[0]["diagnostics"]
    assert (service.counts(), service.view()) == (before, view)


def test_a_recorded_form_may_be_labelled(service: Service) -> None:
    form, address = recorded(service)
    assert send(service, "PUT", address, form).headers["etag"] == 'W/"1"'
    tag = {"system": "urn:x:ward", "code": "7"}
    answer = send(service, "PUT", address, form | {"meta": form["meta"] | {"tag": [tag]}})
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
    assert service.counts().plans == 1


def test_a_form_under_the_clients_id_makes_a_plan(service_on_each: Service) -> None:
    service = service_on_each
    answer = send(service, "PUT", "QuestionnaireResponse/form-1", RESIDENT | {"id": "form-1"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["id"] == "form-1"
    plan, _ = plan_of(answer)
    assert service.get(f"CarePlan/{plan}").json()["supportingInfo"][0]["reference"] == "QuestionnaireResponse/form-1"
    assert service.view()["cpr"]["decision"] == "do-not-attempt"


def test_a_form_is_not_deleted_while_a_plan_in_force_is_from_it(service_on_each: Service) -> None:
    service = service_on_each
    _, address = recorded(service)
    answer = send(service, "DELETE", address)
    assert answer.status_code == 409
    assert "SR10" in codes(answer)
    assert service.view()["cpr"]["decision"] == "do-not-attempt"


def test_a_response_of_another_questionnaire_is_kept_and_said_to_make_no_plan(service: Service) -> None:
    answer = service.record(ELSEWHERE, Prefer="return=OperationOutcome")
    assert answer.status_code == 201
    assert "no plan is made" in issues(answer)[0]["diagnostics"]
    counts = service.counts()
    assert (counts.plans, counts.resources) == (0, {"QuestionnaireResponse": 1})
    address = answer.headers["location"].partition("/fhir/R4/")[2].partition("/_history")[0]
    kept = service.get(address).json()
    assert send(service, "PUT", address, kept | {"status": "completed"}).status_code == 200
    assert send(service, "PUT", address, RESIDENT | {"id": kept["id"]}).status_code == 422
    assert send(service, "DELETE", address).status_code == 204


def test_a_response_that_is_only_numbered_like_a_form_is_kept(service: Service) -> None:
    """ReSPECT has 1.1 to 1.3 too, for other kinds of answer."""
    code = {"system": "http://loinc.org", "code": "LA6560-2", "display": "Confused"}
    items = [{"linkId": f"1.{number}", "answer": [{"valueCoding": code}]} for number in (1, 2, 3)]
    other = {name: value for name, value in ELSEWHERE.items() if name != "questionnaire"} | {"item": items}
    assert service.record(other).status_code == 201
    assert service.record(other | {"questionnaire": "Questionnaire/gcs"}).status_code == 201


def test_every_form_is_recognised_without_its_questionnaire(service: Service) -> None:
    for file in (ROOT / "tests" / "golden").glob("*/*/form.json"):
        form = json.loads(file.read_text(encoding="utf-8"))
        del form["questionnaire"]
        assert is_form(service.components, form), file


def test_a_form_whose_plan_was_cancelled_may_be_deleted_and_does_not_come_back_by_a_late_retry(
    service: Service,
) -> None:
    named = RESIDENT | {"identifier": {"system": "urn:x:forms", "value": "1"}}
    answer = service.record(named)
    plan, _ = plan_of(answer)
    care_plan = service.get(f"CarePlan/{plan}").json()
    cancelled = send(service, "PUT", f"CarePlan/{plan}", care_plan | {"status": "entered-in-error"})
    assert cancelled.status_code == 200, cancelled.text
    assert send(service, "DELETE", f"QuestionnaireResponse/{answer.json()['id']}").status_code == 204
    assert service.record(named).status_code == 409
    assert service.view()["cpr"]["decision"] != "do-not-attempt"


MEANT = {
    "without its questionnaire": {"questionnaire": None},
    "of a questionnaire of ours that does not exist": {"questionnaire": "https://acpshare.example/fhir/Questionnaire/respect-v33"},
    "of a misspelt questionnaire": {"questionnaire": "https://acpshare.exmaple/fhir/Questionnaire/respect-v3"},
}  # fmt: skip


@pytest.mark.parametrize("change", MEANT.values(), ids=MEANT)
def test_what_was_meant_to_be_a_form_is_never_kept_unread(service: Service, change: dict[str, Any]) -> None:
    form = {name: value for name, value in (RESIDENT | change).items() if value is not None}
    answer = service.record(form)
    assert answer.status_code == 422
    assert ["QuestionnaireResponse.questionnaire"] in [issue.get("expression") for issue in issues(answer)]
    assert service.counts().resources == {}


def test_any_search_may_be_the_condition_of_a_form(service: Service) -> None:
    named = RESIDENT | {"identifier": {"system": "urn:x:forms", "value": "1"}}
    condition = "status=completed&identifier=urn:x:forms|1"
    assert [service.record(named, If_None_Exist=condition).status_code for _ in range(2)] == [201, 200]
    assert service.counts().plans == 1


@pytest.mark.parametrize("condition", ["identifier=urn:x:forms|2,urn:x:forms|1", "identifier=urn:x:forms|"])
def test_what_is_more_or_less_than_one_identifier_is_searched_for(service: Service, condition: str) -> None:
    named = RESIDENT | {"identifier": {"system": "urn:x:forms", "value": "1"}}
    assert service.record(named).status_code == 201
    assert service.record(RESIDENT, If_None_Exist=condition).status_code == 200
    assert service.counts().plans == 1
