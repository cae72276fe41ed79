"""A plan that a records system changes through its resources: what a crew then sees, and what is refused.

Over real HTTP. Basis: clinical.md section 4, decisions 0060 to 0062. Not clinically assured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.changing import (
    NUMBER,
    RESIDENT,
    Json,
    changed,
    cpr_of,
    deleted,
    got,
    recorded,
    reversed_decision,
    sent,
    warnings,
)
from tests.support.service import BASE, NHS, Service, codes, issues, plan_of, said, with_answer


def test_sr7_a_cpr_decision_reversed_and_not_signed_is_nobodys(service_on_each: Service) -> None:
    """The plan, its alerts, its forms and the crew's view follow at once, and nobody's name stands beside it."""
    service = service_on_each
    plan = recorded(service)
    assert service.view(NUMBER)["cpr"]["headline"] == "DO NOT ATTEMPT CPR"
    assert changed(service, f"CarePlan/{plan}", reversed_decision).status_code == 200
    shown = service.view(NUMBER)["cpr"]
    assert (shown["decision"], shown["headline"], shown["agreed"]) == ("attempt", "CPR DECISION NOT SIGNED", False)
    assert (shown["signed_by"], shown["decided_on"], shown["endorsed_by"]) == (None, None, None)
    assert service.get(f"Flag/{plan}-flag-cpr").status_code == 410
    assert service.get(f"Consent/{plan}-cpr").status_code == 410
    assert said(service.populated("respect-v3", NUMBER))["4.3"][0]["code"] == "attempt"
    narrative = got(service, f"CarePlan/{plan}")["text"]["div"]
    assert "Attempt CPR" in narrative
    assert "Do not attempt" not in narrative


def test_sr7_the_note_that_nobody_signed_cannot_be_taken_out_by_a_client(service: Service) -> None:
    plan = recorded(service)
    changed(service, f"CarePlan/{plan}", reversed_decision)

    def without_note(care_plan: Json) -> None:
        care_plan["extension"] = [each for each in care_plan["extension"] if "amended_since_signed" not in str(each)]

    assert changed(service, f"CarePlan/{plan}", without_note).status_code == 200
    assert service.view(NUMBER)["cpr"]["headline"] == "CPR DECISION NOT SIGNED"
    assert "cpr_amended_since_signed" in str(got(service, f"CarePlan/{plan}"))


def _permits(consent: Json) -> None:
    consent["provision"]["type"] = "permit"


def _ends(resource: Json) -> None:
    resource["status"] = "inactive"


def _says_the_opposite(flag: Json) -> None:
    flag["code"] = {"coding": [{"system": "http://snomed.info/sct", "code": "450475007"}]}


def _yes_beside_do_not(care_plan: Json) -> None:
    cpr_of(care_plan)["code"]["coding"].append({"system": "http://snomed.info/sct", "code": "450475007"})


@pytest.mark.parametrize(
    ("what", "path", "change"),
    [
        ("the Consent permits what the plan says not to attempt", "Consent/{}-cpr", _permits),
        ("the Consent of the decision has ended, and the plan stands", "Consent/{}-cpr", _ends),
        ("the alert says the opposite of the plan", "Flag/{}-flag-cpr", _says_the_opposite),
        ("a code that says yes stands beside doNotPerform", "CarePlan/{}", _yes_beside_do_not),
    ],
)
def test_sr2_records_that_contradict_the_plan_are_kept_flagged_and_shown(
    service: Service, what: str, path: str, change: Callable[[Json], None]
) -> None:
    plan = recorded(service)
    answer = changed(service, path.format(plan), change)
    assert answer.status_code == 200, answer.text
    assert any(each["code"] == "conflict" and each["severity"] == "warning" for each in issues(answer)), what
    view = service.view(NUMBER)
    assert "conflict-record-cpr" in warnings(service), what
    assert (view["cpr"]["headline"], view["cpr"]["agreed"]) == ("RECORDS DISAGREE ABOUT CPR", False)
    assert view["cpr"]["decision"] == "do-not-attempt", "what the signed plan says is neither changed nor hidden"
    assert view["cpr"]["signed_by"] is not None


def test_sr2_a_contradiction_ends_when_the_records_say_one_thing_again(service: Service) -> None:
    plan = recorded(service)
    before = got(service, f"Consent/{plan}-cpr")
    changed(service, f"Consent/{plan}-cpr", _permits)
    assert sent(service, before).status_code == 200
    view = service.view(NUMBER)
    assert (view["cpr"]["headline"], "conflict-record-cpr" in warnings(service)) == ("DO NOT ATTEMPT CPR", False)


def _coded_otherwise(care_plan: Json) -> None:
    cpr_of(care_plan)["code"] = {"coding": [{"system": "http://snomed.info/sct", "code": "450476008"}]}


def _no_do_not_perform(care_plan: Json) -> None:
    del cpr_of(care_plan)["doNotPerform"]


def _to(**elements: Any) -> Callable[[Json], None]:
    return lambda resource: resource.update(elements)


def _activity_over(care_plan: Json) -> None:
    cpr_of(care_plan)["status"] = "stopped"


def _without(path: str) -> Callable[[Json], None]:
    def change(resource: Json) -> None:
        resource["extension"] = [each for each in resource["extension"] if path not in str(each)]

    return change


REFUSED: dict[str, tuple[str, Callable[[Json], None], str | None]] = {
    "a CPR decision that nobody could read any more": ("CarePlan/{}", _coded_otherwise, "SR17"),
    "a decision that says neither yes nor no": ("CarePlan/{}", _no_do_not_perform, None),
    "a decision ended by its activity's status": ("CarePlan/{}", _activity_over, "SR2"),
    "a plan that may stand, or not": ("CarePlan/{}", _to(status="on-hold"), "SR10"),
    "a plan that ends on a day to come": ("CarePlan/{}", _to(period={"start": "2026-01-05", "end": "2030-01-01"}), "SR9"),
    "a plan of another person": ("CarePlan/{}", _to(subject={"reference": "Patient/another"}), None),
    "another form than the one that was signed": ("CarePlan/{}", _without("record.form"), "SR7"),
    "a goal that says nothing, and the plan still says it": ("Goal/{}-focus", _to(lifecycleStatus="cancelled"), "SR17"),
    "words changed beside a code that was not": (
        "Goal/{}-focus",
        lambda goal: goal["description"].update(text="Prioritise extending life"),
        "SR2",
    ),
    "a contact whose name stands where nobody reads it": (
        "RelatedPerson/{}-contact-1",
        lambda person: person.update(name=[{"family": "Nowhere", "given": ["Ann"]}]),
        "SR17",
    ),
    "an e-mail address where the telephone is read": (
        "RelatedPerson/{}-contact-primary",
        lambda person: person["telecom"].insert(0, {"system": "email", "value": "a@example.org"}),
        "SR17",
    ),
    "a signature": ("Provenance/{}-provenance", lambda made: made["agent"][0]["who"].update(display="Dr Else"), "SR7"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "change", "rule"), REFUSED.values(), ids=REFUSED)
def test_a_change_that_would_be_lost_misread_or_unsafe_is_refused_and_nothing_is_stored(
    service: Service, path: str, change: Callable[[Json], None], rule: str | None
) -> None:
    plan = recorded(service)
    before, view = service.counts(), service.view(NUMBER)
    answer = changed(service, path.format(plan), change)
    assert answer.status_code in (409, 422), answer.text
    assert rule is None or rule in codes(answer), answer.text
    assert (service.counts(), service.view(NUMBER)) == (before, view)


def test_every_reason_is_given_at_once(service: Service) -> None:
    plan = recorded(service)

    def change(care_plan: Json) -> None:
        care_plan["status"] = "on-hold"
        care_plan["intent"] = "order"
        _no_do_not_perform(care_plan)

    answer = changed(service, f"CarePlan/{plan}", change)
    places = {place for issue in issues(answer) for place in issue.get("expression", ())}
    assert {"CarePlan.status", "CarePlan.intent"} <= places
    assert any("activity" in place for place in places)


@pytest.mark.parametrize("status", ["revoked", "completed"])
def test_sr10_a_plan_that_is_ended_is_cancelled_in_every_view(service: Service, status: str) -> None:
    plan = recorded(service)
    answer = changed(service, f"CarePlan/{plan}", _to(status=status))
    assert answer.status_code == 200, answer.text
    view = service.view(NUMBER)
    assert view["cpr"]["headline"] == "NO CPR DECISION IN FORCE"
    assert "cancelled" in warnings(service)
    assert view["validity"]["state"] == "cancelled"
    assert got(service, f"CarePlan/{plan}")["status"] == status, "as it was sent"
    assert got(service, f"Goal/{plan}-focus")["lifecycleStatus"] == "cancelled"
    assert service.get(f"Flag/{plan}-flag-cpr").status_code == 410
    assert changed(service, f"CarePlan/{plan}", _to(status="active")).status_code == 422, (
        "only a signed form brings it back"
    )


def test_sr10_a_plan_entered_in_error_is_not_shown_and_stays_on_record(service: Service) -> None:
    plan = recorded(service)
    assert changed(service, f"CarePlan/{plan}", _to(status="entered-in-error")).status_code == 200
    assert warnings(service) == {"no-plan-recorded"}
    assert plan not in service.get(f"Patient/$emergency-view?identifier={NHS}|{NUMBER}").text
    assert service.get(f"CarePlan/{plan}/_history/1").status_code == 200
    assert changed(service, f"CarePlan/{plan}", _to(status="active")).status_code == 422


DELETIONS: dict[str, str] = {
    "a plan is cancelled, and not deleted": "CarePlan/{}",
    "an alert follows the plan": "Flag/{}-flag-cpr",
    "the Consent of the CPR decision follows the plan": "Consent/{}-cpr",
    "who signed stays": "Provenance/{}-provenance",
    "the first of two contacts is not confused with the second": "RelatedPerson/{}-contact-1",
}


@pytest.mark.parametrize("path", DELETIONS.values(), ids=DELETIONS)
def test_what_a_deletion_would_hide_is_refused_and_says_what_to_do(service: Service, path: str) -> None:
    plan = recorded(service)
    view = service.view(NUMBER)
    answer = deleted(service, path.format(plan))
    assert answer.status_code == 409, answer.text
    assert service.view(NUMBER) == view
    assert service.get(path.format(plan)).status_code == 200


def test_a_part_that_is_deleted_is_taken_out_of_the_plan_and_of_every_form(service: Service) -> None:
    plan = recorded(service)
    assert "3.2" in said(service.populated("respect-v3", NUMBER))
    assert deleted(service, f"Goal/{plan}-values").status_code == 204
    assert service.get(f"Goal/{plan}-values").status_code == 410
    assert "3.2" not in said(service.populated("respect-v3", NUMBER))
    assert f"Goal/{plan}-values" not in str(got(service, f"CarePlan/{plan}"))
    assert "changed-since-signed" in warnings(service)


FLAG = {
    "resourceType": "Flag",
    "status": "active",
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "450476008"}]},
    "subject": {"identifier": {"system": NHS, "value": NUMBER}},
}


def test_sr2_an_alert_that_came_by_itself_hides_no_plan_and_is_not_hidden(service: Service) -> None:
    """A DNACPR Flag that nobody's form is behind: the crew is told that it is there, and nothing is inferred."""
    recorded(service)
    answer = service.post("Flag", FLAG, Prefer="return=OperationOutcome")
    assert answer.status_code == 201, answer.text
    assert "SR2" in codes(answer)
    view = service.view(NUMBER)
    assert view["cpr"]["headline"] == "DO NOT ATTEMPT CPR"
    assert "other-record-cpr" in warnings(service)


