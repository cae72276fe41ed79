"""SR6: a decision that holds only in certain circumstances carries them everywhere, and is never shown without.

Basis: clinical.md section 4 (S4, S14; V).
"""

from __future__ import annotations

import pytest

from acpshare.plan import put
from acpshare.plan.values import CprDecision, CprKind
from tests.support.forms import (
    EDITIONS,
    MAPPINGS,
    Said,
    answers,
    edited,
    everything_said,
    plan_from,
    reading,
    rules,
    shown_as,
)

CIRCUMSTANCES = "only if my heart stops because of the cancer"
LIMITED = {
    "head.birth-date": "1950-01-01",
    "1.C": "true",
    "1.C.1": "no",
    "1.C.2": CIRCUMSTANCES,
    "1.A.person-informed": "yes",
}
CPR_ITEM = {"respect-v3": "4.3", "respect-v2": "4.3", "tep-devon": "A.4"}
"""Editions whose CPR box has no room for circumstances."""


@pytest.mark.parametrize("target", EDITIONS)
def test_a_limited_dnacpr_decision_is_never_shown_as_an_unlimited_one(target: str) -> None:
    shown = shown_as(plan_from("dnacpr-south-central", LIMITED), target)
    if shown.value is None:
        assert "SR6" in rules(shown, errors=True)
        return
    assert CIRCUMSTANCES in everything_said(shown.value)
    assert CPR_ITEM.get(target) not in answers(shown.value)


def test_a_form_that_says_not_in_all_circumstances_must_say_in_which() -> None:
    result = reading("dnacpr-south-central", {"1.C": "true", "1.C.1": "no"})
    assert result.value is None
    assert [issue.expression for issue in result.issues if issue.is_error] == [
        ("QuestionnaireResponse.repeat(item).where(linkId='1.C.2')",)
    ]


def test_a_conditional_treatment_is_blank_on_a_yes_or_no_form_and_its_condition_is_told() -> None:
    plan = plan_from("teal-working", {"5.1": "conditional", "5.1c": "if it can be reversed within days"})
    shown = shown_as(plan, "tep-devon").value
    assert "B.1" not in answers(shown)
    assert "if it can be reversed within days" in everything_said(shown)
    unchanged = edited(plan, "tep-devon", {}).value
    assert unchanged == plan


def test_a_condition_goes_when_somebody_decides_anew_and_only_then() -> None:
    plan = plan_from("teal-working", {"5.1": "conditional", "5.1c": "if it can be reversed"})
    decided = edited(plan, "tep-devon", {"B.1": "no"}).value
    assert decided is not None
    assert answers(shown_as(decided, "teal-working").value)["5.1"] == "not-for"
    assert "5.1c" not in answers(shown_as(decided, "teal-working").value)


def test_no_edition_has_an_option_that_drops_a_condition() -> None:
    for mapping in MAPPINGS.values():
        for row in mapping.rows:
            kinds = getattr(row, "codes", None)
            if row.element.startswith("treatments.") and kinds is not None and "conditional" in kinds.to_value.values():
                assert "condition" in getattr(row, "companions", {}), row.place


def test_clearing_the_circumstances_does_not_make_a_refusal_for_all_of_them() -> None:
    plan = plan_from("dnacpr-south-central", LIMITED)
    refused = edited(plan, "teal-working", {"6.1c": None})
    assert refused.value is None
    assert rules(refused, errors=True) == {"SR6"}
    signed = edited(plan, "teal-working", {"6.1c": None, "9.1": "Dr A", "9.4": "A", "9.5": "2026-06-01"})
    assert signed.value is not None
    assert signed.signed


def test_half_an_answer_is_told_in_words_and_ticked_nowhere() -> None:
    plan = put(plan_from("dnacpr-south-central", LIMITED), {"cpr.decision": CprDecision(CprKind.DO_NOT_ATTEMPT)})
    shown = shown_as(plan, "dnacpr-south-central").value
    assert "1.C.1" not in answers(shown)
    assert "In all circumstances (dnacpr-south-central, 1.C.1): No" in everything_said(shown)
    assert edited(plan, "dnacpr-south-central", {}).value == plan


def test_circumstances_beside_a_reason_that_knows_none_are_said_to_disagree() -> None:
    both: Said = {"1.A": "true", "1.C": "true", "1.C.1": "no", "1.C.2": "After a large stroke", "2.signature": "A"}
    assert "SR6" in rules(reading("dnacpr-south-central", both))
    assert "SR6" not in rules(reading("dnacpr-south-central", {**both, "1.A": "false"}))
