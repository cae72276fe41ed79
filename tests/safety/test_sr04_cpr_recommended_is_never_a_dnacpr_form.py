"""SR4: "CPR recommended" and "modified CPR (child)" have no DNACPR form; modified CPR is never a yes or a no, nor for adults.

Basis: clinical.md section 4 (S3; V, and inference).
"""

from __future__ import annotations

import pytest

from acpshare.plan.values import CprKind
from tests.support.forms import DNACPR_EDITIONS, answers, everything_said, plan_from, reading, rules, shown_as

CHILD = "2019-05-04"
ADULT = "1950-05-04"
MODIFIED = {"4.3": "modified", "4.3d": "Airway and five rescue breaths only", "4.3t": "2026-01-10", "1.3": CHILD}


@pytest.mark.parametrize("target", DNACPR_EDITIONS)
@pytest.mark.parametrize("form", ["respect-v3", "respect-v2"])
@pytest.mark.parametrize("recommendation", ["attempt", "modified"])
def test_respect_that_recommends_cpr_is_refused_as_a_dnacpr_form(target: str, form: str, recommendation: str) -> None:
    born = CHILD if recommendation == "modified" else ADULT
    result = shown_as(plan_from(form, {"1.3": born, "4.3": recommendation}), target)
    assert result.value is None
    assert result.is_unsafe
    assert "SR4" in rules(result, errors=True)


@pytest.mark.parametrize("target", DNACPR_EDITIONS)
@pytest.mark.parametrize(("form", "said"), [("tep-devon", {"A.4": "attempt"}), ("teal-working", {"6.1": "yes"})])
def test_a_tep_that_says_yes_to_cpr_is_refused_as_a_dnacpr_form(target: str, form: str, said: dict[str, str]) -> None:
    result = shown_as(plan_from(form, said), target)
    assert result.value is None
    assert "SR4" in rules(result, errors=True)


@pytest.mark.parametrize(("target", "item"), [("teal-working", "6.1")])
def test_modified_cpr_is_neither_yes_nor_no_on_a_form_without_it(target: str, item: str) -> None:
    shown = shown_as(plan_from("respect-v3", MODIFIED), target)
    assert item not in answers(shown.value)
    assert "Airway and five rescue breaths only" in everything_said(shown.value)


def test_modified_cpr_is_refused_for_an_adult() -> None:
    result = reading("respect-v3", {**MODIFIED, "1.3": ADULT})
    assert result.value is None
    assert rules(result, errors=True) == {"SR4"}


def test_a_child_keeps_modified_cpr_with_its_details() -> None:
    plan = plan_from("respect-v3", MODIFIED)
    assert plan.cpr.decision is not None
    assert plan.cpr.decision.kind is CprKind.MODIFIED
    assert answers(shown_as(plan, "respect-v2").value)["4.3d"] == MODIFIED["4.3d"]


NAME = {"dnacpr-rcuk-2015": "head.name", "dnacpr-south-central": "head.name", "dnacpr-deciding-right": "person.name"}
SIGNATURE = {"dnacpr-rcuk-2015": "6.signature", "dnacpr-south-central": "2.signature"} | {
    "dnacpr-deciding-right": "senior.signature"
}


@pytest.mark.parametrize("edition", DNACPR_EDITIONS)
def test_a_blank_dnacpr_form_with_a_name_on_it_is_no_decision(edition: str) -> None:
    for said in ({}, {NAME[edition]: "A Person"}):
        result = reading(edition, said)
        assert result.value is None
        assert rules(result, errors=True) == {"SR4"}
    signed = reading(edition, {NAME[edition]: "A Person", SIGNATURE[edition]: "A Example"})
    assert signed.value is not None


def test_boxes_left_unticked_are_no_decision_either() -> None:
    result = reading("dnacpr-south-central", {"1.A": "false", "1.B": "false", "1.C": "false"})
    assert rules(result, errors=True) == {"SR4"}


def test_modified_cpr_of_a_child_who_has_turned_18_is_shown_and_said_to_need_review() -> None:
    plan = plan_from("respect-v3", {**MODIFIED, "1.3": "2008-06-01", "4.3t": "2026-01-10"})
    shown = shown_as(plan, "respect-v2")
    assert answers(shown.value)["4.3"] == "modified"
    assert "SR4" in rules(shown)
    assert "SR4" not in rules(shown_as(plan_from("respect-v3", MODIFIED), "respect-v2"))