def test_sr3_without_a_plan_an_alert_is_no_decision_and_the_presumption_says_to_read_it(service: Service) -> None:
    recorded(service)
    plan = next(each["id"] for each in _plans(service))
    changed(service, f"CarePlan/{plan}", _to(status="entered-in-error"))
    service.post("Flag", FLAG)
    view = service.view(NUMBER)
    assert view["cpr"]["decision"] == "no-decision-recorded"
    assert "another record here speaks of one" in view["cpr"]["explanation"]
    assert "other-record-cpr" in warnings(service)


def _plans(service: Service) -> list[Json]:
    with service.store.read() as reading:
        found = reading.person_by_identifier(NHS, NUMBER)
        assert found is not None
        return [{"id": row.plan_id} for row in reading.plans_of(found.person)]


def test_sr5_an_advance_decision_is_withdrawn_and_never_deleted(service: Service) -> None:
    recorded(service)
    refusal: Json = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "adr"}]},
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentcategorycodes", "code": "acd"}]}],
        "patient": {"identifier": {"system": NHS, "value": NUMBER}},
        "policyRule": {"text": "Mental Capacity Act 2005"},
        "provision": {"type": "deny", "code": [{"text": "Ventilation"}]},
    }  # fmt: skip
    location = service.post("Consent", refusal).headers["location"].partition("/R4/")[2].partition("/_history")[0]
    assert deleted(service, location).status_code == 409
    assert changed(service, location, lambda each: each.update(category=[{"text": "other"}])).status_code == 422
    assert changed(service, location, _to(status="inactive")).status_code == 200
    (shown,) = service.view(NUMBER)["legal"]["advance_decisions"]
    assert shown["status"] == "retracted"


