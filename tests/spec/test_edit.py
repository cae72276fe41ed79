"""An edited view sent back: a correction, a new decision, or a conflict. docs/decisions/0043"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.service import Service, codes, golden, issues, plan_of, said, with_answer

RESIDENT = golden("respect-v3", "care-home-resident")
GUIDANCE = {"valueString": "Oral antibiotics at home; no admission."}


def test_an_edit_on_another_form_changes_only_what_was_edited(service_on_each: Service) -> None:
    """The issue's own example: a ReSPECT form, edited as a Devon TEP, shown as ReSPECT again."""
    service = service_on_each
    plan, _ = plan_of(service.record(RESIDENT))
    before = said(service.populated("respect-v3"))
    shown = service.populated("tep-devon")
    edited = with_answer(shown, "P.4", {"valueString": "Room 3, Larkfield House"})
    answer = service.record(edited)
    assert answer.status_code == 201, answer.text
    assert plan_of(answer) == (plan, 2)
    after = said(service.populated("respect-v3"))
    differing = {link for link in before.keys() | after.keys() if before.get(link) != after.get(link)}
    assert differing - {"carried"} == {"1.4"}
    (carried,) = (set(after["carried"]) - set(before.get("carried", ())),)
    assert all("signed" in line for line in carried), "all that is added says that the form was signed before the edit"
    assert service.view()["person"]["address"] is not None


def test_a_view_sent_back_unchanged_changes_nothing(service: Service) -> None:
    plan, _ = plan_of(service.record(RESIDENT))
    answer = service.record(service.populated("tep-devon"))
    assert answer.status_code == 201
    assert plan_of(answer) == (plan, 1)


def test_edits_of_different_elements_are_both_kept(service: Service) -> None:
    service.record(RESIDENT)
    shown = service.populated("respect-v3")
    service.record(with_answer(shown, "3.2", {"valueString": "The garden."}))
    answer = service.record(with_answer(shown, "1.2", {"valueString": "Maggie"}))
    assert answer.status_code == 201, answer.text
    assert plan_of(answer)[1] == 3
    now = said(service.populated("respect-v3"))
    assert (now["3.2"], now["1.2"]) == (["The garden."], ["Maggie"])


def test_edits_of_the_same_element_are_in_conflict(service_on_each: Service) -> None:
    service = service_on_each
    service.record(RESIDENT)
    shown = service.populated("respect-v3")
    service.record(with_answer(shown, "3.2", {"valueString": "The garden."}))
    before = service.counts()
    answer = service.record(with_answer(shown, "3.2", {"valueString": "Music."}))
    assert answer.status_code == 409
    assert [issue["expression"] for issue in issues(answer)] == [["matters.values"]]
    assert service.counts() == before


def signed_anew(response: dict[str, Any]) -> dict[str, Any]:
    """The same form with the CPR box signed by somebody else, on another day."""
    with_date = with_answer(response, "4.3t", {"valueDate": "2026-11-20"}, group="4")
    return with_answer(with_date, "4.3s", {"valueString": "T. Newman"}, group="4")


def test_a_form_signed_anew_is_a_new_decision_that_replaces_the_plan(service_on_each: Service) -> None:
    service = service_on_each
    old, _ = plan_of(service.record(RESIDENT))
    answer = service.record(signed_anew(service.populated("respect-v3")), Prefer="return=OperationOutcome")
    assert answer.status_code == 201, answer.text
    new, version = plan_of(answer)
    assert (new != old, version) == (True, 1)
    care_plan = service.get(f"CarePlan/{new}").json()
    assert care_plan["replaces"] == [{"reference": f"CarePlan/{old}"}]
    assert service.get(f"CarePlan/{old}").json()["status"] == "completed"
    assert service.view()["cpr"]["decided_on"] == "2026-11-20"


def test_a_plan_that_was_replaced_meanwhile_is_not_edited(service: Service) -> None:
    service.record(RESIDENT)
    shown = service.populated("respect-v3")
    service.record(signed_anew(shown))
    answer = service.record(with_answer(shown, "3.2", {"valueString": "Music."}))
    assert answer.status_code == 409
    assert issues(answer)[0]["expression"] == ["QuestionnaireResponse.basedOn"]


def test_one_form_is_never_an_edit_of_two_plans(service: Service) -> None:
    """No door writes one decision to many people (SR18)."""
    service.record(RESIDENT)
    shown = service.populated("respect-v3")
    shown["basedOn"] = [*shown["basedOn"], {"reference": "CarePlan/another"}]
    answer = service.record(shown)
    assert answer.status_code == 422
    assert "SR18" in codes(answer)


def test_an_edit_of_another_persons_plan_is_refused(service: Service) -> None:
    service.record(RESIDENT)
    shown = service.populated("respect-v3")
    shown["subject"] = {"identifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000026"}}
    answer = service.record(shown)
    assert answer.status_code == 422
    assert service.counts().persons == 1


def test_an_edit_of_a_plan_that_is_not_here_is_refused(service: Service) -> None:
    service.record(RESIDENT)
    shown = service.populated("respect-v3") | {"basedOn": [{"reference": "CarePlan/nowhere/_history/1"}]}
    answer = service.record(shown)
    assert answer.status_code == 422
    assert issues(answer)[0]["expression"] == ["QuestionnaireResponse.basedOn"]


@pytest.mark.parametrize(
    "based_on",
    [
        {"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"},
        {"reference": "CarePlan/x/_history/0"},
        {"reference": "https://elsewhere.example/fhir/CarePlan/1"},
        {"identifier": {"system": "urn:x", "value": "1"}},
        {"display": "the plan of last week"},
    ],
)
def test_an_edit_of_what_cannot_be_found_is_never_a_new_plan(service: Service, based_on: dict[str, object]) -> None:
    service.record(RESIDENT)
    before = service.counts()
    answer = service.record(service.populated("respect-v3") | {"basedOn": [based_on]})
    assert answer.status_code == 422
    assert service.counts() == before
