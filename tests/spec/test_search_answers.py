"""What a search answers with: the Bundle, its links, its pages, its words. https://hl7.org/fhir/R4/http.html#search"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from tests.support.databases import DATABASES
from tests.support.service import BASE, NHS, NUMBER, Service, codes, golden, issues, plan_of, running

WARDS = 23


@pytest.fixture(scope="module", params=DATABASES)
def at(
    request: pytest.FixtureRequest, databases_of_module: Callable[[str], AbstractContextManager[str]]
) -> Iterator[Service]:
    """A service that knows one person's plan, and a number of wards."""
    with databases_of_module(request.param) as url, running(url) as started:
        assert started.record(golden("respect-v3", "care-home-resident")).status_code == 201
        for number in range(WARDS):
            text = (
                f'{{"resourceType":"Organization","name":"Ward {number:02}","active":{str(number % 2 == 0).lower()}}}'
            )
            assert started.post("Organization", text.encode()).status_code == 201
        yield started


def found(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    entries: list[dict[str, Any]] = answer.json().get("entry", [])
    return entries


def links(answer: httpx.Response) -> dict[str, str]:
    return {link["relation"]: link["url"] for link in answer.json()["link"]}


def test_a_plan_is_found_by_nhs_number_and_no_link_holds_it(at: Service) -> None:
    """By every way that a records system would ask."""
    answers = [
        at.get(f"CarePlan?patient.identifier={NHS}|{NUMBER}"),
        at.get(f"CarePlan?subject:Patient.identifier={NHS}%7C{NUMBER}"),
        at.get(f"CarePlan?patient:identifier={NHS}|{NUMBER}"),
        at.client.post(f"{BASE}/CarePlan/_search", data={"patient.identifier": f"{NHS}|{NUMBER}"}),
    ]
    for answer in answers:
        (entry,) = found(answer)
        assert entry["search"] == {"mode": "match"}
        assert entry["fullUrl"].endswith(f"{BASE}/CarePlan/{entry['resource']['id']}")
        assert answer.json()["total"] == 1
        assert NUMBER not in str(links(answer))
        assert found(at.client.get(links(answer)["self"])) == [entry]


def test_what_is_found_is_what_is_stored_byte_for_byte(at: Service) -> None:
    text = b'{"resourceType":"Observation","status":"final","code":{"text":"w"},"valueQuantity":{"value":72.50, "unit":"kg"}}'
    id = at.post("Observation", text).json()["id"]
    assert at.get(f"Observation/{id}").content in at.get(f"Observation?_id={id}").content


def test_what_is_included_is_said_to_be(at: Service) -> None:
    entries = found(
        at.get(f"CarePlan?patient.identifier={NHS}|{NUMBER}&_include=CarePlan:patient&_revinclude=Provenance:target")
    )
    modes = {(entry["resource"]["resourceType"], entry["search"]["mode"]) for entry in entries}
    assert ("CarePlan", "match") in modes
    assert ("Patient", "include") in modes
    (part,) = [
        entry["resource"]
        for entry in found(
            at.get(f"CarePlan?patient.identifier={NHS}|{NUMBER}&_include=CarePlan:patient&_elements=status")
        )
        if entry["search"]["mode"] == "include"
    ]
    assert "tag" not in part["meta"]  # it was not what the elements were asked of


@pytest.mark.parametrize(
    "address", ["patinet=Patient/1", "patient.identifer=x", "status=actve,", "_count=-1", "_sort=x", "_total=few"]
)
def test_a_misspelt_parameter_never_means_everybody(at: Service, address: str) -> None:
    for answer in (at.get(f"CarePlan?{address}"), at.get(f"CarePlan?status=active&{address}")):
        assert answer.status_code == 400, answer.text
        assert issues(answer)
    assert codes(at.get("CarePlan?patinet=Patient/1")) == {"ADDITIONAL_PROPERTIES"}


def test_a_lenient_client_is_warned_instead_but_not_given_everybody(at: Service) -> None:
    answer = at.get("CarePlan?status=active&patinet=Patient/1", Prefer="handling=lenient")
    (outcome,) = [entry for entry in found(answer) if entry["search"]["mode"] == "outcome"]
    assert [issue["severity"] for issue in outcome["resource"]["issue"]] == ["warning"]
    assert "patinet" not in links(answer)["self"]
    assert at.get("CarePlan?patinet=Patient/1", Prefer="handling=lenient").status_code == 400


def pages(at: Service, url: str) -> Iterator[httpx.Response]:
    following: str | None = url
    while following is not None:
        answer = at.client.get(following)
        yield answer
        following = links(answer).get("next")


@pytest.mark.parametrize("query", ["_count=5", "_count=4&_sort=-name", "_count=7&_sort=active,-_lastUpdated"])
def test_pages_hold_everything_once_while_others_write(at: Service, query: str) -> None:
    seen: list[str] = []
    for answer in pages(at, f"{BASE}/Organization?name=Ward&{query}"):
        seen += [entry["resource"]["name"] for entry in found(answer)]
        assert at.post("Organization", {"resourceType": "Organization", "name": "Ward Z"}).status_code == 201
    assert sorted(name for name in seen if name != "Ward Z") == [f"Ward {number:02}" for number in range(WARDS)]
    for entry in found(at.get("Organization?name:exact=Ward Z")):
        at.client.delete(entry["fullUrl"])


def test_what_was_posted_is_in_no_link_of_its_pages(at: Service) -> None:
    asked = {"name:contains": "ard", "_count": "10"}
    answer = at.client.post(f"{BASE}/Organization/_search?_sort=name", data=asked)
    seen = []
    while True:
        seen += [entry["resource"]["name"] for entry in found(answer)]
        assert "ard" not in str(links(answer)).replace("card", "")
        following = links(answer).get("next")
        if following is None:
            break
        answer = at.client.post(following, data={**asked, "_sort": "name"})
    assert seen == [f"Ward {number:02}" for number in range(WARDS)]


def test_how_the_answer_is_written_may_stand_in_the_body_too(at: Service) -> None:
    address = f"{BASE}/Organization/_search"
    (entry, *_) = found(at.client.post(address, data={"name": "Ward", "_elements": "active"}))
    assert "name" not in entry["resource"]
    counted = at.client.post(address, data={"name": "Ward 0", "_summary": "count", "_pretty": "true"})
    assert (counted.json()["total"], found(counted)) == (10, [])
    written = at.client.post(address, data={"name": "Ward 00", "_format": "xml"})
    assert written.headers["content-type"].startswith("application/fhir+xml")
    for refused in ({"_format": "ttl"}, {"_summary": "some"}):
        assert at.client.post(address, data={"name": "Ward", **refused}).status_code in (400, 406)
    assert at.client.post(f"{address}?_format=json", data={"_format": "xml"}).status_code == 400


EDITED: dict[str, Callable[[str], str]] = {
    "longer": lambda url: f"{url}A",
    "shorter": lambda url: url[:-4],
    "of another search": lambda url: url.replace("name=Ward", "name=War"),
}


@pytest.mark.parametrize("edit", EDITED.values(), ids=EDITED)
def test_a_place_that_somebody_edited_is_refused(at: Service, edit: Callable[[str], str]) -> None:
    following = links(at.get("Organization?name=Ward&_count=3"))["next"]
    assert at.client.get(edit(following)).status_code == 400


@pytest.mark.parametrize(
    ("query", "total", "entries"),
    [
        ("name=Ward&_summary=count", WARDS, 0),
        ("name=Ward&_count=0", WARDS, 0),
        ("name=Ward&_count=2&_total=accurate", WARDS, 2),
        ("name=Ward&_count=2", None, 2),
        ("name=Ward&active=true", 12, 12),
        ("name=Ward&active=true&name:contains=1&_count=1000000000", 5, 5),
        ("name=Nowhere", 0, 0),
    ],
)
def test_a_total_is_there_when_it_is_asked_for_or_costs_nothing(
    at: Service, query: str, total: int | None, entries: int
) -> None:
    answer = at.get(f"Organization?{query}")
    assert answer.json().get("total", total if query.endswith("_count=0") else None) == total
    assert len(found(answer)) == entries


def test_a_person_s_compartment_is_searched_below_the_person(at: Service) -> None:
    (patient,) = found(at.get(f"Patient?identifier={NHS}|{NUMBER}"))
    address = f"Patient/{patient['resource']['id']}"
    entries = found(at.get(f"{address}/CarePlan?status=active"))
    assert [entry["resource"]["subject"]["reference"] for entry in entries] == [address]
    assert found(at.get(f"{address}/CarePlan?status=revoked")) == []
    assert at.get("Patient/nobody/CarePlan").status_code == 404
    assert at.get(f"{address}/Organization").status_code == 404
    somebody = at.post("Patient", {"resourceType": "Patient"}).json()["id"]
    assert found(at.get(f"Patient/{somebody}/CarePlan")) == []


def test_what_was_answered_is_found_at_once(at: Service) -> None:
    for number in range(5):
        id = at.post("Organization", {"resourceType": "Organization", "name": f"At once {number}"}).json()["id"]
        assert [each["resource"]["id"] for each in found(at.get(f"Organization?name=At once {number}"))] == [id]
        at.client.put(f"{BASE}/Organization/{id}", json={"resourceType": "Organization", "id": id, "name": "Later"})
        assert found(at.get(f"Organization?name=At once {number}")) == []
        at.client.delete(f"{BASE}/Organization/{id}")
        assert found(at.get(f"Organization?_id={id}")) == []


def test_published_forms_are_searched_and_included_like_all_else(at: Service) -> None:
    (form,) = found(at.get("Questionnaire?url=https://acpshare.example/fhir/Questionnaire/respect-v3"))
    assert form["resource"]["id"] == "respect-v3"
    plan, _ = plan_of(at.record(golden("tep-devon", "care-home-resident")))
    assert plan
    entries = found(at.get("QuestionnaireResponse?_include=QuestionnaireResponse:questionnaire"))
    assert {"Questionnaire", "QuestionnaireResponse"} == {entry["resource"]["resourceType"] for entry in entries}
