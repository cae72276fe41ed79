"""read, vread, history-instance and conditional read: https://hl7.org/fhir/R4/http.html"""

from __future__ import annotations

from dataclasses import replace

import pytest

from acpshare.artefacts import all_resources
from acpshare.interactions.definitions import publish
from tests.support.forms import MAPPINGS
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


@pytest.mark.parametrize("type", sorted({type for type, _ in all_resources(MAPPINGS)}))
def test_what_is_published_can_be_searched_and_read(service: Service, type: str) -> None:
    listed = service.get(f"{type}?_count=1000").json()
    assert listed["total"] == len(listed["entry"]) > 0
    first = listed["entry"][0]["resource"]
    answer = service.get(f"{type}/{first['id']}")
    assert answer.json() == first
    assert service.get(f"{type}/{first['id']}", If_None_Match=answer.headers["etag"]).status_code == 304
    assert service.get(f"{type}?url={first['url']}").json()["total"] == 1
    assert service.get(f"{type}?url=urn:nothing").json()["total"] == 0


@pytest.mark.parametrize("type", ["Questionnaire", "ValueSet"])
def test_what_is_published_is_changed_by_no_client(service: Service, type: str) -> None:
    published = service.get(f"{type}?_count=1").json()["entry"][0]["resource"]
    for method in ("PUT", "DELETE"):
        answer = service.client.request(
            method, f"/fhir/R4/{type}/{published['id']}", json=published | {"title": "Mine"}
        )
        assert answer.status_code == (403 if type == "Questionnaire" else 405)
    assert service.get(f"{type}/{published['id']}").json() == published


def test_a_form_that_changed_is_published_as_its_next_version(service: Service) -> None:
    key = ("Questionnaire", "respect-v3")
    text = service.components.definitions[key].replace(b'"ReSPECT', b'"The new ReSPECT', 1)
    changed = replace(service.components, definitions={**service.components.definitions, key: text})
    assert [publish(changed), publish(changed)] == [1, 0]
    answer = service.get("Questionnaire/respect-v3")
    assert answer.headers["etag"] == 'W/"2"'
    assert b"The new ReSPECT" in answer.content
    assert service.get("Questionnaire/respect-v3/_history").json()["total"] == 2


def test_head_answers_as_get_without_a_body(service: Service) -> None:
    answer = service.client.head("/fhir/R4/metadata")
    assert (answer.status_code, answer.content) == (200, b"")


def test_options_names_the_methods(service: Service) -> None:
    assert service.client.options("/fhir/R4/Consent").headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
