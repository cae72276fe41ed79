"""A hostile but plausible records system against the record of people: whom a number leads to, and what stands beside.

Over real HTTP. Basis: clinical.md section 4 (SR2, SR3, SR10, SR14, SR18), decisions 0060 to 0063. Not clinically
assured.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from acpshare.plan.codec import load_plan
from tests.support.changing import NUMBER, RESIDENT, Json, changed, deleted, got, recorded, sent, warnings
from tests.support.service import BASE, NHS, Service, codes, golden, issues, with_answer

SNOMED = "http://snomed.info/sct"
NOT_FOR_CPR = {"coding": [{"system": SNOMED, "code": "450476008"}]}
RESTRICTED = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
OTHERS = ("9990000026", "9990000034", "9990000042")


def by_number(number: str) -> Json:
    return {"identifier": {"system": NHS, "value": number}}


def patient(service: Service, number: str) -> str:
    """The id of a new Patient."""
    answer = service.post("Patient", {"resourceType": "Patient", "identifier": [{"system": NHS, "value": number}]})
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].partition("/Patient/")[2].partition("/")[0]


def person(service: Service, number: str = NUMBER) -> str:
    with service.store.read() as reading:
        found = reading.person_by_identifier(NHS, number)
    assert found is not None
    return found.person


def form_of(number: str) -> Json:
    """The same form, of somebody else."""
    was, now = (f"{each[:3]} {each[3:6]} {each[6:]}" for each in (NUMBER, number))
    form: Json = json.loads(json.dumps(RESIDENT).replace(NUMBER, number).replace(was, now))
    return form


BESIDE: dict[str, Json] = {
    "an alert": {"resourceType": "Flag", "status": "active", "code": NOT_FOR_CPR},
    "an alert in words only": {"resourceType": "Flag", "status": "active", "code": {"text": "DNACPR in place"}},
    "an order": {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "code": NOT_FOR_CPR},
    "a problem": {"resourceType": "Condition", "code": NOT_FOR_CPR},
    "an observation": {"resourceType": "Observation", "status": "final", "code": NOT_FOR_CPR},
    "an answer of an American order": {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "CPR order"},
        "valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": "LA33471-6"}]},
    },
    "a scanned form": {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": {"coding": [{"system": SNOMED, "code": "1382601000000107"}]},
        "content": [{"attachment": {"title": "Scan"}}],
    },
    "a care plan": {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "activity": [{"detail": {"status": "not-started", "code": {"coding": [{"system": SNOMED, "code": "89666000"}]}}}],
    },
}  # fmt: skip


@pytest.mark.parametrize("with_plan", [True, False], ids=["beside a plan", "without a plan"])
def test_sr2_sr3_what_came_by_itself_is_announced_at_once_believed_by_nobody_and_leaves_when_it_goes(
    service: Service, with_plan: bool
) -> None:
    whose = NUMBER if with_plan else OTHERS[0]
    if with_plan:
        recorded(service)
    else:
        patient(service, whose)
    before = service.view(whose)
    for what, resource in BESIDE.items():
        answer = service.post(resource["resourceType"], resource | {"subject": by_number(whose)})
        assert answer.status_code == 201, (what, answer.text)
        view = service.view(whose)
        codes_now = {each["code"] for each in view["warnings"]}
        assert codes_now & {"other-record-cpr", "other-record"}, what
        assert view["cpr"]["decision"] == before["cpr"]["decision"], what
        assert view["cpr"]["signed_by"] == before["cpr"]["signed_by"], what
        made = answer.headers["location"].partition("/R4/")[2].partition("/_history")[0]
        if with_plan:
            assert made in str(service.populated("respect-v3", whose)), what
        assert deleted(service, made).status_code == 204, what
        assert service.view(whose) == before, what


def test_an_id_that_looks_like_a_plans_hides_nothing_and_takes_nothing(service: Service) -> None:
    """Made from a plan are few types; of those the id is kept for the plan, whoever asks for it."""
    plan = recorded(service)
    neighbour = {"reference": f"Patient/{patient(service, OTHERS[0])}"}
    own = {"reference": f"Patient/{person(service)}"}
    for resource in (
        {"resourceType": "CarePlan", "id": f"{plan}-cpr", "status": "active", "intent": "plan", "subject": neighbour},
        {"resourceType": "RelatedPerson", "id": f"{plan}-contact-3", "patient": neighbour},
        {"resourceType": "PractitionerRole", "id": f"{plan}-gp"},
        {"resourceType": "Communication", "id": f"{plan}-conversation-2", "status": "completed"},
        {"resourceType": "Flag", "id": f"{plan}-x", "status": "active", "code": NOT_FOR_CPR, "subject": own},
    ):
        assert sent(service, resource).status_code == 409, resource["id"]
    order = BESIDE["an order"] | {"id": f"{plan}-cpr", "subject": own}
    assert sent(service, order).status_code == 201
    assert "other-record-cpr" in warnings(service)


def test_a_resource_that_is_of_one_person_by_reference_and_of_another_by_number_is_refused(service: Service) -> None:
    """A search by either would find it: the decision of one person in the record of the other."""
    plan = recorded(service)
    other = patient(service, OTHERS[0])
    both = by_number(NUMBER) | {"reference": f"Patient/{other}"}
    for what, resource in BESIDE.items():
        answer = service.post(resource["resourceType"], resource | {"subject": both})
        assert (answer.status_code, len(issues(answer))) == (422, 1), what
    answer = changed(service, f"CarePlan/{plan}", lambda each: each["subject"].update(by_number(OTHERS[0])))
    assert answer.status_code == 422
    for number in (NUMBER, OTHERS[0]):
        assert "other-record-cpr" not in warnings(service, number)


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_sr18_one_bundle_states_a_decision_of_one_person_however_it_is_written(service: Service, kind: str) -> None:
    people = [patient(service, number) for number in OTHERS]
    for what, resource in BESIDE.items():
        if what == "an alert in words only":
            continue
        entries = [
            {
                "resource": resource | {"subject": {"reference": f"Patient/{each}"}},
                "request": {"method": "POST", "url": resource["resourceType"]},
            }
            for each in people
        ]
        before = service.counts()
        answer = service.post("", {"resourceType": "Bundle", "type": kind, "entry": entries})
        assert "SR18" in answer.text, what
        if kind == "transaction":
            assert (answer.status_code, service.counts()) == (422, before), what
        else:
            assert [each["response"]["status"][:3] for each in answer.json()["entry"]] == ["201", "422", "422"], what


def test_sr18_fifty_people_in_a_batch_are_one_decision_and_forty_nine_refusals(service: Service) -> None:
    """Patients by the dozen are welcome; one decision for them is not."""
    entries: list[Json] = []
    for at in range(50):
        urn = f"urn:uuid:00000000-0000-4000-8000-{at:012}"
        entries.append(
            {"fullUrl": urn, "resource": {"resourceType": "Patient"}, "request": {"method": "POST", "url": "Patient"}}
        )
    made = service.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries}).json()
    people = [each["response"]["location"].partition("/_history")[0] for each in made["entry"]]
    flags = [
        {
            "resource": BESIDE["an alert"] | {"subject": {"reference": f"Patient/{each.rpartition('/')[2]}"}},
            "request": {"method": "POST", "url": "Flag"},
        }
        for each in people
    ]
    answer = service.post("", {"resourceType": "Bundle", "type": "batch", "entry": flags})
    statuses = [each["response"]["status"][:3] for each in answer.json()["entry"]]
    assert (statuses.count("201"), statuses.count("422")) == (1, 49)


def test_sr18_a_decision_about_a_group_is_refused(service: Service) -> None:
    for what, resource in BESIDE.items():
        if resource["resourceType"] not in ("Flag", "ServiceRequest", "CarePlan") or what == "an alert in words only":
            continue
        for group in ({"reference": "Group/ward-7"}, {"type": "Group", "identifier": {"value": "ward 7"}}):
            answer = service.post(resource["resourceType"], resource | {"subject": group})
            assert (answer.status_code, "SR18" in codes(answer)) == (422, True), what


def test_sr18_a_conditional_change_that_matches_two_people_changes_neither(service: Service) -> None:
    plans = [recorded(service), recorded(service, form_of("9990000077"))]
    headers = {"Content-Type": "application/json-patch+json"}
    for patch in ([{"op": "replace", "path": "/status", "value": "revoked"}],):
        answer = service.client.patch(
            f"{BASE}/CarePlan?status=active", content=json.dumps(patch).encode(), headers=headers
        )
        assert answer.status_code == 412
    assert service.client.delete(f"{BASE}/Goal?lifecycle-status=active").status_code == 412
    for plan in plans:
        assert got(service, f"CarePlan/{plan}")["status"] == "active"


def test_sr14_a_plan_is_not_hidden_by_what_is_done_to_its_patient(service: Service) -> None:
    recorded(service)
    stored = got(service, f"Patient/{person(service)}")
    view = service.view(NUMBER)["cpr"]
    without = {name: value for name, value in stored.items() if name != "identifier"}
    answer = sent(service, without)
    assert (answer.status_code, "SR14" in codes(answer)) == (409, True)
    assert deleted(service, f"Patient/{stored['id']}").status_code == 409
    replaced = stored | {"link": [{"type": "replaced-by", "other": by_number(OTHERS[0])}]}
    assert sent(service, replaced).status_code == 409
    assert service.view(NUMBER)["cpr"] == view
    for change, code in (({"active": False}, "record-not-in-use"), ({"deceasedBoolean": True}, "died")):
        assert sent(service, stored | change).status_code == 200
        assert code in warnings(service)
        assert service.view(NUMBER)["cpr"] == view


def test_nobody_is_sent_to_where_a_person_used_to_live(service: Service) -> None:
    """Old names, numbers, addresses and telephones stand in a Patient, often first."""
    recorded(service)
    stored = got(service, f"Patient/{person(service)}")
    now = stored | {
        "identifier": [{"system": NHS, "value": NUMBER, "use": "old"}, {"system": NHS, "value": OTHERS[0]}],
        "name": [{"use": "old", "text": "Old Name"}, {"use": "official", "text": "Edith Margaret Holloway"}],
        "address": [{"use": "old", "text": "1 Old Street"}, {"use": "home", "text": "Larkfield House"}],
        "telecom": [{"system": "phone", "use": "old", "value": "01"}, {"system": "phone", "value": "02"}],
    }
    assert sent(service, now).status_code == 200
    for number in (NUMBER, OTHERS[0]):
        shown = service.view(number)["person"]
        assert (shown["nhs_number"], shown["full_name"]) == (OTHERS[0], "Edith Margaret Holloway")
        assert (shown["address"], shown["phone"]) == ("Larkfield House", "02")
        assert service.view(number)["cpr"]["decision"] == "do-not-attempt"


def test_sr10_nothing_is_recorded_where_nobody_would_be_shown_it(service: Service) -> None:
    """A record that was set aside for another takes no decision any more; by the old number it reaches the new one."""
    aside, kept = (patient(service, number) for number in OTHERS[:2])
    stored = got(service, f"Patient/{aside}")
    link = [{"type": "replaced-by", "other": {"reference": f"Patient/{kept}"}}]
    assert sent(service, stored | {"link": link}).status_code == 200
    for what, resource in BESIDE.items():
        if what == "an alert in words only":
            continue
        answer = service.post(resource["resourceType"], resource | {"subject": {"reference": f"Patient/{aside}"}})
        assert (answer.status_code, "SR10" in codes(answer)) == (409, True), what
    form = form_of(OTHERS[0])
    assert service.record(form | {"subject": {"reference": f"Patient/{aside}"}}).status_code == 422
    assert service.record(form).status_code == 201
    for number in OTHERS[:2]:
        assert service.view(number)["cpr"]["decision"] == "do-not-attempt"
        assert "identity-differs" in warnings(service, number), "the form bears the old number"
    back = got(service, f"Patient/{kept}") | {"link": [{"type": "replaced-by", "other": by_number(OTHERS[0])}]}
    assert sent(service, back).status_code == 409, "a ring of records would show nobody"


def test_sr10_somebody_with_an_alert_is_not_set_aside_nor_deleted(service: Service) -> None:
    one = patient(service, OTHERS[0])
    service.post("Flag", BESIDE["an alert"] | {"subject": {"reference": f"Patient/{one}"}})
    stored = got(service, f"Patient/{one}")
    link = [{"type": "replaced-by", "other": by_number(OTHERS[1])}]
    assert sent(service, stored | {"link": link}).status_code == 409
    assert deleted(service, f"Patient/{one}").status_code == 409


def test_two_people_never_have_one_number_even_when_both_are_changed_at_once(service: Service) -> None:
    recorded(service)
    other = patient(service, OTHERS[0])
    stored = got(service, f"Patient/{other}")
    for identifiers in ([(NUMBER, None)], [(OTHERS[0], None), (NUMBER, "old")]):
        said: list[dict[str, Any]] = [
            {"system": NHS, "value": value} | ({"use": use} if use else {}) for value, use in identifiers
        ]
        assert sent(service, stored | {"identifier": said}).status_code == 409
    assert service.view(NUMBER)["cpr"]["decision"] == "do-not-attempt"
    assert service.view(OTHERS[0])["cpr"]["decision"] == "no-decision-recorded"


def test_what_was_entered_in_error_is_in_no_view_and_what_came_by_itself_stands_behind_the_plans(
    service: Service,
) -> None:
    """A crew's system that takes the first CarePlan of the Bundle takes a plan in force."""
    wrong = recorded(service)
    stored = got(service, f"CarePlan/{wrong}")
    changed(service, f"CarePlan/{wrong}", lambda each: each.update(status="entered-in-error"))
    right = recorded(service, form_of(NUMBER) | {"authored": "2026-11-01"})
    copy = {name: value for name, value in stored.items() if name not in ("id", "meta")}
    assert service.post("CarePlan", copy).status_code == 201
    address = f"Patient/$emergency-view?identifier={NHS}|{NUMBER}"
    bundle = service.get(address, Accept="application/fhir+json").json()
    shown = [each["resource"] for each in bundle["entry"]]
    assert wrong not in {each.get("id", "")[: len(wrong)] for each in shown}
    assert next(each["id"] for each in shown if each["resourceType"] == "CarePlan") == right
    assert "other-record-cpr" in warnings(service)


