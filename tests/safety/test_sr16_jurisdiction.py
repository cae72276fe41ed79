"""SR16: words of capacity law are never relabelled between England and Wales, and Scotland.

Basis: clinical.md section 4 (S27, S37).
"""

from __future__ import annotations

import pytest

from acpshare.plan import put
from acpshare.plan.legal import Proxy, ProxyKind
from tests.support.forms import MAPPINGS, answers, edited, everything_said, plan_from, rules, shown_as

SCOTTISH = {"P.2": "1950-01-01", "2": "full-escalation", "5.1": "Nurse Example", "P.5": "2026-01-01"}
GUARDIAN = Proxy(name="Isla Example", kind=ProxyKind.WELFARE_GUARDIAN)


def test_a_scottish_guardian_is_not_shown_as_an_attorney_in_england() -> None:
    plan = put(plan_from("tep-scotland", SCOTTISH), {"legal.proxies": (GUARDIAN,)})
    for target in ("tep-devon", "teal-working", "respect-v3"):
        said = everything_said(shown_as(plan, target).value)
        assert "Welfare guardian (Scotland)" in said
        assert "lpa" not in said.lower()
        assert "lasting power" not in said.lower()


@pytest.mark.parametrize(("target", "item"), [("tep-devon", "A.3"), ("teal-working", "7.1")])
def test_capacity_under_one_law_ticks_no_box_under_the_other(target: str, item: str) -> None:
    english = plan_from(target, {item: "yes"})
    scottish = put(english, {"record.jurisdiction": MAPPINGS["tep-scotland"].definition.jurisdiction})
    shown = shown_as(scottish, target)
    assert item not in answers(shown.value)
    assert "has capacity" in everything_said(shown.value)
    assert any(entry.rule == "SR16" for entry in shown.ledger.entries)


def test_such_a_box_can_be_filled_only_by_signing_the_form_as_a_new_decision() -> None:
    plan = plan_from("tep-scotland", SCOTTISH)
    unsigned = edited(plan, "tep-devon", {"A.3": "yes"})
    assert unsigned.value is None
    assert rules(unsigned, errors=True) == {"SR16"}
    signed = edited(plan, "tep-devon", {"A.3": "yes", "S.1": "Dr A", "S.5": "2026-05-05"})
    assert signed.value is not None
    assert signed.signed


def test_what_was_stated_under_the_first_law_is_kept_in_its_own_words_when_the_other_form_is_signed() -> None:
    english = plan_from("tep-devon", {"A.3": "no", "B.1": "yes"})
    scottish = put(
        english,
        {"record.jurisdiction": MAPPINGS["tep-scotland"].definition.jurisdiction, "record.form": "tep-scotland"},
    )
    signed = edited(scottish, "tep-devon", {"S.1": "Dr A", "S.5": "2026-05-05"}).value
    assert signed is not None
    assert signed.capacity.treatment.status is None
    assert "lacks capacity" in everything_said(shown_as(signed, "tep-devon").value)
