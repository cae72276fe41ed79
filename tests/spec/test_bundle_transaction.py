"""A transaction: all of it or nothing. docs/reference/interactions/transaction.md

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from tests.support.service import NHS, NUMBER, Service, codes, golden, issues, with_answer
from tests.support.writing import (
    UUID,
    answers,
    bundle,
    condition,
    entry,
    made,
    patient,
    practitioner,
    send,
    statuses,
)

RESIDENT = golden("respect-v3", "care-home-resident")
PERSON = patient("9990000018", name=[{"family": "Hill"}])
PATCH = [{"op": "add", "path": "/active", "value": True}]


def transact(service: Service, *entries: dict[str, Any], **headers: str) -> Any:
    return send(service, "POST", "", bundle("transaction", *entries), **headers)


def kept(service: Service, answer: Any, number: int) -> dict[str, Any]:
    """The resource that an entry made."""
    location = answers(answer)[number]["response"]["location"]
    found: dict[str, Any] = service.client.get(location).json()
    return found


def test_entries_are_linked_by_the_names_that_the_client_gave_them(service_on_each: Service) -> None:
    service = service_on_each
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{UUID}1">Mr Hill</a> {UUID}1</div>'
    about = condition(
        f"{UUID}1",
        text={"status": "generated", "div": div},
        identifier=[{"system": "urn:ietf:rfc:3986", "value": f"{UUID}1"}],
        extension=[{"url": "https://elsewhere.example/seen", "valueUri": f"{UUID}1"}],
        onsetAge={"value": 71.50, "system": "http://unitsofmeasure.org", "code": "a"},
    )
    text = json.dumps(
        bundle(
            "transaction", entry("POST", "Condition", about, f"{UUID}2"), entry("POST", "Patient", PERSON, f"{UUID}1")
        )
    )
    answer = send(service, "POST", "", text.replace("71.5", "71.50").encode())
    assert statuses(answer) == ["201", "201"]
    person = f"Patient/{kept(service, answer, 1)['id']}"
    made_of = kept(service, answer, 0)
    assert made_of["subject"]["reference"] == person
    assert made_of["extension"][0]["valueUri"] == person
    assert made_of["text"]["div"] == div.replace(f'"{UUID}1"', f'"{person}"')
    assert made_of["identifier"][0]["value"] == f"{UUID}1", "an identifier's value is a text, and no link"
    assert b"71.50" in service.client.get(answers(answer)[0]["response"]["location"]).content
    assert service.get(f"Condition?patient={person}").json()["entry"]


def test_absolute_and_relative_links_lead_to_entries_too(service: Service) -> None:
    root = "http://elsewhere.example/fhir"
    answer = transact(
        service,
        entry("POST", "Condition", condition("Patient/7"), f"{root}/Condition/1"),
        entry("POST", "Condition", condition(f"{root}/Patient/7")),
        entry("POST", "Patient", PERSON, f"{root}/Patient/7"),
    )
    person = f"Patient/{kept(service, answer, 2)['id']}"
    assert [kept(service, answer, number)["subject"]["reference"] for number in (0, 1)] == [person, person]


def test_a_reference_may_be_a_search_that_finds_one(service_on_each: Service) -> None:
    service = service_on_each
    person = made(service, PERSON)
    by_number = f"Patient?identifier={NHS}|{NUMBER}"
    answer = transact(service, entry("POST", "Condition", condition(by_number)))
    assert kept(service, answer, 0)["subject"]["reference"] == f"Patient/{person['id']}"
    nobody = transact(service, entry("POST", "Condition", condition("Patient?identifier=urn:x|none")))
    assert nobody.status_code == 412
    assert issues(nobody)[0]["expression"] == ["Bundle.entry[0].resource.subject.reference"]


def test_a_conditional_create_is_what_others_refer_to_whether_new_or_found(service: Service) -> None:
    who = {"ifNoneExist": "identifier=urn:x:staff|1"}
    entries = (
        entry("POST", "Practitioner", practitioner(), f"{UUID}1", **who),
        entry("POST", "Practitioner", practitioner(), f"{UUID}3", **who),
        entry("POST", "Condition", condition(asserter={"reference": f"{UUID}1"}), f"{UUID}2"),
        entry("POST", "Condition", condition(asserter={"reference": "Practitioner?identifier=urn:x:staff|1"})),
    )
    first, second = transact(service, *entries), transact(service, *entries)
    assert [statuses(first), statuses(second)] == [["201", "200", "201", "201"], ["200", "200", "201", "201"]]
    assert service.counts().resources["Practitioner"] == 1
    named = {kept(service, answer, number)["asserter"]["reference"] for answer in (first, second) for number in (2, 3)}
    assert named == {f"Practitioner/{kept(service, first, 0)['id']}"}


def test_everything_that_a_transaction_can_hold(service_on_each: Service) -> None:
    service = service_on_each
    changed, patched, gone, read = (made(service, practitioner(str(number))) for number in range(1, 5))
    json_patch = {
        "resourceType": "Binary",
        "contentType": "application/json-patch+json",
        "data": base64.b64encode(json.dumps(PATCH).encode()).decode(),
    }
    answer = transact(
        service,
        entry("GET", "Practitioner?identifier=urn:x:staff|5"),
        entry("GET", f"Practitioner/{read['id']}", ifNoneMatch='W/"1"'),
        entry("HEAD", f"Practitioner/{read['id']}"),
        entry("PATCH", f"Practitioner/{patched['id']}", json_patch),
        entry("PUT", f"Practitioner/{changed['id']}", changed | {"active": True}, ifMatch='W/"1"'),
        entry("PUT", "Practitioner?identifier=urn:x:staff|6", practitioner("6")),
        entry("POST", "Practitioner", practitioner("5")),
        entry("DELETE", "Practitioner?identifier=urn:x:staff|3"),
    )  # fmt: skip
    assert statuses(answer) == ["200", "304", "200", "200", "200", "201", "201", "204"]
    listed = answers(answer)
    assert len(listed[0]["resource"]["entry"]) == 1, "reads see what the transaction changed"
    assert "resource" not in listed[2]
    assert [each["response"].get("etag") for each in listed[3:]] == ['W/"2"', 'W/"2"', 'W/"1"', 'W/"1"', 'W/"2"']
    assert service.get(f"Practitioner/{patched['id']}").json()["active"] is True
    assert service.get(f"Practitioner/{gone['id']}").status_code == 410


def test_a_person_and_their_form_in_one_go(service_on_each: Service) -> None:
    service = service_on_each
    form = {**RESIDENT, "subject": {"reference": f"{UUID}1"}}
    answer = transact(
        service,
        entry("POST", "QuestionnaireResponse", form),
        entry("POST", "Patient", PERSON, f"{UUID}1"),
        Prefer="return=representation",
    )
    assert statuses(answer) == ["201", "201"], answer.text
    assert service.counts().persons == service.counts().plans == 1
    assert answers(answer)[0]["resource"]["subject"]["reference"] == f"Patient/{answers(answer)[1]['resource']['id']}"
    assert service.view()["cpr"]["decision"] == "do-not-attempt"


def test_a_form_that_was_recorded_before_is_still_what_others_refer_to(service: Service) -> None:
    service.record(RESIDENT)
    named = {**RESIDENT, "identifier": {"system": "urn:x:forms", "value": "1"}}
    about = practitioner(
        extension=[{"url": "https://elsewhere.example/saw", "valueReference": {"reference": f"{UUID}1"}}]
    )
    entries = entry("POST", "QuestionnaireResponse", named, f"{UUID}1"), entry("POST", "Practitioner", about)
    first, again = transact(service, *entries), transact(service, *entries)
    assert [statuses(first), statuses(again)] == [["201", "201"], ["200", "201"]]
    form = f"QuestionnaireResponse/{kept(service, first, 0)['id']}"
    assert kept(service, again, 1)["extension"][0]["valueReference"]["reference"] == form
    assert service.counts().plans == 2


REFUSED: dict[str, tuple[tuple[dict[str, Any], ...], int, set[str]]] = {
    "faults in several entries": (
        (entry("POST", "Practitioner", practitioner(colour="red")), entry("POST", "Condition", condition(f"{UUID}9")), entry("POST", "Condition", {"resourceType": "Condition"})),
        422,
        {"Bundle.entry[0].resource.colour", "Bundle.entry[1].resource.subject.reference", "Bundle.entry[2].resource.subject"},
    ),
    "requests that are none": (
        (entry("POST", "Nothing", practitioner()), entry("PUT", "Practitioner/1", practitioner(id="2")), entry("POST", "Practitioner/$x", practitioner()), entry("DELETE", "Practitioner"), {"resource": practitioner()}),
        400,
        {"Bundle.entry[0].request.url", "Bundle.entry[1].resource.id", "Bundle.entry[2].request.url", "Bundle.entry[3].request.url", "Bundle.entry[4].request"},
    ),
    "the same resource twice": (
        (entry("PUT", "Practitioner/1", practitioner(id="1")), entry("DELETE", "Practitioner/1")), 400, {"Bundle.entry[0]", "Bundle.entry[1]"},
    ),
    "a stale version": ((entry("PUT", "Practitioner/here", practitioner(id="here", active=True), ifMatch='W/"3"'),), 412, {"Bundle.entry[0].resource.meta.versionId"}),
    "nothing to delete, and a form that cannot be": (
        (entry("DELETE", "Practitioner/none"), entry("POST", "QuestionnaireResponse", RESIDENT | {"status": "stopped"})),
        404,
        {"Bundle.entry[0]", "Bundle.entry[1].resource.status"},
    ),
    "a condition of two matches": ((entry("PUT", "Practitioner?active=false", practitioner()),), 412, {"Bundle.entry[0].request.url"}),
    "a misspelt condition": ((entry("POST", "Practitioner", practitioner(), ifNoneExist="identifer=1"),), 400, {"Bundle.entry[0].request.ifNoneExist"}),
    "a read of nothing": ((entry("GET", "Practitioner/none"),), 404, {"Bundle.entry[0]"}),
    "a reference to a wrong type": ((entry("POST", "Condition", condition(f"{UUID}1")), entry("POST", "Practitioner", practitioner(), f"{UUID}1")), 422, {"Bundle.entry[0].resource.subject"}),
}  # fmt: skip


@pytest.mark.parametrize(("entries", "status", "places"), REFUSED.values(), ids=REFUSED)
def test_a_transaction_that_fails_changes_nothing_and_names_every_entry(
    service: Service, entries: tuple[dict[str, Any], ...], status: int, places: set[str]
) -> None:
    for id in ("here", "there"):
        send(service, "PUT", f"Practitioner/{id}", practitioner(id=id, active=False))
    before = service.counts()
    answer = transact(service, entry("POST", "Practitioner", practitioner("new")), *entries)
    assert answer.status_code == status, answer.text
    moved = {
        place.replace(f"[{number}]", f"[{number + 1}]")
        for place in places
        for number in range(9)
        if f"entry[{number}]" in place
    }
    said = {place for issue in issues(answer) if issue["severity"] == "error" for place in issue.get("expression", ())}
    assert moved <= said
    assert service.counts() == before


def test_decisions_are_one_persons(service: Service) -> None:
    """SR18: the people themselves may be many."""
    subject = {"identifier": {"system": NHS, "value": "9990000026"}}
    other = with_answer({**RESIDENT, "subject": subject}, "1.5", {"valueString": "9990000026"})
    forms = [entry("POST", "QuestionnaireResponse", form) for form in (RESIDENT, other)]
    people = [entry("POST", "Patient", patient(number)) for number in ("9990000034", "9990000042")]
    answer = transact(service, *forms)
    assert answer.status_code == 422
    assert "SR18" in codes(answer)
    assert service.counts().resources == {}
    assert statuses(transact(service, *people, forms[0])) == ["201", "201", "201"]
    assert service.counts().plans == 1


def test_ten_thousand_entries_are_refused_promptly(service: Service) -> None:
    many = [entry("POST", "Practitioner", practitioner())] * 10_000
    began = time.monotonic()
    assert transact(service, *many).status_code == 413
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "body", [{"resourceType": "Bundle", "type": "collection"}, practitioner(), bundle("transaction") | {"entry": {}}]
)
def test_what_is_no_batch_and_no_transaction_is_refused(service: Service, body: dict[str, Any]) -> None:
    assert send(service, "POST", "", body).status_code == 400


@pytest.mark.parametrize(
    ("prefer", "has_resource", "has_outcome"),
    [
        ("return=minimal", False, False),
        ("return=representation", True, False),
        ("return=OperationOutcome", False, True),
    ],
)
def test_the_client_says_what_it_prefers_back(
    service: Service, prefer: str, has_resource: bool, has_outcome: bool
) -> None:
    (only,) = answers(transact(service, entry("POST", "Practitioner", practitioner()), Prefer=prefer))
    assert ("resource" in only, "outcome" in only["response"]) == (has_resource, has_outcome)
