"""SR9: a date, indefinite and none stated are three facts; a past review date is prominent, and ends and extends nothing."""

from __future__ import annotations

import pytest

from acpshare.emergency import PlanOnRecord, emergency_view
from acpshare.plan.values import Review
from acpshare.web.emergency import render_page
from tests.unit.emergency.people import INDEFINITE, NOT_ATTEMPT, TODAY, by, form, full_respect

SITUATIONS: dict[str, tuple[Review | None, str, str, str]] = {
    "a date to come": (by("2026-09-12"), "current", "2026-09-12", "Review by 12 September 2026."),
    "today": (by("2026-06-15"), "current", "2026-06-15", "Review by 15 June 2026."),
    "yesterday": (by("2026-06-14"), "review-overdue", "2026-06-14", "It was due by 14 June 2026."),
    "this month": (by("2026-06"), "current", "2026-06", "Review by June 2026."),
    "last month": (by("2026-05"), "review-overdue", "2026-05", "It was due by May 2026."),
    "years ago": (by("2020"), "review-overdue", "2020", "It was due by 2020."),
    "indefinite": (INDEFINITE, "current", "indefinite", "Indefinite: no review date set."),
    "none stated": (None, "current", "none-stated", "No review date stated."),
}


@pytest.mark.parametrize("review, state, shown, words", SITUATIONS.values(), ids=SITUATIONS)
def test_review(review: Review | None, state: str, shown: str, words: str) -> None:
    view = emergency_view((full_respect(review=review),), TODAY)
    page = render_page(view)
    assert (view.validity.state, view.validity.review) == (state, shown)
    assert view.cpr.decision.value == "do-not-attempt", "an overdue decision is still shown"
    assert words in page
    first_block = page[: page.index('id="validity-heading"')]
    assert ("REVIEW OVERDUE" in first_block) is (state == "review-overdue")


OLD_DNACPR = form("dnacpr-rcuk-2015", "2025-01-01", {"cpr.decision": NOT_ATTEMPT, "review": by("2026-01-01")})
BOTH: dict[str, tuple[tuple[PlanOnRecord, ...], str, str]] = {
    "a newer TEP's review date does not renew the DNACPR decision": (
        (OLD_DNACPR, form("tep-devon", "2026-05-01", {"review": by("2027-05-01")})),
        "review-overdue",
        "2026-01-01",
    ),
    "an overdue TEP beside a DNACPR decision without end": (
        (
            form("dnacpr-rcuk-2015", "2026-05-01", {"cpr.decision": NOT_ATTEMPT, "review": INDEFINITE}),
            form("tep-devon", "2025-05-01", {"review": by("2026-05-01")}),
        ),
        "review-overdue",
        "2026-05-01",
    ),
    "a newer TEP's review date is not shown as that of a DNACPR decision without end": (
        (
            form("dnacpr-rcuk-2015", "2025-05-01", {"cpr.decision": NOT_ATTEMPT, "review": INDEFINITE}),
            form("tep-devon", "2026-05-01", {"review": by("2027-05-01")}),
        ),
        "current",
        "indefinite",
    ),
    "a superseded form's review is nobody's": (
        (OLD_DNACPR, form("dnacpr-rcuk-2015", "2026-05-01", {"cpr.decision": NOT_ATTEMPT, "review": by("2027-05-01")})),
        "current",
        "2027-05-01",
    ),
}


@pytest.mark.parametrize("forms, state, shown", BOTH.values(), ids=BOTH)
def test_a_review_date_belongs_to_the_form_that_it_is_written_on(
    forms: tuple[PlanOnRecord, ...], state: str, shown: str
) -> None:
    validity = emergency_view(forms, TODAY).validity
    assert (validity.state, validity.review) == (state, shown)
