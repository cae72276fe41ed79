"""read, vread, history-instance and conditional read: https://hl7.org/fhir/R4/http.html"""

from __future__ import annotations

import pytest

from acpshare.interactions.registry import DEFINITIONS
from tests.support.service import FHIR_JSON, Service, golden, plan_of, with_answer

RESIDENT = golden("respect-v3", "care-home-resident")


def test_a_version_has_its_etag_and_date(service_on_each: Service) -> None:
    plan, _ = plan_of(service_on_each.record(RESIDENT))
    answer = service_on_each.get(f"CarePlan/{plan}")
    assert answer.headers["etag"] == 'W/"1"'
    assert answer.headers["last-modified"] == "Sun, 22 Nov 2026 12:00:00 GMT"
    assert answer.headers["content-type"] == f"{FHIR_JSON}; charset=utf-8"
    assert answer.json()["meta"] == {"versionId": "1", "lastUpdated": "2026-11-22T12:00:00.000Z"}


@pytest.mark.parametrize("known", ['W/"1"', '"1"', 'W/"9", W/"1"', "*"])
def test_a_client_that_has_the_version_is_told_so(service: Service, known: str) -> None:
    plan, _ = plan_of(service.record(RESIDENT))
    answer = service.get(f"CarePlan/{plan}", If_None_Match=known)
    assert (answer.status_code, answer.content) == (304, b"")
    assert service.get(f"CarePlan/{plan}", If_None_Match='W/"2"').status_code == 200


def test_every_version_of_a_plan_is_kept_and_listed(service_on_each: Service) -> None:
    service = service_on_each
    plan, _ = plan_of(service.record(RESIDENT))
    service.record(with_answer(service.populated("respect-v3"), "3.2", {"valueString": "The garden."}))
    first, second = (service.get(f"CarePlan/{plan}/_history/{version}").json() for version in (1, 2))
    assert (first["meta"]["versionId"], second["meta"]["versionId"]) == ("1", "2")
    bundle = service.get(f"CarePlan/{plan}/_history").json()
    assert (bundle["type"], bundle["total"]) == ("history", 2)
    assert [entry["resource"] for entry in bundle["entry"]] == [second, first]
    assert [entry["request"]["method"] for entry in bundle["entry"]] == ["PUT", "POST"]


def test_what_no_longer_stands_is_gone_and_its_versions_are_not(service: Service) -> None:
    """A Flag of a plan that was superseded must alert nobody."""
    old, _ = plan_of(service.record(RESIDENT))
    flag = next(
        each for each in service.get(f"Provenance/{old}-provenance").json()["target"] if "Flag/" in each["reference"]
    )
    signed = with_answer(service.populated("respect-v3"), "4.3s", {"valueString": "T. Newman"}, group="4")
    service.record(with_answer(signed, "4.3t", {"valueDate": "2026-11-20"}, group="4"))
    assert service.get(flag["reference"]).status_code == 410
    assert service.get(f"{flag['reference']}/_history/1").status_code == 200


@pytest.mark.parametrize("type", DEFINITIONS)
def test_what_is_published_can_be_listed_and_read(service: Service, type: str) -> None:
    listed = service.get(type).json()
    assert listed["total"] == len(listed["entry"]) > 0
    first = listed["entry"][0]["resource"]
    answer = service.get(f"{type}/{first['id']}")
    assert answer.json() == first
    assert service.get(f"{type}/{first['id']}", If_None_Match=answer.headers["etag"]).status_code == 304
    assert service.get(f"{type}?url={first['url']}").json()["total"] == 1
    assert service.get(f"{type}?url=urn:nothing").json()["total"] == 0


def test_head_answers_as_get_without_a_body(service: Service) -> None:
    answer = service.client.head("/fhir/R4/metadata")
    assert (answer.status_code, answer.content) == (200, b"")


def test_options_names_the_methods(service: Service) -> None:
    assert service.client.options("/fhir/R4/Consent").headers["allow"] == "OPTIONS, POST"


@pytest.mark.parametrize(
    ("format", "status", "type"),
    [("json", 200, FHIR_JSON), ("application/json", 200, "application/json"), ("application/fhir%2Bjson", 200, FHIR_JSON),
     ("application/fhir+json", 200, FHIR_JSON), ("xml", 406, FHIR_JSON)],
)  # fmt: skip
def test_format_overrides_accept(service: Service, format: str, status: int, type: str) -> None:
    answer = service.get(f"metadata?_format={format}", Accept="application/fhir+xml")
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith(type)
