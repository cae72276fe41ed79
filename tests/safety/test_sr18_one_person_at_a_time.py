"""SR18: no door applies a decision to many people at once. Each form is one person's, and says whose.

Not clinically assured.
"""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

from acpshare import translation
from acpshare.interactions.registry import all_interactions
from tests.support.service import NHS, Service, codes, golden

RESIDENT = golden("respect-v3", "care-home-resident")
STORES_NO_PLAN = {
    "$validate", "$validate-code", "$populate", "$transform", "$extract", "$emergency-view", "$everything", "$export",
    "$translate", "$expand", "$lookup", "_search",
}  # fmt: skip
"""Operations and searches that are asked for with POST and change no plan."""

NEIGHBOUR = golden("respect-v3", "learning-disability")


def test_only_a_bundle_can_hold_more_than_one_resource_and_no_operation_changes_a_plan() -> None:
    writing = [each for each in all_interactions() if each.method not in ("GET", "HEAD")]
    several = {(each.method, each.path) for each in writing if each.body == "Bundle"}
    operations = {last for each in writing if (last := each.path.rpartition("/")[2]).startswith(("$", "_"))}
    assert several == {("POST", "/fhir/R4")}
    assert operations <= STORES_NO_PLAN


def bundle(type: str, *resources: dict[str, Any]) -> dict[str, Any]:
    entries = [{"resource": each, "request": {"method": "POST", "url": each["resourceType"]}} for each in resources]
    return {"resourceType": "Bundle", "type": type, "entry": entries}


def test_a_transaction_with_decisions_of_two_people_is_refused_as_a_whole(service_on_each: Service) -> None:
    answer = service_on_each.post("", bundle("transaction", RESIDENT, NEIGHBOUR))
    assert answer.status_code == 422
    assert "SR18" in codes(answer)
    assert service_on_each.counts().plans == 0


def test_a_batch_with_decisions_of_two_people_records_one_persons_and_refuses_the_others(service: Service) -> None:
    answer = service.post("", bundle("batch", RESIDENT, NEIGHBOUR))
    assert [entry["response"]["status"][:3] for entry in answer.json()["entry"]] == ["201", "422"]
    assert "SR18" in answer.text
    assert (service.counts().plans, service.counts().persons) == (1, 1)


AT_ONCE = {
    "a Bundle where a form is expected": ("QuestionnaireResponse", bundle("collection", RESIDENT, RESIDENT)),
    "a list of forms": ("QuestionnaireResponse", [RESIDENT, RESIDENT]),
    "a form for a Group": ("QuestionnaireResponse", {**RESIDENT, "subject": {"reference": "Group/ward-7"}}),
    "a form for several people": (
        "QuestionnaireResponse",
        {**RESIDENT, "subject": [RESIDENT["subject"], {"identifier": {"system": NHS, "value": "9990000026"}}]},
    ),
    "a form whose subject is another person than the one it names": (
        "QuestionnaireResponse",
        {**RESIDENT, "subject": {"identifier": {"system": NHS, "value": "9990000026"}}},
    ),
    "a form for nobody": ("QuestionnaireResponse", {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": RESIDENT["questionnaire"], "item": [{"linkId": "4", "item": [{"linkId": "4.3", "answer": [{"valueCoding": {"code": "do-not-attempt"}}]}]}]}),
}  # fmt: skip


@pytest.mark.parametrize("path, body", AT_ONCE.values(), ids=AT_ONCE)
def test_what_would_reach_more_than_one_person_or_none_is_refused_and_nothing_is_stored(
    service: Service, path: str, body: Any
) -> None:
    answer = service.post(path, json.dumps(body).encode())
    assert 400 <= answer.status_code < 500
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert service.counts().plans == 0


def test_a_decision_reaches_the_person_that_it_names_and_nobody_else(service: Service) -> None:
    assert service.record(RESIDENT).status_code == 201
    assert service.view()["cpr"]["decision"] == "do-not-attempt"
    assert service.view("9990000026")["cpr"]["decision"] != "do-not-attempt"
    assert service.counts().persons == 1


@pytest.mark.parametrize("name", ["read", "write", "update"])
def test_translation_takes_one_form_and_one_plan(name: str) -> None:
    taken = [each.annotation for each in inspect.signature(getattr(translation, name)).parameters.values()]
    assert set(taken) <= {"CompiledMapping", "FormResponse", "Plan", "date | None"}
