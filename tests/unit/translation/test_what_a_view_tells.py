"""What a form shows of plans that no form of today makes: made by an earlier mapping, or by another system's resources."""

from __future__ import annotations

from typing import Any

import pytest

from acpshare.forms import Answer, AnswerType, ResponseItem
from acpshare.outcome import LedgerOutcome
from acpshare.plan import Plan, put
from acpshare.plan.answers import Residue
from acpshare.plan.record import Signature, SignatureRole
from acpshare.plan.values import CprDecision, CprKind
from acpshare.translation import Translation, ledger_issues, update
from tests.support.forms import EDITIONS, MAPPINGS, TODAY, answers, everything_said, plan_from, shown_as

CANARY = "Canary-Quux 7f3a"


def test_residue_whose_item_now_means_a_plan_element_is_still_told() -> None:
    said = ResponseItem("4.2", (Answer(AnswerType.STRING, "Kept by an earlier mapping"),))
    plan = put(Plan(), {"record.form": "respect-v3", "residue": (Residue("respect-v3", "4.2", "Guidance", (said,)),)})
    shown = shown_as(plan, "respect-v3")
    assert "4.2" not in answers(shown.value)
    assert "Kept by an earlier mapping" in everything_said(shown.value)


def test_of_several_signatures_for_one_place_the_others_are_told() -> None:
    first, second = (Signature("respect-v3", SignatureRole.SENIOR, name=name) for name in ("Dr One", "Dr Two"))
    plan = put(Plan(), {"record.form": "respect-v3", "signatures": (first, second)})
    shown = shown_as(plan, "respect-v3")
    assert shown.value is not None
    assert answers(shown.value)["7s.2"] == "Dr One"
    assert any("Dr Two" in line for line in shown.value.carried)
    assert update(MAPPINGS["respect-v3"], plan, shown.value, TODAY).value == plan


def test_what_a_place_has_no_box_for_is_told_with_the_signature() -> None:
    signed = Signature("respect-v3", SignatureRole.PERSON, name="Somebody", registration="C1234567")
    shown = shown_as(put(Plan(), {"record.form": "respect-v3", "signatures": (signed,)}), "respect-v3")
    assert answers(shown.value)["8s.1"] == "Somebody"
    assert "C1234567" in everything_said(shown.value)


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_plan_that_breaks_a_safety_rule_is_refused_on_writing_as_on_reading(edition: str) -> None:
    adult = put(Plan(), {"cpr.decision": CprDecision(CprKind.MODIFIED), "person.birth_date": "1950-01-01"})
    result = shown_as(adult, edition)
    assert result.value is None
    assert result.is_unsafe
    assert "SR4" in {issue.rule for issue in result.issues}


@pytest.mark.parametrize("edition", EDITIONS)
def test_neither_the_ledger_nor_any_issue_repeats_what_was_said(edition: str) -> None:
    texts = {"1.1": CANARY, "2.1": CANARY, "3.2": CANARY, "4.2": CANARY, "4.3": "do-not-attempt", "6.2": CANARY}
    plan = plan_from("respect-v3", {**texts, "8": [{"8.1": CANARY, "8.4": CANARY}], "7": [{"7.2": CANARY}]})
    shown = shown_as(plan, edition)
    results: list[Translation[Any]] = [shown]
    if shown.value is not None:
        results.append(update(MAPPINGS[edition], plan, shown.value, TODAY))
    for result in results:
        assert CANARY not in repr(result.issues)
        assert CANARY not in repr(result.ledger)
        assert CANARY not in repr(ledger_issues(result.ledger))


def test_the_ledger_has_an_entry_for_every_item_that_is_left_blank() -> None:
    shown = shown_as(plan_from("respect-v3", {"4.3": "do-not-attempt"}), "tep-scotland")
    blank = {entry.item for entry in shown.ledger.having(LedgerOutcome.LEFT_BLANK)}
    assert {"P.1", "P.2", "2", "5", "6"} <= blank
