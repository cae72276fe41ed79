"""Headers, formats and parts of an answer. https://hl7.org/fhir/R4/http.html#general"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from acpshare.api import body
from acpshare.fhir import xml
from tests.support.service import BASE, FHIR_JSON, Service, codes, golden, issues, plan_of, running

FHIR_XML = "application/fhir+xml"
ORGANIZATION = {
    "resourceType": "Organization",
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Ward 7</div>'},
    "identifier": [{"system": "urn:ward", "value": "7"}],
    "active": True,
    "name": "Ward 7",
    "alias": ["Seven"],
    "telecom": [{"system": "phone", "value": "01632 960007"}],
}


@pytest.fixture(scope="module")
def at(databases_of_module: Callable[[str], AbstractContextManager[str]]) -> Iterator[Service]:
    """One service for all questions here: none depends on what another stored."""
    with databases_of_module("sqlite") as url, running(url) as started:
        yield started


@pytest.fixture(scope="module")
def ward(at: Service) -> str:
    answer = at.post("Organization", ORGANIZATION)
    assert answer.status_code == 201, answer.text
    return f"Organization/{answer.json()['id']}"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-None-Match": 'W/"1"'}, 304),
        ({"If-None-Match": '"1"'}, 304),
        ({"If-None-Match": 'W/"9", W/"1"'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": 'W/"2"'}, 200),
        ({"If-Modified-Since": "Sun, 22 Nov 2026 12:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Sun, 22 Nov 2026 11:59:59 GMT"}, 200),
        ({"If-Modified-Since": "last Sunday"}, 200),
        ({"If-None-Match": 'W/"2"', "If-Modified-Since": "Sun, 22 Nov 2026 12:00:00 GMT"}, 200),
    ],
)
def test_what_a_client_has_already_is_not_sent_again(
    at: Service, ward: str, headers: dict[str, str], status: int
) -> None:
    for address in (ward, f"{ward}/_history/1"):
        answer = at.client.get(f"{BASE}/{address}", headers=headers)
        assert answer.status_code == status
        assert (answer.content == b"") == (status == 304)
        assert answer.headers["etag"] == 'W/"1"'
        assert answer.headers["last-modified"] == "Sun, 22 Nov 2026 12:00:00 GMT"


FORMATS = [
    ("", "*/*", FHIR_JSON),
    ("", FHIR_XML, FHIR_XML),
    ("", "application/xml", "application/xml"),
    ("", "text/xml", "text/xml"),
    ("", "application/json", "application/json"),
    ("", f"{FHIR_XML};q=0.5, {FHIR_JSON};q=0.4", FHIR_XML),
    ("", f"{FHIR_XML};q=0, */*", FHIR_JSON),
    ("", "text/html, application/xhtml+xml, */*;q=0.8", FHIR_JSON),
    ("", f"{FHIR_JSON}; fhirVersion=4.0", FHIR_JSON),
    ("?_format=xml", FHIR_JSON, FHIR_XML),
    ("?_format=json", FHIR_XML, FHIR_JSON),
    ("?_format=application/fhir%2Bxml", FHIR_JSON, FHIR_XML),
    ("?_format=application/fhir+xml", FHIR_JSON, FHIR_XML),
    ("?_format=text/xml", FHIR_JSON, "text/xml"),
]


@pytest.mark.parametrize(("query", "accept", "answered"), FORMATS)
def test_an_answer_and_a_refusal_come_in_the_format_that_was_asked_for(
    at: Service, ward: str, query: str, accept: str, answered: str
) -> None:
    for address, status in ((ward, 200), (f"{ward}-x", 404), ("Nothing/1", 404), (f"{ward}/_history", 200)):
        answer = at.get(f"{address}{query}", Accept=accept)
        assert answer.status_code == status
        assert answer.headers["content-type"] == f"{answered}; charset=utf-8"
        resource = xml.parse(answer.content) if "xml" in answered else answer.json()
        if address == ward:
            assert resource == at.get(ward).json()


@pytest.mark.parametrize(
    ("query", "accept"),
    [("?_format=ttl", "*/*"), ("", "text/turtle"), ("", f"{FHIR_JSON}; fhirVersion=3.0"), ("", "image/png")],
)
def test_a_format_that_there_is_not_is_not_acceptable(at: Service, ward: str, query: str, accept: str) -> None:
    assert at.get(f"{ward}{query}", Accept=accept).status_code == 406


def test_what_was_read_as_xml_can_be_sent_back_as_xml(at: Service) -> None:
    made = at.client.post(
        f"{BASE}/Organization", content=xml.dump(ORGANIZATION), headers={"Content-Type": FHIR_XML, "Accept": FHIR_XML}
    )
    assert made.status_code == 201
    id = xml.parse(made.content)["id"]
    address = f"{BASE}/Organization/{id}"
    assert {name: value for name, value in at.client.get(address).json().items() if name not in ("id", "meta")} == (
        ORGANIZATION
    )
    again = at.client.put(address, content=made.content, headers={"Content-Type": "application/xml; charset=utf-8"})
    assert (again.status_code, again.headers["etag"]) == (200, 'W/"1"')
    spoilt = at.client.put(address, content=made.content[:-9], headers={"Content-Type": FHIR_XML, "Accept": FHIR_XML})
    assert spoilt.status_code == 400
    assert xml.parse(spoilt.content)["resourceType"] == "OperationOutcome"


PARTS: list[tuple[str, set[str], set[str]]] = [
    ("_summary=true", {"identifier", "name", "active"}, {"text", "alias", "telecom"}),
    ("_summary=text", {"text"}, {"name", "telecom"}),
    ("_summary=data", {"name", "telecom", "alias"}, {"text"}),
    ("_elements=name,telecom", {"name", "telecom"}, {"text", "active"}),
    ("_elements=Organization.name", {"name"}, {"text", "active"}),
]


@pytest.mark.parametrize(("query", "there", "left_out"), PARTS)
def test_a_part_of_a_resource_is_marked_as_one(
    at: Service, ward: str, query: str, there: set[str], left_out: set[str]
) -> None:
    searched = f"Organization?_id={ward.partition('/')[2]}&{query}"
    parts = [at.get(f"{ward}?{query}").json(), at.get(searched).json()["entry"][0]["resource"]]
    for part in parts:
        assert there | {"resourceType", "id", "meta"} <= part.keys()
        assert not left_out & part.keys()
        assert [tag["code"] for tag in part["meta"]["tag"]] == ["SUBSETTED"]


def test_a_summary_keeps_what_is_mandatory_and_cuts_within_elements(at: Service) -> None:
    plan, _ = plan_of(at.record(golden("respect-v3", "care-home-resident")))
    for query in ("_summary=true", "_summary=text", "_elements=period"):
        part = at.get(f"CarePlan/{plan}?{query}").json()
        assert {"status", "intent", "subject"} <= part.keys()
        assert "activity" not in part
    form = at.get("Questionnaire/respect-v3?_summary=true").json()
    assert "item" not in form
    assert form["url"].endswith("/respect-v3")


def test_a_whole_resource_is_sent_as_it_was_stored_unless_it_is_to_be_read_by_people(at: Service, ward: str) -> None:
    plain = at.get(ward)
    assert at.get(f"{ward}?_summary=false&_pretty=false").content == plain.content
    pretty = at.get(f"{ward}?_pretty=true")
    assert pretty.json() == plain.json()
    assert b'\n  "name": "Ward 7"' in pretty.content


@pytest.mark.parametrize(
    "query",
    ["_pretty=perhaps", "_summary=some", "_format=json&_format=xml", "name=Ward", "_elements=a&_elements=b", "_=%ff"],
)
def test_a_parameter_that_a_read_does_not_take_is_refused(at: Service, ward: str, query: str) -> None:
    answer = at.get(f"{ward}?{query}")
    assert answer.status_code == 400
    assert issues(answer)


def test_head_answers_as_get_without_a_body(at: Service, ward: str) -> None:
    for address in (ward, "Organization?name=Ward", "metadata", f"{ward}-x"):
        got, head = at.get(address), at.client.head(f"{BASE}/{address}")
        assert (head.status_code, head.content) == (got.status_code, b"")
        assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize(
    ("prefer", "type"),
    [
        (None, "Organization"),
        ("return=representation", "Organization"),
        ("return=minimal", None),
        ("return=OperationOutcome", "OperationOutcome"),
        ("respond-async; return=minimal", None),
        ("return=everything", "Organization"),
    ],
)
def test_a_write_answers_with_as_much_as_the_client_prefers(at: Service, prefer: str | None, type: str | None) -> None:
    headers = {"Prefer": prefer} if prefer else {}
    made = at.post("Organization", {"resourceType": "Organization", "name": "New"}, **headers)
    assert (made.status_code, made.headers["etag"]) == (201, 'W/"1"')
    location = made.headers["location"]
    assert at.client.get(location).json()["name"] == "New"
    changed = at.client.put(
        location.partition("/_history")[0],
        json={"resourceType": "Organization", "id": location.split("/")[-3], "name": "Newer"},
        headers={"If-Match": made.headers["etag"], **headers},
    )
    assert (changed.status_code, changed.headers["etag"]) == (200, 'W/"2"')
    for answer in (made, changed):
        assert (answer.json()["resourceType"] if answer.content else None) == type


def test_a_delete_says_nothing_unless_it_is_asked_to(at: Service) -> None:
    addresses = [at.post("Organization", ORGANIZATION).headers["location"].partition("/_history")[0] for _ in range(2)]
    quiet = at.client.delete(addresses[0])
    assert (quiet.status_code, quiet.content, quiet.headers["etag"]) == (204, b"", 'W/"2"')
    said = at.client.delete(addresses[1], headers={"Prefer": "return=OperationOutcome"})
    assert (said.status_code, said.json()["resourceType"]) == (200, "OperationOutcome")
    assert at.client.get(addresses[0]).status_code == 410


@pytest.mark.parametrize(
    ("method", "content_type"),
    [
        ("POST", "text/plain"),
        ("POST", "application/json-patch+json"),
        ("PATCH", "text/plain"),
        ("POST", f"{FHIR_JSON}; charset=latin-1"),
        ("POST", f"{FHIR_JSON}; fhirVersion=3.0"),
        ("POST", ""),
    ],
)
def test_a_body_of_another_kind_is_not_read(at: Service, ward: str, method: str, content_type: str) -> None:
    address = ward if method == "PATCH" else "Organization"
    answer = at.client.request(
        method, f"{BASE}/{address}", content=json.dumps(ORGANIZATION), headers={"Content-Type": content_type}
    )
    assert answer.status_code == 415
    assert issues(answer)


def test_a_body_that_does_not_arrive_is_a_timeout(at: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "PATIENCE", 0.2)
    with socket.create_connection(("127.0.0.1", at.port), timeout=10) as client:
        head = (
            f"POST {BASE}/Organization HTTP/1.1\r\nHost: x\r\nContent-Type: {FHIR_JSON}\r\nContent-Length: 100\r\n\r\n"
        )
        client.sendall(head.encode() + b'{"resourceType"')
        answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"OperationOutcome" in answer


@pytest.mark.parametrize(
    "address", ["Nothing", "Nothing/1", "Organization/a/b", "Organization//1", "$nothing", "_nothing"]
)
def test_an_address_that_there_is_not_is_not_found(at: Service, address: str) -> None:
    answer = at.get(address)
    assert answer.status_code == 404
    assert codes(answer) == {"RESOURCE_NOT_FOUND"}


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("PUT", "metadata", "GET, HEAD, OPTIONS"),
        ("PUT", "ValueSet/x", "GET, HEAD, OPTIONS"),
        ("DELETE", "Patient/$emergency-view", "GET, HEAD, OPTIONS, POST"),
        ("GET", "Organization/_search", "OPTIONS, POST"),
        ("POST", "Organization/1", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
    ],
)
def test_a_method_that_an_address_does_not_take_is_refused_with_those_it_does(
    at: Service, method: str, address: str, allowed: str
) -> None:
    answer = at.client.request(method, f"{BASE}/{address}")
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert at.client.options(f"{BASE}/{address}").headers["allow"] == allowed


def test_the_base_may_be_written_with_a_slash_at_its_end(at: Service) -> None:
    batch: dict[str, Any] = {"resourceType": "Bundle", "type": "batch"}
    answers: list[httpx.Response] = [at.client.post(f"{BASE}{end}", json=batch) for end in ("", "/")]
    assert [answer.json()["type"] for answer in answers] == ["batch-response"] * 2
