"""What no single form can keep: two people at once, other forms in force, instruments that came by themselves.

Over real HTTP. Basis: clinical.md section 4: SR5, SR6, SR7, SR10.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.service import Service, codes, golden, issues, with_answer

RESPECT = golden("respect-v3", "care-home-resident")
NUMBER = RESPECT["subject"]["identifier"]["value"]
REFUSAL: dict[str, Any] = {
    "resourceType": "Consent",
    "status": "active",
    "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "adr"}]},
    "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentcategorycodes", "code": "acd"}]}],
    "patient": {"identifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": NUMBER}},
    "policyRule": {"text": "Mental Capacity Act 2005, sections 24 to 26"},
    "dateTime": "2024-05-01",
    "provision": {"type": "deny", "code": [{"coding": [{"system": "http://snomed.info/sct", "code": "89666000"}]}]},
}
CPR = REFUSAL["provision"]["code"]


def test_a_signature_is_for_what_was_shown_not_for_what_another_changed_meanwhile(service_on_each: Service) -> None:
    """Somebody signs the form on their desk; the plan behind it says something else by now (SR7)."""
    service = service_on_each
    service.record(RESPECT)
    on_the_desk = service.populated("respect-v3")
    assert service.record(with_answer(service.populated("tep-devon"), "P.4", {"valueString": "Room 3"})).is_success
    before = service.counts()
    signed = with_answer(on_the_desk, "4.3s", {"valueString": "T. Newman"}, group="4")
    answer = service.record(with_answer(signed, "4.3t", {"valueDate": "2026-11-20"}, group="4"))
    assert answer.status_code == 409
    assert "SR7" in codes(answer)
    assert service.counts() == before


def test_a_form_filled_from_one_plan_names_the_decision_of_another_that_is_in_force(service: Service) -> None:
    """A newer TEP with a blank CPR box, above a DNACPR form: the ReSPECT form made from it has a blank box too (SR10)."""
    dnacpr = golden("dnacpr-rcuk-2015", "care-home-resident")
    tep = golden("tep-devon", "hospital-cpr-not-decided") | {"subject": dnacpr["subject"]}
    number = dnacpr["subject"]["identifier"]["value"]
    tep = with_answer(tep, "P.3", {"valueString": number}, group="P")
    assert service.record(dnacpr).is_success
    assert service.record(tep).is_success, service.record(tep).text
    shown = service.populated("respect-v3", number)
    assert "4.3" not in {item["linkId"] for group in shown["item"] for item in group.get("item", ())}
    (carried,) = [item for item in shown["item"] if item["linkId"] == "carried"]
    beside = [each["valueString"] for each in carried["answer"] if each["valueString"].startswith("On record beside")]
    assert len(beside) == 1
    assert "do not attempt CPR" in beside[0]
    assert service.record(shown).is_success, "what stands beside a plan is no part of an edit"
    refused = service.get(
        f"Questionnaire/dnacpr-south-central/$populate?identifier=https://fhir.nhs.uk/Id/nhs-number|{number}"
    )
    assert refused.status_code == 422
    assert "other plans of this person are in force" in refused.text


def test_a_form_names_the_advance_decision_that_came_by_itself(service: Service) -> None:
    """SR5: it is binding if valid and applicable, and no form brought it."""
    service.record(RESPECT)
    service.post("Consent", REFUSAL)
    for form in ("respect-v3", "tep-devon", "teal-working", "tep-scotland"):
        shown = service.populated(form)
        assert "advance decision refusing Cardiopulmonary resuscitation" in str(shown)
        assert service.record(shown).is_success


@pytest.mark.parametrize(
    ("what", "provision", "refuses", "refuses_cpr", "circumstances"),
    [
        ("CPR itself", {"type": "deny", "code": CPR}, "Cardiopulmonary resuscitation", "yes", None),
        (
            "life support, but CPR is permitted",
            {"type": "deny", "code": [{"text": "Life support"}], "provision": [{"type": "permit", "code": CPR}]},
            "Life support",
            "no",
            "except Cardiopulmonary resuscitation",
        ),
        (
            "ventilation, and inside it CPR",
            {"type": "deny", "code": [{"text": "Ventilation"}], "provision": [{"type": "deny", "code": CPR}]},
            "Ventilation; Cardiopulmonary resuscitation",
            "yes",
            None,
        ),
    ],
)
def test_what_an_advance_decision_permits_is_not_refused(
    service: Service, what: str, provision: dict[str, Any], refuses: str, refuses_cpr: str, circumstances: str | None
) -> None:
    assert service.post("Consent", REFUSAL | {"provision": provision}).status_code == 201, what
    (shown,) = service.view()["legal"]["advance_decisions"]
    assert (shown["refuses"], shown["refuses_cpr"], shown["circumstances"]) == (refuses, refuses_cpr, circumstances)


UNKNOWN = [{"url": "https://other.example/only-if", "valueString": "After three weeks without consciousness"}]


@pytest.mark.parametrize(
    "spoilt",
    [
        REFUSAL | {"modifierExtension": UNKNOWN},
        REFUSAL | {"provision": REFUSAL["provision"] | {"modifierExtension": UNKNOWN}},
        RESPECT | {"modifierExtension": UNKNOWN},
    ],
)
def test_a_condition_in_words_that_nobody_here_reads_is_not_left_out(service: Service, spoilt: dict[str, Any]) -> None:
    """SR6: recorded without it, a refusal in certain circumstances would hold in all."""
    answer = service.post(spoilt["resourceType"], spoilt)
    assert answer.status_code == 422
    assert "SR6" in codes(answer)
    assert service.counts().persons == 0


def test_a_retraction_that_does_not_say_which_is_shown_beside_what_still_stands(service: Service) -> None:
    service.post("Consent", REFUSAL)
    service.post("Consent", REFUSAL | {"status": "inactive", "dateTime": "2026-11-01"})
    assert "advance-decision-retraction" in {each["code"] for each in service.view()["warnings"]}


def test_a_translated_form_that_came_without_its_plan_does_not_hide_what_it_carries(service: Service) -> None:
    """SR17: a decision in certain circumstances is text on a ReSPECT form; sent on as that form, it is still there."""
    lilac = golden("dnacpr-south-central", "advance-decision-in-certain-circumstances")
    number = lilac["subject"]["identifier"]["value"]
    translated = service.post("StructureMap/dnacpr-south-central-to-respect-v3/$transform", lilac).json()
    form = next(each["resource"] for each in translated["parameter"] if each["name"] == "return")
    answer = service.record(form | {"status": "completed"})
    assert answer.status_code == 201, issues(answer)
    view = service.view(number)
    assert view["cpr"]["decision"] == "no-decision-recorded"
    assert "carried-text" in {each["code"] for each in view["warnings"]}
    assert any("only in these circumstances" in note["text"] for note in view["focus"]["notes"])


def alerts(service: Service, number: str) -> set[str]:
    address = f"Patient/$emergency-view?identifier=https://fhir.nhs.uk/Id/nhs-number|{number}"
    bundle = service.get(address, Accept="application/fhir+json").json()
    flags = [each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] == "Flag"]
    return {flag["code"]["coding"][0]["code"] for flag in flags} & {"450475007", "450476008"}


def test_one_alert_stands_and_it_is_the_newest_decisions_until_that_is_cancelled(service_on_each: Service) -> None:
    """SR10: a record system shows each alert by itself, so "not for CPR" must not stand beside a newer "for CPR"."""
    service = service_on_each
    dnacpr = golden("dnacpr-rcuk-2015", "care-home-resident")
    number = dnacpr["subject"]["identifier"]["value"]
    service.record(dnacpr)
    assert alerts(service, number) == {"450476008"}
    newer = with_answer(golden("respect-v3", "no-cpr-recommendation"), "1.5", {"valueString": number}, group="1")
    option = {"system": "https://acpshare.example/fhir/CodeSystem/respect-v3", "code": "attempt"}
    newer = with_answer(newer, "4.3", {"valueCoding": option}, group="4")
    newer = with_answer(newer, "4.3t", {"valueDate": "2026-11-20"}, group="4") | {"subject": dnacpr["subject"]}
    answer = service.record(newer)
    assert answer.status_code == 201, answer.text
    assert service.view(number)["cpr"]["decision"] == "attempt"
    assert alerts(service, number) == {"450475007"}
    shown = service.populated("respect-v3", number)
    service.record(with_answer(shown, "cancelled.date", {"valueDate": "2026-11-21"}, group="cancelled"))
    assert service.view(number)["cpr"]["decision"] == "do-not-attempt"
    assert alerts(service, number) == {"450476008"}
