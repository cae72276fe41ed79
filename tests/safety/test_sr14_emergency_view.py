"""SR14: an imperfect form is shown with what is wrong with it, and is never hidden for it."""

from __future__ import annotations

import html

import pytest

from acpshare.emergency import PlanOnRecord, emergency_view
from acpshare.plan import Plan, put
from acpshare.plan.record import Cancellation
from acpshare.plan.values import FhirDate, Review, ReviewKind, YesNo
from acpshare.web.emergency import render_page
from tests.unit.emergency.people import NOT_ATTEMPT, TODAY, UPLOADED, by, form, full_respect

BARE = PlanOnRecord(put(Plan(), {"cpr.decision": NOT_ATTEMPT}), "bare", "dnacpr", UPLOADED)

IMPERFECT: dict[str, tuple[PlanOnRecord, set[str]]] = {
    "nothing but a tick: no name, date, signature or form": (BARE, {"unsigned", "undated", "endorsement-pending"}),
    "unsigned": (form("respect-v3", "2026-01-01", {"cpr.decision": NOT_ATTEMPT}, signatures=()), {"unsigned"}),
    "overdue": (full_respect(review=by("2020")), {"review-overdue"}),
    "changed since it was signed": (
        full_respect(**{"record.amended_since_signed": YesNo.YES}),
        {"changed-since-signed"},
    ),
    "for hospital only": (full_respect(**{"record.valid_in_community": YesNo.NO}), {"not-valid-in-community"}),
    "dated in the future": (form("respect-v3", "2062-01-01", {"cpr.decision": NOT_ATTEMPT}), {"future-dated"}),
    "to be reviewed, no date": (full_respect(review=Review(ReviewKind.BY_DATE)), {"review-undated"}),
    "the person has not been told": (full_respect(**{"awareness.person_aware": YesNo.NO}), {"person-not-told"}),
    "recorded as having died": (full_respect(**{"record.died_on": FhirDate("2026-06-01")}), {"died"}),
}


@pytest.mark.parametrize("on_record, warned", IMPERFECT.values(), ids=IMPERFECT)
def test_shown_with_its_warning(on_record: PlanOnRecord, warned: set[str]) -> None:
    assert on_record.plan.cancellation == Cancellation()
    view = emergency_view((on_record,), TODAY)
    page = html.unescape(render_page(view))
    assert view.cpr.headline == "DO NOT ATTEMPT CPR"
    assert warned <= {each.code for each in view.warnings}
    assert all(each.text in page for each in view.warnings if each.code in warned - {"endorsement-pending"})


def test_the_moment_of_recording_is_never_shown_as_a_date_of_the_decision() -> None:
    view = emergency_view((BARE,), TODAY)
    assert (view.cpr.decided_on, view.cpr.dated_by, view.source.dated) == (None, None, None)
    assert "<b>Undated</b>" in render_page(view)
    assert "2026" not in render_page(view)
