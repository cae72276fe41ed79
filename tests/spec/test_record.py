"""POST QuestionnaireResponse: docs/reference/interactions/record.md, https://hl7.org/fhir/R4/http.html#create"""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from tests.support.service import FHIR_JSON, NHS, NUMBER, Service, codes, golden, issues, plan_of

RESIDENT = golden("respect-v3", "care-home-resident")
BUSINESS_KEY = {"identifier": {"system": "https://hospital.example/forms", "value": "form-17"}}


def test_a_form_becomes_a_plan_with_everything_that_is_made_from_it(service_on_each: Service) -> None:
    service = service_on_each
    answer = service.record(RESIDENT)
    assert answer.status_code == 201
    assert answer.headers["etag"] == 'W/"1"'
    plan, version = plan_of(answer)
    assert version == 1
    care_plan = service.get(f"CarePlan/{plan}").json()
    assert care_plan["status"] == "active"
    counts = service.counts()
    assert (counts.persons, counts.plans, counts.current_views) == (1, 1, 1)
    assert (counts.audit_events, counts.outbox_events) == (1, 1)
    assert {"Patient", "QuestionnaireResponse", "CarePlan", "Consent", "Flag", "Provenance"} <= set(counts.resources)
    assert service.view()["cpr"]["decision"] == "do-not-attempt"


def test_the_form_is_kept_as_it_was_received(service: Service) -> None:
    text = json.dumps(RESIDENT, indent=3).replace(
        '"authored": "2026-09-14T15:20:00+01:00"', '"authored":"2026-09-14T15:20:00.000+01:00"'
    )
    answer = service.post("QuestionnaireResponse", text.encode())
    address = answer.headers["location"].partition("/fhir/R4/")[2]
    served = service.get(address).text
    _, _, after_meta = served.partition("},")
    assert text.partition('"resourceType": "QuestionnaireResponse",')[2].endswith(after_meta)
    assert '"2026-09-14T15:20:00.000+01:00"' in served


@pytest.mark.parametrize(
    ("prefer", "type"),
    [
        ("return=representation", "QuestionnaireResponse"),
        ("return=OperationOutcome", "OperationOutcome"),
        ("return=minimal", None),
        (None, "QuestionnaireResponse"),
        ("return=everything", "QuestionnaireResponse"),
    ],
)
def test_the_client_says_what_it_prefers_back(service: Service, prefer: str | None, type: str | None) -> None:
    answer = service.record(RESIDENT, **({"Prefer": prefer} if prefer else {}))
    assert answer.status_code == 201
    assert (answer.json()["resourceType"] if answer.content else None) == type


def test_the_ledger_is_in_the_outcome(service: Service) -> None:
    said = issues(service.record(RESIDENT, Prefer="return=OperationOutcome"))
    assert any("equivalent: cpr.decided_on and item 4.3t" in issue["diagnostics"] for issue in said)


class TestTheSameFormTwice:
    def test_with_its_own_identifier_is_recorded_once(self, service_on_each: Service) -> None:
        first = service_on_each.record(RESIDENT | BUSINESS_KEY)
        again = service_on_each.record(RESIDENT | BUSINESS_KEY)
        assert (first.status_code, again.status_code) == (201, 200)
        assert again.headers["location"] == first.headers["location"]
        assert service_on_each.counts().plans == 1

    def test_with_other_content_under_its_identifier_is_refused(self, service: Service) -> None:
        service.record(RESIDENT | BUSINESS_KEY)
        before = service.counts()
        answer = service.record(RESIDENT | BUSINESS_KEY | {"authored": "2026-09-15"})
        assert answer.status_code == 409
        assert "DUPLICATE_REJECTED" in codes(answer)
        assert service.counts() == before

    def test_under_the_clients_condition_is_recorded_once(self, service: Service) -> None:
        condition = "identifier=https://hospital.example/forms|form-18"
        statuses = [service.record(RESIDENT, If_None_Exist=condition).status_code for _ in range(2)]
        assert statuses == [201, 200]
        assert service.counts().plans == 1

    def test_without_any_identifier_is_two_records(self, service: Service) -> None:
        assert [service.record(RESIDENT).status_code for _ in range(2)] == [201, 201]
        assert service.counts().resources["QuestionnaireResponse"] == 2


def later(form: dict[str, Any], day: str) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(form).replace("2026-09-14", day))
    return changed


