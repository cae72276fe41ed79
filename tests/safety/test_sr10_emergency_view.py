"""SR10: one current plan, by decision date; cancelled and superseded forms say nothing and are shown as what they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from acpshare.emergency import PlanOnRecord, emergency_view
from acpshare.plan.values import FhirDate
from acpshare.web.emergency import render_page
from tests.unit.emergency.people import ATTEMPT, NOT_ATTEMPT, TODAY, form

LATE = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)
AGAINST, FOR_CPR = {"cpr.decision": NOT_ATTEMPT}, {"cpr.decision": ATTEMPT}
RCUK = "dnacpr-rcuk-2015"


def cancelled(on: str) -> dict[str, object]:
    return {"cancellation.on": FhirDate(on), "cancellation.by": "Dr Price"}


SITUATIONS: dict[str, tuple[tuple[PlanOnRecord, ...], str, str, set[str]]] = {
    "an older DNACPR form uploaded after a ReSPECT form for CPR": (
        (form(RCUK, "2025-01-01", AGAINST, recorded_at=LATE), form("respect-v3", "2026-01-01", FOR_CPR)),
        "ATTEMPT CPR",
        "current",
        {"conflict-cpr", "several-forms"},
    ),
    "a newer DNACPR form beside an older ReSPECT form for CPR": (
        (form(RCUK, "2026-03-01", AGAINST), form("respect-v3", "2026-01-01", FOR_CPR)),
        "DO NOT ATTEMPT CPR",
        "current",
        {"conflict-cpr", "several-forms"},
    ),
    "two forms of one day": (
        (form(RCUK, "2026-01-01", AGAINST, recorded_at=LATE), form("respect-v3", "2026-01-01", FOR_CPR)),
        "FORMS DISAGREE ABOUT CPR",
        "current",
        {"conflict-cpr", "several-forms"},
    ),
    "a newer form of the same family": (
        (form("respect-v3", "2025-01-01", AGAINST), form("respect-v3", "2026-01-01", FOR_CPR)),
        "ATTEMPT CPR",
        "current",
        {"superseded"},
    ),
    "the only form was cancelled": (
        (form(RCUK, "2025-01-01", {**AGAINST, **cancelled("2026-02-02")}),),
        "NO CPR DECISION IN FORCE",
        "cancelled",
        {"none-in-force", "cancelled"},
    ),
    "the newest was cancelled, and its predecessor does not come back": (
        (form(RCUK, "2024-01-01", AGAINST), form(RCUK, "2025-01-01", {**AGAINST, **cancelled("2026-02-02")})),
        "NO CPR DECISION IN FORCE",
        "cancelled",
        {"none-in-force", "cancelled", "superseded"},
    ),
    "the form was replaced by one that is not here": (
        (form(RCUK, "2025-01-01", AGAINST, replaced_by="elsewhere"),),
        "NO CPR DECISION IN FORCE",
        "superseded",
        {"none-in-force", "superseded"},
    ),
    "a DNACPR form was cancelled after the ReSPECT decision that still stands": (
        (form(RCUK, "2025-01-01", {**AGAINST, **cancelled("2026-02-02")}), form("respect-v3", "2026-01-01", AGAINST)),
        "DO NOT ATTEMPT CPR",
        "current",
        {"cancelled", "cancelled-later"},
    ),
    "a DNACPR form was cancelled before the ReSPECT decision was made": (
        (form(RCUK, "2025-01-01", {**AGAINST, **cancelled("2025-12-31")}), form("respect-v3", "2026-01-01", AGAINST)),
        "DO NOT ATTEMPT CPR",
        "current",
        {"cancelled"},
    ),
    "a newer ReSPECT form leaves the CPR box blank": (
        (form("respect-v3", "2025-01-01", AGAINST), form("respect-v3", "2026-01-01", {})),
        "NO CPR DECISION RECORDED",
        "current",
        {"cpr-decision-ended", "superseded"},
    ),
}


@pytest.mark.parametrize("forms, headline, state, warned", SITUATIONS.values(), ids=SITUATIONS)
def test_what_stands(forms: tuple[PlanOnRecord, ...], headline: str, state: str, warned: set[str]) -> None:
    view = emergency_view(forms, TODAY)
    assert (view.cpr.headline, view.validity.state) == (headline, state)
    assert {each.code for each in view.warnings} == warned


def test_a_cancelled_form_is_said_to_be_cancelled_and_when_beside_the_decision() -> None:
    page = render_page(emergency_view((form(RCUK, "2025-01-01", {**AGAINST, **cancelled("2026-02-02")}),), TODAY))
    first_block = page[: page.index('id="validity-heading"')]
    assert "CANCELLED on 2 February 2026, not in force: RCUK DNACPR form 2015." in first_block
    assert "not recommended" not in page
    assert "1 January 2025" not in page
