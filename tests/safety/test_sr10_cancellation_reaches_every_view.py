"""SR10: a cancellation reaches every rendering; the newest decision date, not the date of upload, is what counts.

Basis: clinical.md section 4 (S13, S2 item 45, S24e). Which plan is current: test_sr10_emergency_view.py.
"""

from __future__ import annotations

import pytest

from acpshare.plan.decision import decision_date
from tests.support.forms import EDITIONS, Said, edited, everything_said, plan_from, rules, shown_as

CANCELLED: Said = {
    "1.3": "1950-01-01",
    "4.3": "do-not-attempt",
    "cancelled.date": "2026-06-01",
    "cancelled.by": "Dr Ada Example",
    "cancelled.reason": "She has recovered",
}


@pytest.mark.parametrize("target", EDITIONS)
def test_a_cancelled_plan_is_cancelled_in_every_form(target: str) -> None:
    shown = shown_as(plan_from("respect-v3", CANCELLED), target)
    assert shown.value is not None
    assert "SR10" in rules(shown)
    assert "2026-06-01" in everything_said(shown.value)
    assert "She has recovered" in everything_said(shown.value)


def test_cancelling_keeps_what_was_decided() -> None:
    plan = plan_from("tep-devon", {"A.4": "do-not-attempt", "B.1": "no"})
    after = edited(plan, "tep-devon", {"cancelled.date": "2026-06-01"}).value
    assert after is not None
    assert after.cpr == plan.cpr
    assert after.treatments == plan.treatments


# (what the form states, the date of its decision)
DATES: list[tuple[str, str, Said, str | None]] = [
    (
        "the CPR decision's own date",
        "respect-v3",
        {"4.3t": "2026-02-01", "1.6": "2026-03-01", "7": [{"7.5": "2026-03-02"}]},
        "2026-02-01",
    ),
    (
        "else the latest signature",
        "respect-v3",
        {"1.6": "2026-03-01", "7": [{"7.5": "2026-03-02"}, {"7.5": "2026-01-02"}]},
        "2026-03-02",
    ),
    ("else the date completed", "respect-v3", {"1.6": "2026-03-01"}, "2026-03-01"),
    ("else none", "respect-v3", {"1.1": "A Person"}, None),
]


@pytest.mark.parametrize(("what", "form", "said", "date"), DATES, ids=[row[0] for row in DATES])
def test_the_date_of_a_decision_is(what: str, form: str, said: Said, date: str | None) -> None:
    found = decision_date(plan_from(form, said))
    assert (found[0] if found else None) == date