def test_a_later_form_of_the_same_family_supersedes_the_earlier_one(service_on_each: Service) -> None:
    service = service_on_each
    old, _ = plan_of(service.record(RESIDENT))
    new, _ = plan_of(service.record(later(RESIDENT, "2026-11-02")))
    assert old != new
    assert service.get(f"CarePlan/{old}").json()["status"] == "completed"
    assert service.get(f"CarePlan/{new}").json()["status"] == "active"
    bundle = service.get(f"Patient/$emergency-view?identifier={NHS}|{NUMBER}").json()
    flags = [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Flag"]
    assert flags
    assert all(flag["id"].startswith(new) for flag in flags)
    assert service.view()["cpr"]["decided_on"] == "2026-11-02"


def test_an_older_form_that_arrives_later_does_not_become_current(service: Service) -> None:
    """The day of the decision counts, not that of the upload (SR10)."""
    service.record(later(RESIDENT, "2026-11-02"))
    service.clock.now += timedelta(days=1)
    old, _ = plan_of(service.record(RESIDENT))
    assert service.get(f"CarePlan/{old}").json()["status"] == "completed"
    assert service.view()["cpr"]["decided_on"] == "2026-11-02"


def test_an_imperfect_form_is_recorded_with_warnings(service: Service) -> None:
    """Nobody senior signed it (SR8); a warning never hides a plan (SR14)."""
    unendorsed = {**RESIDENT, "item": [item for item in RESIDENT["item"] if not item["linkId"].startswith("7")]}
    answer = service.record(unendorsed, Prefer="return=OperationOutcome")
    assert answer.status_code == 201
    assert "SR8" in codes(answer)
    assert service.view()["cpr"]["decision"] == "do-not-attempt"


SUBJECTS: dict[str, tuple[dict[str, Any] | None, str]] = {
    "no subject": (None, "QuestionnaireResponse.subject"),
    "another person's number": ({"identifier": {"system": NHS, "value": "9990000026"}}, "QuestionnaireResponse.subject"),
    "a Patient who is not here": ({"reference": "Patient/nobody"}, "QuestionnaireResponse.subject.reference"),
    "a reference to another server": ({"reference": "https://elsewhere.example/Patient/1"}, "QuestionnaireResponse.subject.reference"),
    "an identifier of another system": ({"identifier": {"system": "urn:x", "value": "1"}}, "QuestionnaireResponse.subject.identifier"),
}  # fmt: skip


@pytest.mark.parametrize(("subject", "place"), SUBJECTS.values(), ids=SUBJECTS)
def test_a_form_about_nobody_or_two_people_is_refused(
    service: Service, subject: dict[str, Any] | None, place: str
) -> None:
    form = {**RESIDENT, "subject": subject} if subject else {k: v for k, v in RESIDENT.items() if k != "subject"}
    answer = service.record(form)
    assert answer.status_code == 422
    assert any(place in issue["expression"] for issue in issues(answer))
    assert service.counts().resources == {}


def test_the_subject_may_be_a_reference(service: Service) -> None:
    service.record(RESIDENT)
    patient = service.populated("respect-v3")["subject"]["reference"]
    answer = service.record({**later(RESIDENT, "2026-11-02"), "subject": {"reference": patient}})
    assert answer.status_code == 201
    assert service.counts().persons == 1


def test_a_form_that_another_birth_date_stands_on_is_recorded_and_doubted(service: Service) -> None:
    service.record(RESIDENT)
    other = json.loads(json.dumps(later(RESIDENT, "2026-11-02")).replace("1933-02-11", "1943-02-11"))
    answer = service.record(other, Prefer="return=OperationOutcome")
    assert answer.status_code == 201
    assert any("person.birth_date" in issue.get("expression", ()) for issue in issues(answer))


@pytest.mark.parametrize("status", ["in-progress", "entered-in-error", "stopped"])
def test_an_unfinished_form_is_not_recorded(service: Service, status: str) -> None:
    answer = service.record({**RESIDENT, "status": status})
    assert answer.status_code == 422
    assert service.counts().resources == {}


def test_modified_cpr_for_an_adult_is_refused_with_its_rule(service: Service) -> None:
    text = json.dumps(RESIDENT).replace('"code": "do-not-attempt"', '"code": "modified"')
    answer = service.post("QuestionnaireResponse", text.encode(), Content_Type=FHIR_JSON)
    assert answer.status_code == 422
    assert "SR4" in codes(answer)
    assert service.counts().resources == {}


def test_an_identifier_may_be_longer_than_an_index_takes(service_on_each: Service) -> None:
    named = RESIDENT | {"identifier": {"system": "urn:x", "value": random.Random(1).randbytes(50_000).hex()}}
    assert [service_on_each.record(named).status_code for _ in range(2)] == [201, 200]