WITHOUT_STATUS = {
    "Patient",
    "Provenance",
    "QuestionnaireResponse",
    "Questionnaire",
    "RelatedPerson",
    "PractitionerRole",
}


@pytest.mark.parametrize(
    "form",
    [RESIDENT, golden("respect-v3", "advance-decision"), golden("tep-devon", "advance-decision")],
    ids=["a resident", "with an advance decision", "of another family"],
)
def test_what_was_entered_in_error_says_so_in_each_resource_that_a_search_may_find_alone(
    service: Service, form: Json
) -> None:
    """An Observation of capacity, or the Consent of an advance decision, of the wrong person (SR5, SR12)."""
    plan = recorded(service, form)
    changed(service, f"CarePlan/{plan}", lambda each: each.update(status="entered-in-error"))
    whose = person(service, form["subject"]["identifier"]["value"])
    everything = service.get(f"Patient/{whose}/$everything").json()
    said = {
        f"{each['resourceType']}/{each['id']}": each.get("status", each.get("lifecycleStatus"))
        for each in (entry["resource"] for entry in everything["entry"])
        if each["resourceType"] not in WITHOUT_STATUS
    }
    assert len(said) > 3
    assert set(said.values()) == {"entered-in-error"}, said


def whole_plan(service: Service, plan_id: str) -> Any:
    with service.store.read() as reading:
        return next(load_plan(row.plan) for row in reading.plans_of(person(service)) if row.plan_id == plan_id)


