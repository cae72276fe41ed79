"""SR17: what a form cannot say is told verbatim and labelled, and listed as a loss. Nothing is dropped in silence.

Basis: clinical.md section 4 (inference); requirement T2. The law over generated forms: tests/property/test_laws.py.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from acpshare.outcome import LedgerOutcome
from acpshare.plan import CATALOGUE, stated
from acpshare.translation import read, update
from acpshare.translation.carry import HEADING
from acpshare.translation.mapping import SERVICE_OWNED
from tests.support.forms import EDITIONS, MAPPINGS, TODAY, Said, answers, everything_said, plan_from, rules, shown_as

FULL: Said = {
    "1.1": "Sam Example",
    "1.3": "1950-01-01",
    "2.1": "Lung disease and frailty",
    "3.1": "8",
    "3.2": "My garden",
    "3.3": "Dying in a corridor",
    "4.1": "comfort",
    "4.2": "Antibiotics by mouth at home",
    "4.3": "do-not-attempt",
    "5.1": "yes",
    "6.1": ["A"],
    "8": [{"8.1": "Kim Example", "8.2": "Daughter", "8.3": "01632 960001"}],
}


@pytest.mark.parametrize("target", EDITIONS)
def test_every_statement_has_an_entry_in_the_ledger_of_every_translation(target: str) -> None:
    plan = plan_from("respect-v3", FULL)
    shown = shown_as(plan, target)
    entered = {entry.element for entry in shown.ledger.entries if entry.outcome is not LedgerOutcome.LEFT_BLANK}
    assert {element.path for element, _ in stated(plan)} - SERVICE_OWNED <= entered


@pytest.mark.parametrize("target", EDITIONS)
def test_every_item_of_the_target_has_an_entry_too(target: str) -> None:
    shown = shown_as(plan_from("respect-v3", FULL), target)
    entered = {entry.item for entry in shown.ledger.entries}
    missing = [
        link
        for link, row in MAPPINGS[target].row_of.items()
        if link not in entered and row.items[0] not in entered and link not in answers(shown.value)
    ]
    assert missing == []


@pytest.mark.parametrize("target", EDITIONS)
def test_the_words_themselves_are_there_with_a_label(target: str) -> None:
    said = everything_said(shown_as(plan_from("respect-v3", FULL), target).value)
    for words in (
        "Lung disease and frailty",
        "My garden",
        "Dying in a corridor",
        "Antibiotics by mouth at home",
        "Kim Example",
    ):
        assert words in said
    if "3.2" not in MAPPINGS[target].items or target.startswith(("dnacpr", "te")):
        assert f"{CATALOGUE['matters.values'].label}: My garden" in said


def test_ceilings_go_into_the_guidance_box_of_respect_as_text() -> None:
    plan = plan_from("tep-devon", {"B.1": "no", "B.3": "yes"})
    shown = answers(shown_as(plan, "respect-v3").value)
    assert shown["4.2"].startswith(HEADING)
    assert "Hospital admission: not for" in shown["4.2"]
    assert "4.1" not in shown


def test_carried_text_can_be_left_or_taken_out_but_not_changed() -> None:
    plan = plan_from("tep-devon", {"B.1": "no"})
    shown = shown_as(plan, "respect-v3").value
    assert shown is not None
    tampered = replace(shown, carried=(*shown.carried, "Hospital admission: for"))
    refused = update(MAPPINGS["respect-v3"], plan, tampered, TODAY)
    assert refused.value is None
    assert rules(refused, errors=True) == {"SR17"}
    without = replace(shown, items=(), carried=())
    kept = update(MAPPINGS["respect-v3"], plan, without, TODAY).value
    assert kept is not None
    assert kept.treatments == plan.treatments


def test_carried_text_that_comes_with_a_form_read_on_its_own_is_kept() -> None:
    shown = shown_as(plan_from("respect-v3", FULL), "tep-devon").value
    assert shown is not None
    again = read(MAPPINGS["tep-devon"], shown, TODAY).value
    assert again is not None
    assert "My garden" in everything_said(
        shown_as(again, "dnacpr-rcuk-2015").value or shown_as(again, "respect-v3").value
    )
