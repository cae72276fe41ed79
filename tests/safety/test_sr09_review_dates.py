"""SR9: a date, indefinite and none stated are three different facts; a passed date is overdue, never a cancellation.

Basis: clinical.md section 4 (S13, S14, S22, S38); requirement R4.
"""

from __future__ import annotations

import pytest

from acpshare.plan.values import Review, ReviewKind
from tests.support.forms import Said, answers, edited, everything_said, plan_from, reading, rules, shown_as

REASONS: Said = {"head.birth-date": "1940-01-01", "1.A": "true", "1.A.person-informed": "yes"}

# (what the form says, the fact)
FACTS: list[tuple[str, Said, Review | None]] = [
    ("a date", {"3.review": "needs-review", "3.date": "2027-01-31"}, Review(ReviewKind.BY_DATE, "2027-01-31")),  # type: ignore[arg-type]
    ("a box ticked and no date", {"3.review": "needs-review"}, Review(ReviewKind.BY_DATE)),
    ("indefinite", {"3.review": "indefinite"}, Review(ReviewKind.INDEFINITE)),
    ("nothing", {}, None),
]


@pytest.mark.parametrize(("what", "said", "fact"), FACTS, ids=[row[0] for row in FACTS])
def test_each_is_its_own_fact_and_comes_back_as_it_was(what: str, said: Said, fact: Review | None) -> None:
    plan = plan_from("dnacpr-south-central", {**REASONS, **said})
    assert plan.review == fact
    shown = answers(shown_as(plan, "dnacpr-south-central").value)
    assert {link: value for link, value in shown.items() if link.startswith("3.")} == dict(said)


def test_indefinite_is_not_made_into_a_date_nor_lost_on_a_form_that_has_only_a_date() -> None:
    shown = shown_as(plan_from("dnacpr-south-central", {**REASONS, "3.review": "indefinite"}), "dnacpr-rcuk-2015").value
    assert "7.review-date" not in answers(shown)
    assert "indefinite" in everything_said(shown)


def test_a_passed_review_date_is_overdue_and_the_decision_stands() -> None:
    result = reading("dnacpr-south-central", {**REASONS, "3.review": "needs-review", "3.date": "2026-11-21"})
    assert "SR9" in rules(result)
    assert result.value is not None
    assert result.value.cpr.decision is not None
    assert result.value.cancellation.on is None


def test_the_day_of_the_review_itself_is_not_overdue() -> None:
    result = reading("dnacpr-south-central", {**REASONS, "3.review": "needs-review", "3.date": "2026-11-22"})
    assert "SR9" not in rules(result)


def test_no_edit_of_anything_else_extends_or_ends_a_review() -> None:
    plan = plan_from("dnacpr-south-central", {**REASONS, "3.review": "needs-review", "3.date": "2026-01-01"})
    after = edited(plan, "dnacpr-south-central", {"1.A.because": "Frailty"}).value
    assert after is not None
    assert after.review == plan.review
