"""When a stored rendering of the view stops being right although nobody recorded anything."""

from __future__ import annotations

from datetime import date

import pytest

from acpshare.emergency import PlanOnRecord, changes_on
from acpshare.plan.values import FhirDate
from tests.unit.emergency.people import INDEFINITE, MODIFIED, NOT_ATTEMPT, TODAY, by, form, full_respect

CASES: dict[str, tuple[tuple[PlanOnRecord, ...], date | None]] = {
    "nothing recorded": ((), None),
    "indefinite": ((full_respect(review=INDEFINITE),), None),
    "the day after the review date": ((full_respect(review=by("2026-09-12")),), date(2026, 9, 13)),
    "a review today is not overdue until tomorrow": ((full_respect(review=by("2026-06-15")),), date(2026, 6, 16)),
    "a review by a month is over when the month is": ((full_respect(review=by("2026-06")),), date(2026, 7, 1)),
    "a review that is overdue already": ((full_respect(review=by("2026-06-14")),), None),
    "a cancelled form's review changes nothing": (
        (full_respect(**{"review": by("2026-09-12"), "cancellation.on": FhirDate("2026-06-01")}),),
        None,
    ),
    "the first of two reviews": (
        (full_respect(review=by("2026-09-12")), form("tep-devon", "2026-04-01", {"review": by("2026-07-01")})),
        date(2026, 7, 2),
    ),
    "modified CPR and an 18th birthday": (
        (
            full_respect(
                **{"cpr.decision": MODIFIED, "review": INDEFINITE, "person.birth_date": FhirDate("2008-08-20")}
            ),
        ),
        date(2026, 8, 20),
    ),
    "an 18th birthday that changes nothing": (
        (
            full_respect(
                **{"cpr.decision": NOT_ATTEMPT, "review": INDEFINITE, "person.birth_date": FhirDate("2008-08-20")}
            ),
        ),
        None,
    ),
}


@pytest.mark.parametrize("forms, expected", CASES.values(), ids=CASES)
def test_the_next_day_on_which_the_view_changes_by_itself(
    forms: tuple[PlanOnRecord, ...], expected: date | None
) -> None:
    assert changes_on(forms, TODAY) == expected