def test_a_restricted_persons_forms_hide_their_place_and_an_edit_takes_nothing_away(service: Service) -> None:
    """A blank box means that it was not shown, both while the person is restricted and after."""
    plan = recorded(service)
    before = whole_plan(service, plan)
    secret = {before.person.address, before.contacts.primary.phone, *(each.phone for each in before.contacts.emergency)}
    on_the_desk = service.populated("respect-v3", NUMBER)
    stored = got(service, f"Patient/{person(service)}")
    assert sent(service, stored | {"meta": RESTRICTED}).status_code == 200
    for form in ("respect-v2", "respect-v3", "tep-devon", "tep-scotland", "teal-working", "dnacpr-rcuk-2015"):
        text = service.get(f"Questionnaire/{form}/$populate?identifier={NHS}|{NUMBER}").text
        assert not [each for each in secret if each and each in text], form
        assert "REDACTED" in text, form
    cut = service.populated("respect-v3", NUMBER)
    edits = (
        cut,
        with_answer(cut, "4.2", {"valueString": "One"}),
        with_answer(on_the_desk, "2.1", {"valueString": "Two"}),
    )
    for edit in edits:
        answer = service.record(edit)
        assert answer.is_success, answer.text
        after = whole_plan(service, plan)
        assert (after.person.address, after.contacts) == (before.person.address, before.contacts)
    assert (after.care.guidance, after.condition.summary) == ("One", "Two"), "what was edited is taken"
    moved = with_answer(service.populated("respect-v3", NUMBER), "1.4", {"valueString": "2 New Road"}, group="1")
    assert service.record(moved).is_success
    assert whole_plan(service, plan).person.address == "2 New Road", "what the sender states is as they state it"
    cut = service.populated("respect-v3", NUMBER)
    extracted = service.post("QuestionnaireResponse/$extract", with_answer(cut, "4.2", {"valueString": "Three"}))
    assert extracted.status_code == 200
    assert not [each for each in (*secret, "2 New Road") if each and each in extracted.text]
    open_again = got(service, f"Patient/{person(service)}")
    open_again["meta"] = {"security": [RESTRICTED["security"][0] | {"code": "N"}]}
    assert sent(service, open_again).status_code == 200
    assert service.record(with_answer(cut, "4.2", {"valueString": "Four"})).is_success
    assert whole_plan(service, plan).person.address == "2 New Road", "the form was cut, and says so"


