"""SR7: signatures do not transfer. Another form shows who signed as provenance; its own signature boxes stay blank.

Basis: clinical.md section 4 (inference from S17, S19, S22).
"""

from __future__ import annotations

import pytest

from acpshare.outcome import LedgerOutcome
from acpshare.plan.record import SignatureRole
from acpshare.plan.values import YesNo
from acpshare.translation.rows import SignatureRow
from tests.support.forms import EDITIONS, MAPPINGS, Said, answers, edited, everything_said, plan_from, shown_as

SIGNED: Said = {
    "1.3": "1950-01-01",
    "4.3": "do-not-attempt",
    "4.3t": "2026-02-03",
    "7": [
        {"7.1": "ST5 geriatrics", "7.2": "Dr Ada Example", "7.3": "0000011", "7.4": "A Example", "7.5": "2026-02-03"}
    ],
    "7s.2": "Dr Ben Sample",
    "7s.5": "2026-02-04",
}
OTHERS = [edition for edition in EDITIONS if edition != "respect-v3"]


@pytest.mark.parametrize("target", OTHERS)
def test_the_signature_boxes_of_another_form_stay_blank_and_the_signatory_is_named(target: str) -> None:
    plan = plan_from("respect-v3", SIGNED)
    shown = shown_as(plan, target)
    assert shown.value is not None
    boxes = {
        item.link_id for row in MAPPINGS[target].rows if isinstance(row, SignatureRow) for item in row.fields.values()
    }
    assert boxes
    assert not boxes & set(answers(shown.value))
    for word in ("Dr Ada Example", "2026-02-03", "Dr Ben Sample", "not transfer"):
        assert word in everything_said(shown.value)
    blocked = shown.ledger.having(LedgerOutcome.BLOCKED)
    assert [(entry.element, entry.rule) for entry in blocked] == [("signatures", "SR7")]


@pytest.mark.parametrize("target", OTHERS)
def test_every_translated_view_says_first_that_it_is_one_and_of_which_form(target: str) -> None:
    shown = shown_as(plan_from("respect-v3", SIGNED), target).value
    assert shown is not None
    assert shown.carried[0].startswith("Translated view of a plan made on respect-v3. It is not the signed form")


def test_the_form_that_was_signed_shows_its_own_signatures_and_no_banner() -> None:
    shown = shown_as(plan_from("respect-v3", SIGNED), "respect-v3").value
    assert shown is not None
    assert answers(shown)["7.2"] == "Dr Ada Example"
    assert shown.carried == ()


def test_an_edit_without_a_signature_keeps_the_old_one_and_says_that_the_plan_changed_since() -> None:
    changed = edited(plan_from("respect-v3", SIGNED), "tep-devon", {"B.1": "no"})
    assert changed.value is not None
    assert not changed.signed
    assert [each.form for each in changed.value.signatures] == ["respect-v3", "respect-v3"]
    assert changed.value.record.amended_since_signed is YesNo.YES


def test_signing_the_other_form_is_a_new_decision_with_its_own_signature_only() -> None:
    plan = plan_from("respect-v3", SIGNED)
    changed = edited(plan, "tep-devon", {"S.1": "Dr Cara Test", "S.5": "2026-05-05"})
    assert changed.value is not None
    assert changed.signed
    assert [(each.form, each.role) for each in changed.value.signatures] == [("tep-devon", SignatureRole.AUTHOR)]
    assert changed.value.record.form == "tep-devon"
    assert "Dr Ada Example" not in everything_said(shown_as(changed.value, "respect-v3").value)
