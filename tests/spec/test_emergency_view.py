"""Patient/$emergency-view: docs/reference/interactions/emergency-view.md"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from acpshare.api.contract.examples import ADVANCE_DECISION, BY_NUMBER
from acpshare.interactions.emergency_view import renew_all
from tests.support.service import BASE, NHS, NUMBER, OUTSIDE_TEST_RANGE, Service, codes, golden, issues

RESIDENT = golden("respect-v3", "care-home-resident")
ADDRESS = "Patient/$emergency-view"
BY_QUERY = f"{ADDRESS}?identifier={NHS}|{NUMBER}"


@pytest.mark.parametrize(
    ("accept", "content_type", "has"),
    [
        ("application/fhir+json", "application/fhir+json", '"resourceType":"Bundle"'),
        ("application/json", "application/json", '"decision":"do-not-attempt"'),
        ("text/html", "text/html", "<!doctype html>"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html", "<!doctype html>"),
        ("*/*", "application/fhir+json", '"resourceType":"Bundle"'),
    ],
)
def test_it_comes_in_three_formats(service: Service, accept: str, content_type: str, has: str) -> None:
    service.record(RESIDENT)
    for answer in (service.get(BY_QUERY, Accept=accept), service.post(ADDRESS, BY_NUMBER, Accept=accept)):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(content_type)
        assert answer.headers["cache-control"] == "no-store"
        assert has.lower() in answer.text.lower()


def test_the_bundle_holds_the_person_the_plan_and_what_was_made_from_it(service_on_each: Service) -> None:
    service = service_on_each
    service.record(RESIDENT)
    bundle = service.get(BY_QUERY).json()
    types = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert types[:3] == ["OperationOutcome", "Patient", "CarePlan"]
    assert {"Consent", "Flag"} <= set(types)
    sources = [each["reference"] for each in bundle["entry"][2]["resource"]["supportingInfo"]]
    assert sources[0].startswith("QuestionnaireResponse/")


def test_nobody_recorded_is_an_answer_and_not_an_error(service_on_each: Service) -> None:
    answer = service_on_each.get(BY_QUERY, Accept="application/json")
    assert answer.status_code == 200
    view = answer.json()
    assert view["cpr"]["decision"] == "no-decision-recorded"
    assert view["warnings"][0]["code"] == "no-plan-recorded"
    bundle = service_on_each.get(BY_QUERY).json()
    assert bundle["entry"][0]["resource"]["issue"][0]["code"] == "not-found"


WRONG = {
    "a wrong check digit": f"{NHS}|9990000019",
    "repeated digits": f"{NHS}|9999999999",
    "too short": f"{NHS}|999000001",
    "letters": f"{NHS}|99900000I8",
    "digits that are not ASCII": f"{NHS}|" + "".join(chr(ord(digit) + 0xFEE0) for digit in NUMBER),
    "a Scottish CHI number": f"{NHS}|0101000009",
    "a real number, in the demo": f"{NHS}|{OUTSIDE_TEST_RANGE}",
    "nothing": f"{NHS}|",
}


@pytest.mark.parametrize("identifier", WRONG.values(), ids=WRONG)
def test_a_number_that_can_be_nobodys_is_refused(service: Service, identifier: str) -> None:
    system, _, value = identifier.partition("|")
    body = {
        "resourceType": "Parameters",
        "parameter": [{"name": "identifier", "valueIdentifier": {"system": system, "value": value}}],
    }
    for answer in (
        service.client.get(f"{BASE}/{ADDRESS}", params={"identifier": identifier}),
        service.post(ADDRESS, body),
    ):
        assert answer.status_code == 400, answer.text
        assert codes(answer) == {"INVALID_NHS_NUMBER"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "MISSING_VALUE"),
        ("?identifier=9990000018", "INVALID_IDENTIFIER_SYSTEM"),
        ("?identifier=urn:x|9990000018", "INVALID_IDENTIFIER_SYSTEM"),
        (f"?identifier={NHS}|{NUMBER}&identifier={NHS}|9990000026", "INVALID_VALUE"),
        (f"?identifier={NHS}|{NUMBER}&name=x", "ADDITIONAL_PROPERTIES"),
    ],
)
def test_a_question_that_names_nobody_or_two_is_refused(service: Service, query: str, code: str) -> None:
    answer = service.get(ADDRESS + query)
    assert answer.status_code == 400
    assert code in codes(answer)


def test_one_parameter_with_two_values_names_two_people_and_is_refused(service: Service) -> None:
    service.record(RESIDENT)
    two = {"valueIdentifier": {"system": NHS, "value": NUMBER}, "valueString": f"{NHS}|9990000026"}
    body = {"resourceType": "Parameters", "parameter": [{"name": "identifier", **two}]}
    for address in (ADDRESS, "Questionnaire/tep-devon/$populate"):
        assert service.post(address, body).status_code == 400


def test_a_system_is_compared_letter_by_letter_whether_or_not_the_person_is_known(service: Service) -> None:
    asked = f"{ADDRESS}?identifier={NHS.replace('/Id/', '/id/')}|{NUMBER}"
    assert service.get(asked).status_code == 400
    service.record(RESIDENT)
    assert service.get(asked).status_code == 400


def test_a_view_changes_by_itself_on_the_day_that_a_review_falls_due(service_on_each: Service) -> None:
    service = service_on_each
    service.clock.now = datetime(2026, 1, 20, 12, tzinfo=UTC)
    form = golden("dnacpr-rcuk-2015", "hospital-seven-days")
    number = form["subject"]["identifier"]["value"]
    assert service.record(form).status_code == 201
    due = service.view(number)["validity"]["review"]
    assert service.view(number)["validity"]["state"] == "current"
    service.clock.now = datetime.fromisoformat(f"{due}T23:30:00+00:00")
    assert service.view(number)["validity"]["state"] == "current"
    service.clock.now += timedelta(hours=1)
    for _ in range(2):
        assert service.view(number)["validity"]["state"] == "review-overdue"
    assert service.logs.getvalue().count('"view.renewed"') == 1


def test_a_superseded_number_leads_to_the_person_and_says_so(service_on_each: Service) -> None:
    service = service_on_each
    service.record(RESIDENT)
    with service.store.write() as writing:
        found = writing.person_by_identifier(NHS, NUMBER)
        assert found is not None
        writing.put_identifier(found.person, NHS, "9990000042", replaced_by=NUMBER)
    answer = service.get(f"{ADDRESS}?identifier={NHS}|9990000042", Accept="application/json")
    assert answer.headers["x-superseded-identifier"] == "true"
    assert answer.json()["person"]["nhs_number"] == NUMBER


def test_every_view_can_be_made_anew(service_on_each: Service) -> None:
    """For a release that draws views differently from those that are stored."""
    service = service_on_each
    service.record(RESIDENT)
    fresh = service.view()
    with service.store.write() as writing:
        stored = writing.current_view(NHS, NUMBER)
        assert stored is not None
        writing.put_current_view(
            replace(stored, view=stored.view[:-1] + b',"old":1}', bundle=b'{"resourceType":"Bundle"}')
        )
    assert service.get(BY_QUERY).json() == {"resourceType": "Bundle"}
    assert list(renew_all(service.components)) == [(1, 1)]
    assert service.view() == fresh


class TestAdvanceDecision:
    """POST Consent: docs/reference/interactions/consent.md"""

    def test_joins_what_a_crew_sees(self, service_on_each: Service) -> None:
        service = service_on_each
        service.record(RESIDENT)
        answer = service.post("Consent", ADVANCE_DECISION)
        assert answer.status_code == 201, answer.text
        (shown,) = service.view()["legal"]["advance_decisions"]
        assert shown["refuses"] == "Artificial ventilation, if there is no prospect of recovery"
        assert shown["location"] == "Original in the blue folder in the hall"
        assert service.get(answer.headers["location"].partition("/R4/")[2]).status_code == 200

    def test_is_shown_though_there_is_no_plan(self, service: Service) -> None:
        assert service.post("Consent", ADVANCE_DECISION).status_code == 201
        view = service.view()
        assert len(view["legal"]["advance_decisions"]) == 1
        assert view["cpr"]["decision"] == "no-decision-recorded"

    def test_outlives_a_later_form(self, service: Service) -> None:
        service.post("Consent", ADVANCE_DECISION)
        service.record(RESIDENT)
        assert len(service.view()["legal"]["advance_decisions"]) == 1

    def test_sent_twice_with_its_identifier_is_recorded_once(self, service: Service) -> None:
        named = ADVANCE_DECISION | {"identifier": [{"system": "urn:x", "value": "1"}]}
        assert [service.post("Consent", named).status_code for _ in range(2)] == [201, 200]
        assert service.counts().resources["Consent"] == 1

    @pytest.mark.parametrize(
        "spoilt",
        [
            {
                "scope": {
                    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "research"}]
                }
            },
            {"provision": {"type": "permit"}},
            {"patient": {"identifier": {"system": NHS, "value": "9990000019"}}},
            {"status": "binding"},
        ],
    )
    def test_that_says_otherwise_than_it_must_is_refused(self, service: Service, spoilt: dict[str, object]) -> None:
        answer = service.post("Consent", ADVANCE_DECISION | spoilt)
        assert answer.status_code == 422
        assert issues(answer)
        assert service.counts().resources == {}