def test_noise_in_a_record_changes_no_view_and_does_not_hide_a_warning(service: Service) -> None:
    recorded(service)
    view = service.view(NUMBER)
    noise = {"resourceType": "Observation", "status": "final", "code": {"text": "Pulse"}, "subject": by_number(NUMBER)}
    entries = [{"resource": noise, "request": {"method": "POST", "url": "Observation"}} for _ in range(300)]
    assert service.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries}).status_code == 200
    assert service.view(NUMBER) == view
    service.post("Flag", BESIDE["an alert"] | {"subject": by_number(NUMBER)})
    assert "other-record-cpr" in warnings(service)


def test_sr10_searches_say_what_the_view_says_after_each_change(service: Service) -> None:
    """An alert, a consent or a plan that no longer stands is found by no search for those that do."""
    plan = recorded(service)
    chained = f"patient.identifier={NHS}|{NUMBER}"
    asked = {
        "CarePlan": f"CarePlan?{chained}&status=active",
        "Flag": f"Flag?{chained}",
        "Consent": f"Consent?{chained}&category=dnr&status=active",
        "DocumentReference": f"DocumentReference?{chained}&status=current",
    }

    def totals() -> dict[str, int]:
        return {type: len(service.get(each).json().get("entry", ())) for type, each in asked.items()}

    assert totals() == {"CarePlan": 1, "Flag": 2, "Consent": 1, "DocumentReference": 2}, "ReSPECT has an alert too"

    def unsigned(care_plan: Json) -> None:
        care_plan["activity"][0]["detail"]["doNotPerform"] = False

    changed(service, f"CarePlan/{plan}", unsigned)
    assert totals() == {"CarePlan": 1, "Flag": 1, "Consent": 0, "DocumentReference": 2}
    changed(service, f"CarePlan/{plan}", lambda each: each.update(status="revoked"))
    assert totals() == {"CarePlan": 0, "Flag": 0, "Consent": 0, "DocumentReference": 0}
    everything = service.get(f"Patient/{person(service)}/$everything").json()
    care_plans = [each["resource"] for each in everything["entry"] if each["resource"]["resourceType"] == "CarePlan"]
    assert [each["status"] for each in care_plans] == ["revoked"]


def test_golden_forms_of_two_people_are_two_records(service: Service) -> None:
    """What is done to one person's plan leaves the other's as it is, byte for byte."""
    one, two = recorded(service), recorded(service, form_of("9990000077"))
    before = service.view("9990000077"), got(service, f"CarePlan/{two}")
    changed(service, f"CarePlan/{one}", lambda each: each.update(status="entered-in-error"))
    assert (service.view("9990000077"), got(service, f"CarePlan/{two}")) == before
    assert golden("respect-v3", "care-home-resident") == RESIDENT
