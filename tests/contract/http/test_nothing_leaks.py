"""No patient's data in logs, refusals or addresses, whatever goes wrong: canaries through every door."""

from __future__ import annotations

import json
from typing import Any

import pytest

from acpshare.interactions import emergency_view as emergency
from acpshare.observability.events import CATALOGUE
from tests.support.service import BASE, FHIR_JSON, NHS, Service, golden

NAME = "Zebedee Canary-Quux"
NUMBER = "9990000077"
ANSWER = "canary-answer-7f3a"
CANARIES = (NAME, NUMBER, ANSWER, "canary-header", "canary-query", "Zebedee")


def canary() -> dict[str, Any]:
    form = golden("respect-v3", "care-home-resident")
    text = json.dumps(form).replace("Edith Margaret Holloway", NAME).replace("999 000 0018", NUMBER)
    text = text.replace("9990000018", NUMBER).replace("Peggy", ANSWER)
    found: dict[str, Any] = json.loads(text)
    return found


FORM = json.dumps(canary())
SPOILT = {
    "as it is": FORM,
    "truncated": FORM[:-100],
    "a form that is not known": FORM.replace("Questionnaire/respect-v3", f"Questionnaire/{ANSWER}"),
    "an option that does not exist": FORM.replace('"code": "do-not-attempt"', f'"code": "{ANSWER}"'),
    "a date that is none": FORM.replace("2026-09-14", ANSWER),
    "a status that is none": FORM.replace('"completed"', f'"{ANSWER}"'),
    "an unknown linkId": FORM.replace('"linkId": "3.2"', f'"linkId": "{ANSWER}"'),
    "an unknown element": FORM.replace('"authored"', f'"{ANSWER}"'),
    "a key twice": FORM.replace('"status"', f'"{ANSWER}": 1, "{ANSWER}": 2, "status"', 1),
    "another subject": FORM.replace(f'"value": "{NUMBER}"', '"value": "9990000026"'),
    "a reference to nobody": FORM.replace('"subject": {', f'"subject": {{"reference": "Patient/{ANSWER}",'),
    "a wrong check digit": FORM.replace(NUMBER, "9990000078"),
    "an edit of nothing": FORM.replace('"status"', f'"basedOn": [{{"reference": "CarePlan/{ANSWER}"}}], "status"', 1),
    "an adult's modified CPR": FORM.replace('"code": "do-not-attempt"', '"code": "modified"'),
}
ADDRESSES = (
    "QuestionnaireResponse",
    "QuestionnaireResponse/$validate",
    "Consent",
    "Consent/$validate",
    "StructureMap/respect-v3-to-tep-devon/$transform",
    f"StructureMap/{ANSWER}/$transform",
    "Questionnaire/tep-devon/$populate",
    "Patient/$emergency-view",
)


def refused(text: str) -> str:
    """What a refusal says of its own accord."""
    return " ".join(
        str(issue.get(part, "")) for issue in json.loads(text)["issue"] for part in ("diagnostics", "expression")
    )


@pytest.mark.parametrize("body", SPOILT.values(), ids=SPOILT)
def test_no_refusal_and_no_log_line_repeats_what_was_sent(service: Service, body: str) -> None:
    for address in ADDRESSES:
        answer = service.client.post(
            f"{BASE}/{address}?{'' if address == 'Consent' else '_format=json'}",
            content=body.encode(),
            headers={"Content-Type": FHIR_JSON, "X-Test": "canary-header", "X-Request-ID": "canary-header"},
        )
        if answer.status_code >= 400 or answer.json()["resourceType"] == "OperationOutcome":
            assert not [each for each in CANARIES if each in refused(answer.text)], answer.text
        assert "canary-header" not in str(answer.headers)
    assert not [each for each in CANARIES if each in service.logs.getvalue()]


QUERIES = (
    f"Patient/$emergency-view?identifier={NHS}|{NUMBER}",
    f"Patient/$emergency-view?identifier={NHS}|99900000779",
    f"Patient/$emergency-view?identifier={NUMBER}&canary-query=1",
    f"Patient/$emergency-view?{NUMBER}={NAME}",
    f"Questionnaire/tep-devon/$populate?identifier={NHS}|{NUMBER}",
    f"Questionnaire/{ANSWER}/$populate?subject=Patient/{ANSWER}",
    f"CarePlan/{NUMBER}",
    f"{ANSWER}/{NUMBER}?canary-query",
    f"metadata?_format={ANSWER}",
)


@pytest.mark.parametrize("query", QUERIES)
def test_no_query_and_no_address_reaches_a_log(service: Service, query: str) -> None:
    service.record(canary())
    answer = service.get(query)
    if answer.status_code >= 400:
        assert not [each for each in CANARIES if each in refused(answer.text)], answer.text
    assert not [each for each in CANARIES if each in service.logs.getvalue()]
    assert NUMBER not in str(answer.headers)


def test_a_fault_of_ours_says_nothing_but_its_id(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(f"{NAME} {NUMBER} {ANSWER}")

    monkeypatch.setattr(emergency, "situation_of", broken)
    request_id = "0a4c7f0e-90b1-4a6e-8f0c-111111111111"
    answer = service.get(f"Patient/$emergency-view?identifier={NHS}|{NUMBER}", X_Request_ID=request_id)
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] == request_id
    assert request_id in refused(answer.text)
    assert not [each for each in CANARIES if each in answer.text + service.logs.getvalue()]
    (failure,) = [line for line in service.log_lines() if line["event"] == "http.failure"]
    assert failure["exception"] == "RuntimeError"
    assert any("emergency_view.py" in place for place in failure["at"])


def test_every_line_is_of_the_catalogue(service: Service) -> None:
    service.record(canary())
    service.get("metadata")
    lines = service.log_lines()
    assert {line["event"] for line in lines} >= {"http.request", "plan.recorded"}
    for line in lines:
        assert line.keys() <= {*CATALOGUE[line["event"]].fields, "event", "timestamp"}


def test_ids_of_a_request_are_mirrored(service: Service) -> None:
    given = "0a4c7f0e-90b1-4a6e-8f0c-222222222222"
    answer = service.get("metadata", X_Request_ID=given, X_Correlation_ID=given)
    assert (answer.headers["x-request-id"], answer.headers["x-correlation-id"]) == (given, given)
    assert len(service.get("metadata", X_Request_ID="not a uuid").headers["x-request-id"]) == 36
