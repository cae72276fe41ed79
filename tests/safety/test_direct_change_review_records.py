"""A hostile but plausible records system against one plan: nothing that it changes may speak for the plan unseen.

Over real HTTP. Basis: clinical.md section 4 (SR1 to SR18), decisions 0060 and 0062. Not clinically assured.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from acpshare.fhir.systems import CONDITION
from tests.support.changing import (
    NUMBER,
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
from tests.support.service import NHS, Service, codes, issues, said

Change = Callable[[Json], object]
SNOMED = "http://snomed.info/sct"
FORMS = (
    "respect-v2", "respect-v3", "tep-devon", "tep-scotland", "teal-working", "dnacpr-rcuk-2015",
    "dnacpr-deciding-right", "dnacpr-south-central",
)  # fmt: skip
NARRATIVE = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>ATTEMPT CPR</p></div>'}
CIRCUMSTANCES = [{"url": CONDITION, "valueString": "Only in hospital"}]


def to(**elements: Any) -> Change:
    return lambda resource: resource.update(elements)


def provision(**elements: Any) -> Change:
    return lambda consent: consent["provision"].update(elements)


ALERTS: dict[str, tuple[str, Change]] = {
    "the alert has ended": ("Flag/{}-flag-cpr", to(status="inactive")),
    "the alert was entered in error": ("Flag/{}-flag-cpr", to(status="entered-in-error")),
    "the alert ended on a day": ("Flag/{}-flag-cpr", to(period={"start": "2026-09-14", "end": "2026-10-01"})),
    "the alert is of one encounter": ("Flag/{}-flag-cpr", to(encounter={"reference": "Encounter/9"})),
    "the alert is in other words only": ("Flag/{}-flag-cpr", to(code={"text": "For CPR"})),
    "the alert has another code": ("Flag/{}-flag-cpr", to(code={"coding": [{"system": SNOMED, "code": "91936005"}]})),
    "the alert's words say the opposite": ("Flag/{}-flag-cpr", lambda flag: flag["code"].update(text="For CPR")),
    "the code's words say the opposite": (
        "Flag/{}-flag-cpr",
        lambda flag: flag["code"]["coding"][0].update(display="For attempted cardiopulmonary resuscitation"),
    ),
    "the consent is of no kind": ("Consent/{}-cpr", to(category=[{"text": "other"}])),
    "the consent is of a second kind too": (
        "Consent/{}-cpr",
        lambda consent: consent["category"].append({"text": "advance directive"}),
    ),
    "the consent has lapsed": ("Consent/{}-cpr", provision(period={"end": "2020-01-01"})),
    "the consent refuses another treatment": ("Consent/{}-cpr", provision(code=[{"text": "Ventilation"}])),
    "the consent refuses more than CPR (SR1)": (
        "Consent/{}-cpr",
        lambda consent: consent["provision"]["code"].append({"text": "Hospital admission"}),
    ),
    "the consent permits within its refusal": (
        "Consent/{}-cpr",
        lambda consent: consent["provision"].update(
            provision=[{"type": "permit", "code": consent["provision"]["code"]}]
        ),
    ),
    "the consent bears another date (SR10)": ("Consent/{}-cpr", to(dateTime="2030-01-01")),
}


def test_no_change_of_an_alert_goes_unseen_and_each_ends_when_it_is_put_right(service: Service) -> None:
    """SR2: accepted, flagged and shown; the signed decision is neither changed nor believed over the other side."""
    plan = recorded(service)
    for what, (path, change) in ALERTS.items():
        before = got(service, path.format(plan))
        answer = changed(service, path.format(plan), change)
        assert answer.status_code == 200, (what, answer.text)
        assert any(each["code"] == "conflict" for each in issues(answer)), what
        view = service.view(NUMBER)["cpr"]
        assert (view["headline"], view["agreed"]) == ("RECORDS DISAGREE ABOUT CPR", False), what
        assert view["decision"] == "do-not-attempt", what
        assert sent(service, before).status_code == 200, what
        assert service.view(NUMBER)["cpr"]["headline"] == "DO NOT ATTEMPT CPR", what


def test_the_crews_page_says_that_records_disagree_beside_the_decision(service: Service) -> None:
    """Not at the end of the page: a crew acts on the first block."""
    plan = recorded(service)
    changed(service, f"Consent/{plan}-cpr", provision(type="permit"))
    changed(service, f"CarePlan/{plan}", to(note=[{"text": "Withdrawn"}]))
    flag = {"resourceType": "Flag", "status": "active", "code": {"text": "Other alert"}}
    service.post("Flag", flag | {"subject": {"identifier": {"system": NHS, "value": NUMBER}}})
    address = f"Patient/$emergency-view?identifier={NHS}|{NUMBER}"
    page = service.get(address, Accept="text/html").text
    first_block = page[: page.index("Valid?")]
    assert "RECORDS DISAGREE ABOUT CPR" in first_block
    for words in ("its records disagree", "added words or limits", "an alert in words only"):
        assert words in first_block, words


def test_a_form_names_the_record_that_disagrees_with_its_plan(service: Service) -> None:
    """Whoever signs a form made from the plan has read that a record says otherwise."""
    plan = recorded(service)
    changed(service, f"Consent/{plan}-cpr", provision(type="permit"))
    for form in FORMS:
        shown = service.populated(form, NUMBER)
        assert "records of this plan disagree" in str(shown), form
        assert service.record(shown).is_success, "what stands beside a plan is no part of an edit"


WORDS: dict[str, tuple[str, Change]] = {
    "the plan's narrative": ("CarePlan/{}", to(text=NARRATIVE)),
    "the alert's narrative": ("Flag/{}-flag-cpr", to(text=NARRATIVE)),
    "the consent's narrative": ("Consent/{}-cpr", to(text=NARRATIVE)),
    "a goal's narrative": ("Goal/{}-focus", to(text=NARRATIVE)),
    "the words beside the decision": ("CarePlan/{}", lambda plan: cpr_of(plan).update(description="ATTEMPT CPR")),
    "the treatment's name": ("CarePlan/{}", lambda plan: cpr_of(plan)["code"].update(text="ATTEMPT CPR")),
    "the treatment's code in words": (
        "CarePlan/{}",
        lambda plan: cpr_of(plan)["code"]["coding"][1].update(display="ATTEMPT CPR"),
    ),
    "who decided (SR7)": ("CarePlan/{}", to(author={"display": "ATTEMPT CPR"})),
    "whose plan it is, in words": ("CarePlan/{}", lambda plan: plan["subject"].update(display="ATTEMPT CPR")),
}


def test_words_that_only_the_plan_may_say_are_made_again_and_the_sender_is_told(service: Service) -> None:
    """Many systems show a narrative, a description or an author and nothing else (SR2, SR7)."""
    plan = recorded(service)
    for what, (path, change) in WORDS.items():
        before = got(service, path.format(plan))
        answer = changed(service, path.format(plan), change)
        assert answer.status_code == 200, (what, answer.text)
        assert any("was not kept" in each.get("diagnostics", "") for each in issues(answer)), what
        after = got(service, path.format(plan))
        assert "ATTEMPT CPR" not in json.dumps(after), what
        assert {name: value for name, value in after.items() if name != "meta"} == {
            name: value for name, value in before.items() if name != "meta"
        }, what
    assert service.view(NUMBER)["cpr"]["headline"] == "DO NOT ATTEMPT CPR"


def test_a_plan_that_is_filed_otherwise_is_found_as_before(service: Service) -> None:
    """By its category, and with its parts; what the client adds is kept beside."""
    plan = recorded(service)
    found = f"CarePlan?category={SNOMED}|736366004&patient.identifier={NHS}|{NUMBER}"
    goals = got(service, f"CarePlan/{plan}")["goal"]
    added = {"text": "Filed under palliative care"}
    changed(service, f"CarePlan/{plan}", to(category=[added], goal=[{"reference": "Goal/mine"}]))
    assert [each["resource"]["id"] for each in service.get(found).json()["entry"]] == [plan]
    after = got(service, f"CarePlan/{plan}")
    assert added in after["category"]
    assert [each for each in goals if each not in after["goal"]] == []


def test_a_new_decision_is_kept_with_its_own_words_and_not_the_senders(service: Service) -> None:
    """A treatment that the plan did not have, sent with a description that says the opposite."""
    plan = recorded(service)

    def add(care_plan: Json) -> None:
        code = {
            "coding": [{"system": "https://acpshare.example/fhir/CodeSystem/treatment", "code": "hospital-admission"}]
        }
        detail = {"status": "not-started", "doNotPerform": True, "code": code | {"text": "For"}, "description": "For"}
        care_plan["activity"].append({"detail": detail})

    assert changed(service, f"CarePlan/{plan}", add).status_code == 200
    (kept,) = [each["detail"] for each in got(service, f"CarePlan/{plan}")["activity"][1:]]
    assert kept["description"].endswith("not for")
    assert kept["code"]["text"] != "For"
    (shown,) = [each for each in service.view(NUMBER)["treatments"] if each["element"].endswith("hospital_admission")]
    assert shown["decision"] == "not-for"


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("CarePlan/{}", to(modifierExtension=CIRCUMSTANCES)),
        ("CarePlan/{}", lambda plan: plan["activity"][0].update(modifierExtension=CIRCUMSTANCES)),
        ("CarePlan/{}", to(implicitRules="https://example.org/rules")),
        ("Flag/{}-flag-cpr", to(modifierExtension=CIRCUMSTANCES)),
        ("Goal/{}-focus", to(modifierExtension=CIRCUMSTANCES)),
    ],
    ids=["on the plan", "on an activity, not its decision", "by rules elsewhere", "on an alert", "on a goal"],
)  # fmt: skip
def test_sr6_circumstances_where_nobody_reads_them_are_refused(service: Service, path: str, change: Change) -> None:
    plan = recorded(service)
    before = service.counts()
    answer = changed(service, path.format(plan), change)
    assert answer.status_code == 422
    assert any(each["severity"] == "error" for each in issues(answer))
    assert service.counts() == before


def signature(care_plan: Json) -> None:
    url = "https://acpshare.example/fhir/StructureDefinition/plan-element"
    parts = [{"url": "path", "valueString": "signatures[0].signed"}, {"url": "value", "valueString": "Dr Else"}]
    care_plan["extension"].append({"url": url, "extension": parts})


def jurisdiction(care_plan: Json) -> None:
    for each in care_plan["extension"]:
        if "record.jurisdiction" in str(each):
            each["extension"][1]["valueCode"] = "scotland"


ONLY_A_FORM: dict[str, tuple[Change, str | None]] = {
    "SR8: an endorsement": (signature, None),
    "SR16: another law": (jurisdiction, "SR16"),
    "SR2: the decision a second time, the other way": (
        lambda plan: plan["activity"].append(
            {"detail": cpr_of(plan) | {"doNotPerform": False, "description": "Attempt CPR"}}
        ),
        None,
    ),
    "SR4: modified CPR for an adult": (
        lambda plan: (
            cpr_of(plan).pop("doNotPerform"),
            cpr_of(plan).update(
                modifierExtension=[
                    {
                        "url": "https://acpshare.example/fhir/StructureDefinition/modified-cpr",
                        "extension": [{"url": "kind", "valueCode": "modified"}],
                    }
                ]
            ),
        ),
        None,
    ),
}


def test_what_only_a_signed_form_can_state_is_refused(service: Service) -> None:
    plan = recorded(service)
    before, view = service.counts(), service.view(NUMBER)
    for what, (change, rule) in ONLY_A_FORM.items():
        answer = changed(service, f"CarePlan/{plan}", change)
        assert answer.status_code == 422, (what, answer.text)
        assert rule is None or rule in codes(answer), what
    assert (service.counts(), service.view(NUMBER)) == (before, view)


def test_sr1_sr2_a_decision_about_cpr_changes_nothing_else_and_nothing_else_changes_it(service: Service) -> None:
    plan = recorded(service)
    before = service.view(NUMBER)
    changed(service, f"CarePlan/{plan}", reversed_decision)
    after = service.view(NUMBER)
    for section in ("focus", "treatments", "legal", "contacts", "preferred_place"):
        assert after[section] == before[section], section
    assert "contradiction-comfort" in warnings(service), "for CPR, and comfort only: flagged, not repaired"
    decision = after["cpr"]
    assert deleted(service, f"Goal/{plan}-focus").status_code == 204
    assert service.view(NUMBER)["cpr"] == decision


def test_sr4_a_decision_that_became_for_cpr_has_no_dnacpr_form(service: Service) -> None:
    plan = recorded(service)
    changed(service, f"CarePlan/{plan}", reversed_decision)
    for form in ("dnacpr-rcuk-2015", "dnacpr-south-central"):
        answer = service.get(f"Questionnaire/{form}/$populate?identifier={NHS}|{NUMBER}")
        assert (answer.status_code, "SR4" in codes(answer)) == (422, True), form


def test_sr6_a_condition_is_carried_everywhere_and_its_alert_goes(service: Service) -> None:
    plan = recorded(service)

    def limited(care_plan: Json) -> None:
        cpr_of(care_plan)["modifierExtension"] = CIRCUMSTANCES

    assert changed(service, f"CarePlan/{plan}", limited).status_code == 200
    shown = service.view(NUMBER)["cpr"]
    assert (shown["condition"], shown["signed_by"]) == ("Only in hospital", None)
    assert service.get(f"Flag/{plan}-flag-cpr").status_code == 410
    assert "Only in hospital" in got(service, f"CarePlan/{plan}")["text"]["div"]

    def unlimited(care_plan: Json) -> None:
        del cpr_of(care_plan)["modifierExtension"]

    answer = changed(service, f"CarePlan/{plan}", unlimited)
    assert (answer.status_code, "SR6" in codes(answer)) == (422, True)


ADDED: dict[str, Change] = {
    "a note that it was withdrawn": to(note=[{"text": "Withdrawn by the family"}]),
    "a title": to(title="FOR FULL RESUSCITATION"),
    "a time for which a decision holds": lambda plan: cpr_of(plan).update(scheduledPeriod={"end": "2026-10-01"}),
    "progress of a decision": lambda plan: plan["activity"][0].update(progress=[{"text": "Withdrawn"}]),
    "an activity in words only": lambda plan: plan["activity"].append(
        {"detail": {"status": "not-started", "code": {"text": "Attempt CPR"}}}
    ),
}


def test_sr14_words_that_no_view_shows_are_announced_to_the_crew_and_are_gone_when_they_go(service: Service) -> None:
    plan = recorded(service)
    for what, change in ADDED.items():
        before = got(service, f"CarePlan/{plan}")
        assert changed(service, f"CarePlan/{plan}", change).status_code == 200, what
        assert "added-words" in warnings(service), what
        view = service.view(NUMBER)
        assert view["cpr"]["headline"] == "DO NOT ATTEMPT CPR", what
        assert "Withdrawn" not in json.dumps(view), "nobody signed it: it is not put into words"
        assert sent(service, before).status_code == 200, what
        assert "added-words" not in warnings(service), what


def test_a_transaction_that_changes_a_plan_in_two_ways_at_once_is_refused_as_a_whole(service_on_each: Service) -> None:
    """The CarePlan says attempt, and the alert in the same Bundle says do not."""
    service = service_on_each
    plan = recorded(service)
    care_plan, flag = got(service, f"CarePlan/{plan}"), got(service, f"Flag/{plan}-flag-cpr")
    reversed_decision(care_plan)
    entries = [
        {"resource": each, "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}}
        for each in (care_plan, flag | {"status": "active", "language": "en"})
    ]
    before, view = service.counts(), service.view(NUMBER)
    answer = service.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert answer.status_code == 409, answer.text
    assert (service.counts(), service.view(NUMBER)) == (before, view)


def test_sr5_an_advance_decision_that_has_lapsed_does_not_look_as_if_it_stood_without_limits(service: Service) -> None:
    recorded(service)
    refusal: Json = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "adr"}]},
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentcategorycodes", "code": "acd"}]}],
        "patient": {"identifier": {"system": NHS, "value": NUMBER}},
        "policyRule": {"text": "Mental Capacity Act 2005"},
        "provision": {"type": "deny", "period": {"end": "2020-01-01"}, "code": [{"text": "Ventilation"}]},
    }  # fmt: skip
    answer = service.post("Consent", refusal)
    (shown,) = service.view(NUMBER)["legal"]["advance_decisions"]
    assert shown["circumstances"] == "only until 2020-01-01"
    location = answer.headers["location"].partition("/R4/")[2].partition("/_history")[0]
    answer = changed(service, location, lambda consent: consent["provision"].pop("period"))
    assert (answer.status_code, "SR6" in codes(answer)) == (422, True)
    answer = changed(service, location, to(modifierExtension=CIRCUMSTANCES))
    assert answer.status_code == 200
    answer = changed(service, location, lambda consent: consent["provision"].pop("period"))
    assert answer.status_code == 200, "it is still limited"
    (shown,) = service.view(NUMBER)["legal"]["advance_decisions"]
    assert shown["circumstances"] == "Only in hospital"
    answer = changed(service, location, lambda consent: consent.pop("modifierExtension"))
    assert (answer.status_code, "SR6" in codes(answer)) == (422, True)


def test_a_part_that_was_deleted_is_not_made_again_by_a_client_under_its_id(service: Service) -> None:
    plan = recorded(service)
    goal = got(service, f"Goal/{plan}-values")
    assert deleted(service, f"Goal/{plan}-values").status_code == 204
    assert sent(service, goal).status_code == 409
    assert "3.2" not in said(service.populated("respect-v3", NUMBER))
