"""Whom an NHS number leads to, who is restricted, and what points to a plan: the manners of services in England.

Basis: reference facts on the Personal Demographics Service and the National Record Locator.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.changing import NUMBER, RESIDENT, Json, changed, deleted, got, recorded
from tests.support.service import NHS, OUTSIDE_TEST_RANGE, Service, codes, running, with_answer

__all__: list[str] = []

FREE, SECOND = "9990000077", "9990000085"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
LABEL = {"security": [{"system": CONFIDENTIALITY, "code": "R", "display": "restricted"}]}
LOCATED: Json = {
    "resourceType": "Patient",
    "identifier": [{"system": NHS, "value": FREE}],
    "name": [{"family": "Hidden", "given": ["Ann"]}],
    "birthDate": "1940-02-03",
    "address": [{"line": ["1 Secret Lane"], "postalCode": "ZZ99 1AA"}],
    "telecom": [{"system": "phone", "value": "01632 960587"}],
    "generalPractitioner": [{"display": "The Secret Practice"}],
    "contact": [{"telecom": [{"system": "phone", "value": "01632 960588"}]}],
}
SECRETS = ("Secret Lane", "ZZ99", "01632 96058", "Secret Practice")


def patient(number: str, **elements: Any) -> Json:
    return {"resourceType": "Patient", "identifier": [{"system": NHS, "value": number}]} | elements


def created(service: Service, resource: Json) -> str:
    answer = service.post("Patient", resource)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"]).partition("/R4/")[2].partition("/_history")[0]


def person_of_record(service: Service, number: str = NUMBER) -> str:
    with service.store.read() as reading:
        found = reading.person_by_identifier(NHS, number)
        assert found is not None
        return f"Patient/{found.person}"


def test_a_patient_is_found_by_their_number_in_the_moment_they_were_created(service_on_each: Service) -> None:
    service = service_on_each
    place = created(service, patient(FREE))
    found = service.get(f"Patient?identifier={NHS}|{FREE}").json()
    assert [entry["resource"]["id"] for entry in found["entry"] if entry["search"]["mode"] == "match"] == [place[8:]]


@pytest.mark.parametrize(
    ("what", "resource", "status", "code"),
    [
        ("a wrong check digit", patient("9990000019"), 422, "INVALID_NHS_NUMBER"),
        ("a number that could be somebody's", patient(OUTSIDE_TEST_RANGE), 422, "INVALID_NHS_NUMBER"),
        ("another person's number", patient(NUMBER), 409, "DUPLICATE_REJECTED"),
        (
            "two numbers at once",
            patient(FREE) | {"identifier": [{"system": NHS, "value": FREE}, {"system": NHS, "value": SECOND}]},
            422,
            "INVALID_IDENTIFIER_VALUE",
        ),
    ],
)
def test_a_number_that_is_not_the_persons_is_refused(
    service: Service, what: str, resource: Json, status: int, code: str
) -> None:
    recorded(service)
    before = service.counts()
    answer = service.post("Patient", resource)
    assert (answer.status_code, code in codes(answer)) == (status, True), what
    assert NUMBER not in answer.text
    assert service.counts() == before


def test_a_number_that_is_corrected_leads_to_the_person_and_the_wrong_one_to_nobody(service: Service) -> None:
    place = created(service, patient(FREE))
    assert changed(service, place, lambda each: each["identifier"][0].update(value=SECOND)).status_code == 200
    assert person_of_record(service, SECOND) == place
    assert created(service, patient(FREE)) != place, "the number is free again"


def test_a_superseded_number_leads_to_the_record_that_superseded_it(service: Service) -> None:
    old, new = created(service, patient(FREE)), created(service, patient(SECOND))
    link = {"link": [{"other": {"reference": new}, "type": "replaced-by"}]}
    assert changed(service, old, lambda each: each.update(link)).status_code == 200
    found = service.get(f"Patient?identifier={NHS}|{FREE}").json()
    assert [each["resource"]["id"] for each in found["entry"] if each["search"]["mode"] == "match"] == [new[8:]]
    assert "superseded" in json.dumps(found)
    answer = service.get(f"Patient/$emergency-view?identifier={NHS}|{FREE}", Accept="application/json")
    assert answer.headers["x-superseded-identifier"] == "true"


def test_sr10_somebody_with_plans_is_neither_deleted_nor_set_aside_for_another_record(service: Service) -> None:
    recorded(service)
    place, other = person_of_record(service), created(service, patient(FREE))
    assert deleted(service, place).status_code == 409
    link = {"link": [{"other": {"reference": other}, "type": "replaced-by"}]}
    assert changed(service, place, lambda each: each.update(link)).status_code == 409
    assert service.view(NUMBER)["cpr"]["headline"] == "DO NOT ATTEMPT CPR"
    assert deleted(service, other).status_code == 204


def test_a_death_on_record_is_shown_beside_the_plan(service: Service) -> None:
    recorded(service)
    changed(service, person_of_record(service), lambda each: each.update(deceasedDateTime="2026-11-20"))
    assert "The record says that this person died on 20 November 2026." in str(service.view(NUMBER)["warnings"])


class TestRestricted:
    """A person whose record is restricted: where they are is in no answer."""

    def test_is_in_no_read_search_version_or_history(self, service: Service) -> None:
        place = created(service, LOCATED)
        assert "Secret Lane" in service.get(place).text
        assert changed(service, place, lambda each: each.update(meta=LABEL)).status_code == 200
        for path in (
            place,
            f"{place}/_history",
            f"{place}/_history/1",
            f"Patient?identifier={NHS}|{FREE}",
            "Patient?family=Hidden",
        ):  # fmt: skip
            answer = service.get(path)
            assert answer.status_code == 200, path
            assert "Hidden" in answer.text, path
            assert not any(secret in answer.text for secret in SECRETS), path
        assert {"R", "REDACTED"} == {each["code"] for each in got(service, place)["meta"]["security"]}

    @pytest.mark.parametrize("query", ["address-postalcode=ZZ99", "address=1%20Secret", "phone=01632%20960587"])
    def test_is_never_found_by_where_they_are(self, service: Service, query: str) -> None:
        place = created(service, LOCATED)
        assert service.get(f"Patient?{query}").json().get("entry")
        changed(service, place, lambda each: each.update(meta=LABEL))
        assert not [each for each in service.get(f"Patient?{query}").json().get("entry", ()) if "Patient" in str(each)]

    def test_keeps_what_was_not_shown_when_somebody_sends_back_what_they_saw(self, service: Service) -> None:
        place = created(service, LOCATED | {"meta": LABEL})
        seen = got(service, place)
        assert "address" not in seen
        assert changed(service, place, lambda each: each.pop("meta")).status_code == 200, "and they stay restricted"
        assert "Secret Lane" not in service.get(place).text
        open_again = {"meta": {"security": [{"system": CONFIDENTIALITY, "code": "U"}]}}
        assert changed(service, place, lambda each: each.update(open_again)).status_code == 200
        shown = got(service, place)
        assert (shown["address"], shown["telecom"]) == (LOCATED["address"], LOCATED["telecom"])
        assert "REDACTED" not in str(shown["meta"])

    def test_is_shown_to_a_crew_without_address_telephone_and_gp_and_the_crew_is_told(self, service: Service) -> None:
        recorded(service, with_answer(RESIDENT, "1.4", {"valueString": "Larkfield House, Secret Lane"}))
        place = person_of_record(service)
        assert service.view(NUMBER)["contacts"]
        changed(service, place, lambda each: each.update(meta=LABEL))
        view = service.view(NUMBER)
        assert (view["person"]["address"], view["person"]["phone"]) == (None, None)
        assert not any(each["phone"] or each["role"] == "GP" for each in view["contacts"])
        assert "restricted" in {each["code"] for each in view["warnings"]}
        assert view["cpr"]["headline"] == "DO NOT ATTEMPT CPR"
        bundle = service.get(f"Patient/$emergency-view?identifier={NHS}|{NUMBER}").text
        assert "telecom" not in bundle
        assert "Secret Lane" not in bundle
        for type in ("QuestionnaireResponse", "CarePlan", "RelatedPerson"):
            answer = service.get(
                f"{type}?patient={place}" if type != "QuestionnaireResponse" else f"{type}?subject={place}"
            )
            assert answer.json()["entry"], type
            assert "Secret Lane" not in answer.text, type
            assert "REDACTED" in answer.text, type


class TestPointers:
    """DocumentReference in the shape of the National Record Locator."""

    def test_every_plan_has_one_to_its_form_and_one_to_its_translation(self, sqlite_url: str) -> None:
        with running(
            sqlite_url, ods_code="X26", practice_setting="1060971000000108|General practice service"
        ) as service:
            plan = recorded(service)
            form, translated = (
                got(service, f"DocumentReference/{plan}-{each}") for each in ("pointer", "pointer-plan")
            )
            found = service.get(f"DocumentReference?subject:identifier={NHS}|{NUMBER}&status=current").json()
            assert {each["resource"]["id"] for each in found["entry"]} == {form["id"], translated["id"]}
            assert [each["code"] for each in form["type"]["coding"]] == ["1382601000000107"]
            assert form["category"] == [{"coding": [{"system": "http://snomed.info/sct", "code": "734163000", "display": "Care plan"}]}]  # fmt: skip
            assert form["subject"]["identifier"] == {"system": NHS, "value": NUMBER}
            assert form["custodian"]["identifier"]["value"] == form["author"][0]["identifier"]["value"] == "X26"
            assert form["content"][0]["attachment"]["url"].endswith(got(service, f"CarePlan/{plan}")["supportingInfo"][0]["reference"])  # fmt: skip
            assert form["content"][0]["format"]["code"] == "urn:nhs-ic:unstructured"
            assert form["context"]["practiceSetting"]["coding"][0]["code"] == "1060971000000108"
            assert "relatesTo" not in form
            (relation,) = translated["relatesTo"]
            assert (relation["code"], relation["target"]["reference"]) == (
                "transforms",
                f"DocumentReference/{plan}-pointer",
            )

    def test_says_that_a_plan_was_ended_and_cannot_be_written_by_a_client(self, service: Service) -> None:
        plan = recorded(service)
        pointer = f"DocumentReference/{plan}-pointer"
        assert "custodian" not in got(service, pointer), "nothing is invented where no organisation is configured"
        assert changed(service, pointer, lambda each: each.update(status="superseded")).status_code == 409
        assert deleted(service, pointer).status_code == 409
        changed(service, f"CarePlan/{plan}", lambda each: each.update(status="revoked"))
        assert got(service, pointer)["status"] == "superseded"
