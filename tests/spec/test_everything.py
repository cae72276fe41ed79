"""$everything: a person's whole record, and a plan with all that was made from it. docs/reference/interactions/everything.md"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.support.service import Service, golden, issues, plan_of

RESIDENT = golden("respect-v3", "care-home-resident")


def entries(answer: httpx.Response, mode: str | None = None) -> list[str]:
    """What the Bundle holds, in its order."""
    assert answer.status_code == 200, answer.text
    bundle = answer.json()
    assert bundle["type"] == "searchset"
    found = [each for each in bundle.get("entry", ()) if mode in (None, each["search"]["mode"])]
    assert all(each["fullUrl"].endswith(f"{each['resource']['resourceType']}/{each['resource']['id']}") for each in found)  # fmt: skip
    return [f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in found]


def link(answer: httpx.Response, relation: str) -> str | None:
    return next((str(each["url"]) for each in answer.json()["link"] if each["relation"] == relation), None)


def recorded(service: Service, form: dict[str, Any] = RESIDENT) -> tuple[str, str]:
    """The Patient's and the CarePlan's ids."""
    answer = service.record(form)
    assert answer.status_code == 201, answer.text
    plan, _ = plan_of(answer)
    with service.store.read() as reading:
        care_plan = reading.resource("CarePlan", plan)
        assert care_plan is not None
        return str(care_plan.person), plan


def compartment(service: Service, person: str) -> set[str]:
    with service.store.read() as reading:
        return {f"{each.type}/{each.id}" for each in reading.resources_of(person)}


def put(service: Service, type: str, **elements: Any) -> str:
    answer = service.post(type, {"resourceType": type, **elements})
    assert answer.status_code == 201, answer.text
    return f"{type}/{answer.json()['id']}"


class TestOfAPatient:
    def test_the_patient_first_then_all_that_is_theirs_and_what_it_refers_to(self, service_on_each: Service) -> None:
        service = service_on_each
        person, _ = recorded(service)
        home = put(service, "Organization", name="Larkfield House")
        nurse = put(service, "Practitioner", name=[{"text": "Sam Example"}])
        role = put(service, "PractitionerRole", practitioner={"reference": nurse}, organization={"reference": home})
        code = {"text": "Frailty"}
        seen = put(service, "Observation", status="final", code=code, subject={"reference": f"Patient/{person}"}, performer=[{"reference": role}])  # fmt: skip
        stranger = put(service, "Patient", name=[{"text": "Somebody Else"}])
        answer = service.get(f"Patient/{person}/$everything")
        matches = entries(answer, "match")
        assert matches[0] == f"Patient/{person}"
        assert set(matches) == compartment(service, person)
        assert len(matches) == len(set(matches))
        assert seen in matches
        assert answer.json()["total"] == len(matches)
        assert set(entries(answer, "include")) == {role, nurse, home, "Questionnaire/respect-v3"}
        assert stranger not in entries(answer)

    def test_byte_for_byte_as_stored(self, service: Service) -> None:
        person, _ = recorded(service)
        with service.store.read() as reading:
            texts = [each.text or b"" for each in reading.resources_of(person)]
        content = service.get(f"Patient/{person}/$everything").content
        assert all(text in content for text in texts)

    def test_pages_hold_everything_once_while_others_write(self, service_on_each: Service) -> None:
        service = service_on_each
        person, _ = recorded(service)
        wanted = compartment(service, person)
        answer, found = service.get(f"Patient/{person}/$everything?_count=3"), []
        while True:
            assert len(entries(answer, "match")) <= 3
            found += entries(answer, "match")
            if (following := link(answer, "next")) is None:
                break
            if len(found) == 6:
                subject = {"reference": f"Patient/{person}"}
                put(service, "Communication", status="completed", subject=subject)
                put(service, "Task", status="requested", intent="plan", **{"for": subject})
            answer = service.client.get(following)
        assert len(found) == len(set(found))
        assert wanted <= set(found)

    def test_of_types_and_since_an_instant(self, service: Service) -> None:
        person, _ = recorded(service)
        answer = service.get(f"Patient/{person}/$everything?_type=CarePlan,Consent&_type=Flag")
        assert {name.partition("/")[0] for name in entries(answer)} == {"CarePlan", "Consent", "Flag"}
        since = service.clock.now.isoformat().replace("+00:00", "Z")
        assert entries(service.get(f"Patient/{person}/$everything?_since={since}")) == []
        service.clock.now += timedelta(minutes=1)
        made = put(service, "Communication", status="completed", subject={"reference": f"Patient/{person}"})
        assert entries(service.get(f"Patient/{person}/$everything?_since={since}")) == [made]

    def test_of_care_within_dates_and_of_what_bears_none(self, service_on_each: Service) -> None:
        service = service_on_each
        person, _ = recorded(service)
        about = {"status": "final", "code": {"text": "Frailty"}, "subject": {"reference": f"Patient/{person}"}}
        early, late = (
            put(service, "Observation", **about, effectiveDateTime=day) for day in ("2020-05-01", "2026-10-01")
        )
        undated = put(service, "Observation", **about)
        for query, there, not_there in (
            ("start=2021", {late, undated, f"Patient/{person}"}, {early}),
            ("end=2021-01", {early, undated, f"Patient/{person}"}, {late}),
            ("start=2020-05-01&end=2020-05-01", {early, undated}, {late}),
        ):
            found = set(entries(service.get(f"Patient/{person}/$everything?{query}"), "match"))
            assert there <= found, query
            assert not not_there & found, query

    def test_by_parameters_in_a_body_too(self, service: Service) -> None:
        person, plan = recorded(service)
        body = {"resourceType": "Parameters", "parameter": [{"name": "_type", "valueCode": "CarePlan"}, {"name": "_count", "valueInteger": 1}]}  # fmt: skip
        assert entries(service.post(f"Patient/{person}/$everything", body)) == [f"CarePlan/{plan}"]

    def test_without_what_was_deleted(self, service: Service) -> None:
        person, _ = recorded(service)
        with service.store.write() as writing:
            flag = next(each for each in writing.resources_of(person, "Flag"))
            writing.delete("Flag", flag.id, flag.version_id + 1, service.clock.now)
        assert f"Flag/{flag.id}" not in entries(service.get(f"Patient/{person}/$everything"))

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("nobody/$everything", 404),
            ("{person}/$everything?_count=0", 400),
            ("{person}/$everything?_count=1000000000", 400),
            ("{person}/$everything?_type=Elephant", 400),
            ("{person}/$everything?_since=yesterday", 400),
            ("{person}/$everything?start=never", 400),
            ("{person}/$everything?_cursor=../..", 400),
            ("{person}/$everything?colour=red", 400),
        ],
    )
    def test_that_makes_no_sense_is_refused(self, service: Service, query: str, status: int) -> None:
        person, _ = recorded(service)
        answer = service.get(f"Patient/{query.format(person=person)}")
        assert answer.status_code == status
        assert issues(answer)


class TestOfAPlan:
    def test_the_plan_what_was_made_of_it_whom_it_is_about_and_the_form(self, service_on_each: Service) -> None:
        service = service_on_each
        person, plan = recorded(service)
        other = json.loads(json.dumps(golden("dnacpr-rcuk-2015", "care-home-resident")))
        service.clock.now += timedelta(days=1)
        _, second = recorded(service, other)
        answer = service.get(f"CarePlan/{plan}/$everything")
        matches, beside = entries(answer, "match"), entries(answer, "include")
        assert matches[0] == f"CarePlan/{plan}"
        assert all(name.partition("/")[2].startswith(plan) for name in matches)
        assert f"Provenance/{plan}-provenance" in matches
        assert f"Patient/{person}" in beside
        assert any(name.startswith("QuestionnaireResponse/") for name in beside)
        assert not any(second in name for name in entries(answer))

    def test_of_none_is_not_found(self, service: Service) -> None:
        assert service.get("CarePlan/nothing/$everything").status_code == 404


def test_of_a_restricted_person_neither_the_place_nor_what_would_tell_it(service_on_each: Service) -> None:
    service = service_on_each
    practice = put(service, "Organization", name="Riverside Practice")
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    person = put(service, "Patient", meta={"security": [label]}, name=[{"text": "Somebody"}], address=[{"text": "4 Mill Lane"}], managingOrganization={"reference": practice}, generalPractitioner=[{"reference": practice}])  # fmt: skip
    answer = service.get(f"{person}/$everything")
    assert entries(answer) == [person]
    assert "Mill Lane" not in answer.text
    assert practice not in answer.text
