"""Everything that the service makes is valid R4, to its own validator and to others'."""

from __future__ import annotations

import json
from typing import Any

import pytest

from acpshare.api.contract.examples import ADVANCE_DECISION, FORM
from acpshare.fhir.json_text import parse
from tests.support.service import NHS, NUMBER, Service, plan_of
from tests.support.validators import assert_valid_r4

ANSWERS = (
    "metadata",
    "Patient/$emergency-view?identifier={nhs}|{number}",
    "Patient/$emergency-view?identifier={nhs}|9990000026",
    "Questionnaire/tep-devon/$populate?identifier={nhs}|{number}",
    "CarePlan/{plan}",
    "CarePlan/{plan}/_history",
    "CarePlan/nothing",
    "Questionnaire?_id=respect-v3",
)


@pytest.fixture
def recorded(service: Service) -> tuple[Service, str]:
    plan, _ = plan_of(service.record(FORM))
    service.post("Consent", ADVANCE_DECISION)
    return service, plan


@pytest.mark.parametrize("address", ANSWERS)
def test_what_is_answered_is_valid(recorded: tuple[Service, str], address: str) -> None:
    service, plan = recorded
    answer = service.get(address.format(nhs=NHS, number=NUMBER, plan=plan))
    assert_valid_r4(parse(answer.content))


def test_what_is_refused_and_translated_is_valid(service: Service) -> None:
    for answer in (
        service.record(FORM, Prefer="return=OperationOutcome"),
        service.post("StructureMap/respect-v3-to-tep-devon/$transform", FORM),
        service.record({**FORM, "status": "stopped"}),
    ):
        assert_valid_r4(parse(answer.content))


def test_what_is_stored_beside_is_valid(recorded: tuple[Service, str]) -> None:
    service, _ = recorded
    with service.store.read() as reading:
        stored = [each.text or b"" for each in reading.every_resource()]
        audited = [row.text for row in reading.audit()]
        events: list[dict[str, Any]] = [json.loads(event.text) for event in reading.outbox()]
    assert len(audited) == len(events) == 2
    for text in (*stored, *audited):
        assert_valid_r4(parse(text))
    assert all(NUMBER not in json.dumps(event) for event in events)
