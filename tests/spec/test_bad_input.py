"""What bad input gets: a 4xx OperationOutcome that names every problem and its place, quickly, and nothing stored."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from acpshare.api import wire
from tests.support.service import BASE, FHIR_JSON, Service, codes, golden, issues, with_answer

RESIDENT = golden("respect-v3", "care-home-resident")
Form = dict[str, Any]


def coding(code: str) -> dict[str, Any]:
    return {"valueCoding": {"system": "https://acpshare.example/fhir/CodeSystem/respect-v3", "code": code}}


def renamed(form: Form, old: str, new: str) -> Form:
    changed: Form = json.loads(json.dumps(form).replace(f'"linkId": "{old}"', f'"linkId": "{new}"'))
    return changed


ANSWERS: dict[str, tuple[Callable[[Form], Form], int, str]] = {
    "an unknown linkId": (lambda form: renamed(form, "3.2", "3.2x"), 422, "item[2].item[1].linkId"),
    "a text where a date is asked": (lambda form: with_answer(form, "1.3", {"valueString": "in spring"}), 422, "1.3"),
    "two answers where one is allowed": (lambda form: with_answer(form, "4.3", coding("do-not-attempt"), coding("attempt")), 422, "4.3"),
    "a wrong check digit": (lambda form: with_answer(form, "1.5", {"valueString": "9990000019"}), 422, "1.5"),
    "one digit ten times": (lambda form: with_answer(form, "1.5", {"valueString": "9999999999"}), 422, "1.5"),
    "30 February": (lambda form: with_answer(form, "4.3t", {"valueDate": "2026-02-30"}), 422, "item[3].item[5].answer[0].value"),
    "an option that does not exist": (lambda form: with_answer(form, "4.3", coding("perhaps")), 422, "4.3"),
    "an unknown form": (lambda form: {**form, "questionnaire": "Questionnaire/dnacpr-nowhere"}, 422, "QuestionnaireResponse.questionnaire"),
    "no form": (lambda form: {k: v for k, v in form.items() if k != "questionnaire"}, 422, "QuestionnaireResponse.questionnaire"),
    "an element that FHIR does not have": (lambda form: {**form, "colour": "red"}, 422, "colour"),
    "a code that is none": (lambda form: {**form, "status": "finished"}, 422, "QuestionnaireResponse.status"),
    "another resource": (lambda _: {"resourceType": "Observation", "status": "final"}, 422, ""),
}  # fmt: skip


def place_of(issue: dict[str, Any]) -> str:
    return " ".join((*issue.get("expression", ()), issue["diagnostics"]))


@pytest.mark.parametrize(("spoil", "status", "place"), ANSWERS.values(), ids=ANSWERS)
def test_a_spoilt_form_is_refused_naming_the_place(
    service: Service, spoil: Callable[[Form], Form], status: int, place: str
) -> None:
    answer = service.record(spoil(RESIDENT))
    assert answer.status_code == status, answer.text
    errors = [issue for issue in issues(answer) if issue["severity"] in ("error", "fatal")]
    assert any(place in place_of(issue) for issue in errors), answer.text
    assert service.counts().resources == {}


def test_every_problem_is_named_at_once(service: Service) -> None:
    form = RESIDENT
    for name in ("an unknown linkId", "30 February", "two answers where one is allowed", "a wrong check digit"):
        form = ANSWERS[name][0](form)
    answer = service.record({k: v for k, v in form.items() if k != "subject"})
    said = " ".join(place_of(issue) for issue in issues(answer))
    for place in ("item[2].item[1].linkId", "item[3].item[5].answer[0].value", "4.3", "1.5"):
        assert place in said, answer.text
    assert service.counts().resources == {}


BODIES: dict[str, tuple[bytes, int]] = {
    "a truncated body": (json.dumps(RESIDENT).encode()[:-200], 400),
    "nothing": (b"", 400),
    "no JSON": (b"<QuestionnaireResponse/>", 400),
    "a list": (b"[]", 400),
    "a nesting of 10,000": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    "a list nested 10,000 deep": (b'{"item":' + b"[" * 10_000 + b"]" * 10_000 + b"}", 400),
    "a key twice": (b'{"resourceType":"QuestionnaireResponse","status":"completed","status":"stopped"}', 400),
    "NaN": (b'{"resourceType":"QuestionnaireResponse","x":NaN}', 400),
    "half a surrogate pair": (b'{"resourceType":"QuestionnaireResponse","id":"\\ud800"}', 400),
    "no UTF-8": (b'{"resourceType":"\xff"}', 400),
    "6 MB": (b'{"a":"' + b"x" * 6_000_000 + b'"}', 413),
    "50 MB": (b'{"a":"' + b"x" * 50_000_000 + b'"}', 413),
}


@pytest.mark.parametrize(
    "path", ["QuestionnaireResponse", "Consent", "StructureMap/respect-v3-to-tep-devon/$transform"]
)
@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES)
def test_a_body_that_cannot_be_read_is_refused_promptly(service: Service, path: str, body: bytes, status: int) -> None:
    started = time.monotonic()
    answer = service.post(path, body)
    assert answer.status_code == status, answer.text
    assert time.monotonic() - started < 2
    assert issues(answer)[0]["severity"] in ("error", "fatal")
    assert service.counts().resources == {}


LONG: dict[str, dict[str, Any]] = {
    "10,000 items": {"item": [{"linkId": f"x{number}"} for number in range(10_000)]},
    "2,000 items that are wrong": {"item": [{"linkId": "1.3", "answer": [{"valueDate": "1930-02-30"}]}] * 2_000},
    "a million numbers for items": {"item": [1] * 1_000_000},
    "200,000 elements that FHIR does not have": {f"x{number}": 1 for number in range(200_000)},
    "40,000 contained resources": {"contained": [{"resourceType": "Patient", "id": f"p{n}"} for n in range(40_000)]},
}


@pytest.mark.parametrize("more", LONG.values(), ids=LONG)
def test_what_is_long_and_wrong_is_refused_promptly(service: Service, more: dict[str, Any]) -> None:
    """Whoever sends much must not get much work done for it: somebody else is waiting for an emergency view."""
    started = time.monotonic()
    answer = service.record(RESIDENT | more)
    assert answer.status_code == 422, answer.text[:200]
    assert time.monotonic() - started < 4
    assert service.counts().resources == {}


def test_a_body_that_does_not_say_its_size_is_refused_while_it_arrives(service: Service) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(50):
            yield b" " * 1_000_000

    answer = service.client.post(f"{BASE}/QuestionnaireResponse", content=chunks(), headers={"Content-Type": FHIR_JSON})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 2_000_000, b"431"),
        (b"GET /" + b"x" * 2_000_000, b"431"),
        (b"BREW /fhir/R4/metadata HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"408"),
    ],
    ids=["a header without end", "an address without end", "a method that HTTP does not have", "headers that stop"],
)
def test_what_no_door_ever_sees_is_refused_all_the_same(
    service: Service, monkeypatch: pytest.MonkeyPatch, sent: bytes, status: bytes
) -> None:
    monkeypatch.setattr(wire, "HEAD_PATIENCE", 1.0)
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(sent)
        answer = connection.recv(65536)
    assert answer.split()[1] == status
    assert b'"resourceType":"OperationOutcome"' in answer
    assert service.get("metadata").status_code == 200


def test_a_client_that_hangs_up_leaves_nothing_behind(service: Service) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=5)
    connection.putrequest("POST", f"{BASE}/QuestionnaireResponse")
    connection.putheader("Content-Type", FHIR_JSON)
    connection.putheader("Content-Length", "100000")
    connection.endheaders(b'{"resourceType":')
    connection.close()
    assert service.get("metadata").status_code == 200
    assert service.counts().resources == {}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/fhir+xml"}, 400),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/fhir+json; charset=latin-1"}, 415),
        ({"Content-Type": "application/fhir+json; fhirVersion=3.0"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Content-Encoding": "gzip"}, 415),
        ({"Accept": "image/png"}, 406),
        ({"If-None-Exist": "name=somebody"}, 400),
        ({"If-None-Exist": "identifier=urn:x|%00"}, 400),
    ],
)
def test_headers_that_cannot_be_met_are_refused(service: Service, headers: dict[str, str], status: int) -> None:
    sent = {"Content-Type": FHIR_JSON} | headers
    answer = service.client.post(f"{BASE}/QuestionnaireResponse", content=json.dumps(RESIDENT), headers=sent)
    assert answer.status_code == status
    assert issues(answer)
    assert service.counts().resources == {}


def test_an_unknown_parameter_is_refused(service: Service) -> None:
    """A misspelt parameter must not be ignored: it could be the one that says whose plan."""
    answer = service.get("Questionnaire/tep-devon/$populate?identifer=https://fhir.nhs.uk/Id/nhs-number|9990000018")
    assert answer.status_code == 400
    assert "ADDITIONAL_PROPERTIES" in codes(answer)


@pytest.mark.parametrize(
    "address",
    [
        "Medication/1",
        "CarePlan/1/_history/0",
        "CarePlan/none",
        "Questionnaire/none",
        "nothing",
        "$nothing",
        "CarePlan/a%2Fb",
    ],
)
def test_what_is_not_there_is_not_found(service: Service, address: str) -> None:
    answer = service.get(address)
    assert answer.status_code == 404
    assert issues(answer)[0]["code"] == "not-found"
