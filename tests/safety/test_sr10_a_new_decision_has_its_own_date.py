"""SR10: the newest decision counts, so a new one never bears the old one's date; and only a signature undoes a cancellation.

Basis: clinical.md section 4 (S13, S2 item 45, S24e).
"""

from __future__ import annotations

import pytest

from acpshare.plan.decision import decision_date
from tests.support.forms import Said, edited, plan_from, rules

RESPECT: Said = {"1.3": "1950-01-01", "4.3": "do-not-attempt", "4.3t": "2025-01-10", "7s.4": "B Sample"}
SIGNING: dict[str, dict[str, str | None]] = {
    "tep-devon": {"S.1": "Dr New", "S.4": "N", "S.5": "2026-11-20"},
    "teal-working": {"9.1": "Dr New", "9.4": "N", "9.5": "2026-11-20"},
    "respect-v2": {"4.3s": "N", "1.6": "2026-11-20"},
    "dnacpr-deciding-right": {"junior.name": "Dr New", "junior.date": "2026-11-20"},
}


@pytest.mark.parametrize("form", SIGNING)
def test_a_form_without_a_box_for_the_date_is_dated_by_its_own_signature(form: str) -> None:
    after = edited(plan_from("respect-v3", RESPECT), form, SIGNING[form])
    assert after.signed
    assert after.value is not None
    assert decision_date(after.value) is not None
    assert decision_date(after.value)[0] == "2026-11-20"  # type: ignore[index]


def test_a_reversed_decision_signed_under_the_old_date_is_sent_back() -> None:
    plan = plan_from("respect-v3", RESPECT)
    after = edited(plan, "respect-v3", {"4.3": "attempt", "4.3s": "N"})
    assert after.value is None
    assert "SR10" in rules(after, errors=True)
    assert edited(plan, "respect-v3", {"4.3": "attempt", "4.3s": "N", "4.3t": "2026-11-20"}).value is not None


CANCELLED: Said = {**RESPECT, "cancelled.date": "2026-01-02", "cancelled.by": "Dr C"}
CLEARED: dict[str, str | None] = {"cancelled.date": None, "cancelled.by": None}


@pytest.mark.parametrize("form", ["respect-v3", "tep-devon", "tep-scotland", "teal-working", "dnacpr-rcuk-2015"])
def test_a_cancelled_decision_does_not_come_back_by_clearing_boxes(form: str) -> None:
    after = edited(plan_from("respect-v3", CANCELLED), form, CLEARED)
    assert after.value is None
    assert "SR10" in rules(after, errors=True)


def test_a_newly_signed_form_decides_anew_after_a_cancellation() -> None:
    after = edited(plan_from("respect-v3", CANCELLED), "tep-devon", {**CLEARED, **SIGNING["tep-devon"]})
    assert after.signed
    assert after.value is not None


def test_a_cancellation_may_be_put_more_exactly() -> None:
    after = edited(plan_from("respect-v3", CANCELLED), "respect-v3", {"cancelled.reason": "She has recovered"})
    assert after.value is not None