def test_who_changed_it_and_when_is_a_provenance_of_its_own(service: Service) -> None:
    plan = recorded(service)
    changed(service, f"CarePlan/{plan}", reversed_decision)
    with service.store.read() as reading:
        found = reading.person_by_identifier(NHS, NUMBER)
        assert found is not None
        made = [each.text or b"" for each in reading.resources_of(found.person, "Provenance")]
    (own,) = [text for text in made if f"CarePlan/{plan}/_history/2".encode() in text]
    assert f'"role":"revision","what":{{"reference":"CarePlan/{plan}/_history/1"}}'.encode() in own
    signed = got(service, f"Provenance/{plan}-provenance")
    assert RESIDENT["resourceType"] in str(signed["entity"])


def test_sr10_a_patch_of_the_plan_is_a_change_of_it_too(service: Service) -> None:
    plan = recorded(service)
    index = next(
        at
        for at, each in enumerate(got(service, f"CarePlan/{plan}")["activity"])
        if each["detail"] == cpr_of(got(service, f"CarePlan/{plan}"))
    )
    operations = [{"op": "replace", "path": f"/activity/{index}/detail/doNotPerform", "value": False}]
    answer = service.client.patch(
        f"{BASE}/CarePlan/{plan}", json=operations, headers={"Content-Type": "application/json-patch+json"}
    )
    assert answer.status_code == 200, answer.text
    assert service.view(NUMBER)["cpr"]["headline"] == "CPR DECISION NOT SIGNED"


def test_an_agreement_about_something_else_is_kept_and_says_nothing_to_a_crew(service: Service) -> None:
    """Consent to share a record is not an advance decision (SR5)."""
    recorded(service)
    view = service.view(NUMBER)
    sharing: Json = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]
        },
        "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "882921000000109"}]}],
        "patient": {"identifier": {"system": NHS, "value": NUMBER}},
        "policyRule": {"text": "As explained"},
    }
    assert service.post("Consent", sharing).status_code == 201
    assert service.view(NUMBER) == view


def test_sr10_what_a_plan_entered_in_error_had_replaced_is_in_force_again(service_on_each: Service) -> None:
    service = service_on_each
    first = recorded(service)
    signed = with_answer(service.populated("respect-v3", NUMBER), "4.3s", {"valueString": "T. Newman"}, group="4")
    answer = service.record(with_answer(signed, "4.3t", {"valueDate": "2026-11-20"}, group="4"))
    assert answer.status_code == 201, answer.text
    second = plan_of(answer)[0]
    assert (second != first, got(service, f"CarePlan/{first}")["status"]) == (True, "completed")
    assert changed(service, f"CarePlan/{second}", _to(status="entered-in-error")).status_code == 200
    assert got(service, f"CarePlan/{first}")["status"] == "active"
    assert got(service, f"DocumentReference/{first}-pointer")["status"] == "current"
    assert service.view(NUMBER)["cpr"]["headline"] == "DO NOT ATTEMPT CPR"
    assert second not in service.get(f"Patient/$emergency-view?identifier={NHS}|{NUMBER}").text
