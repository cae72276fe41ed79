"""SR7: a CPR decision that was changed without a signature is never shown as decided, dated or endorsed by those who signed.

Basis: clinical.md section 4 (S17, S19, S22), requirement R3. Changing it is a correction; who signed did not sign that.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from acpshare.emergency import EmergencyView, PlanOnRecord, emergency_view
from acpshare.fhir.plan import Context, to_resources
from acpshare.plan import Plan
from acpshare.web.emergency import render_page
from tests.support.forms import TODAY, Said, edited, plan_from, rules, shown_as

SIGNED: Said = {
    "1.1": "A Person",
    "1.3": "1950-01-01",
    "4.3": "attempt",
    "4.3s": "A Example",
    "4.3t": "2025-01-10",
    "7s.2": "Dr Ben Sample",
    "7s.4": "B Sample",
    "7s.5": "2025-01-12",
}


DATED: Said = {"head.decision-date": "2025-06-01", "7.review-date": "2025-06-08"}


def view_of(plan: Plan) -> EmergencyView:
    return emergency_view((PlanOnRecord(plan, "1", "respect", datetime(2026, 6, 1, tzinfo=UTC)),), TODAY)


def changed(form: str, answers: dict[str, str | None]) -> Plan:
    after = edited(plan_from("respect-v3", SIGNED), form, answers)
    assert after.value is not None, after.issues
    assert not after.signed
    assert "SR7" in rules(after)
    return after.value


CHANGES: list[tuple[str, dict[str, str | None]]] = [
    ("tep-devon", {"A.4": "do-not-attempt"}),
    ("teal-working", {"6.1": "no", "6.1c": "If she has had a stroke"}),
    ("respect-v3", {"4.3": "do-not-attempt"}),
    ("tep-devon", {"A.4": "do-not-attempt", "S.1": "Dr Typed By The System"}),
]


@pytest.mark.parametrize(("form", "answers"), CHANGES)
def test_the_crew_is_told_that_nobody_signed_it_and_sees_no_name_date_or_endorsement(
    form: str, answers: dict[str, str | None]
) -> None:
    view = view_of(changed(form, answers))
    assert view.cpr.decision.value == "do-not-attempt"
    assert (view.cpr.signed_by, view.cpr.signed_on, view.cpr.decided_on, view.cpr.endorsed_by) == (None,) * 4
    assert view.cpr.endorsement == "pending"
    assert {"cpr-changed-since-signed", "endorsement-pending"} <= {each.code for each in view.warnings}
    first_block = render_page(view).partition('class="validity')[0]
    assert "nobody has signed" in first_block
    assert "CPR DECISION NOT SIGNED" in first_block
    assert "DO <strong" not in first_block
    assert not view.cpr.agreed
    assert "Sample" not in first_block


@pytest.mark.parametrize("target", ["respect-v3", "respect-v2", "tep-devon", "tep-scotland", "teal-working"])
def test_every_form_says_it_the_signed_edition_too(target: str) -> None:
    shown = shown_as(changed("tep-devon", {"A.4": "do-not-attempt"}), target)
    assert shown.value is not None
    assert any("Nobody has signed the decision" in line for line in shown.value.carried)
    assert "SR7" in rules(shown)


def test_no_alert_and_no_consent_is_made_of_it() -> None:
    context = Context(plan_id="1", patient="Patient/1", family="respect", recorded="2026-11-22T12:00:00Z")
    made = to_resources(changed("tep-devon", {"A.4": "do-not-attempt"}), context)
    assert [each["id"] for each in made if each["resourceType"] in ("Flag", "Consent")] == ["1-flag-respect"]
    assert "nobody has signed it" in made[0]["text"]["div"]


def test_changing_something_else_takes_nothing_from_the_decision() -> None:
    after = edited(plan_from("respect-v3", SIGNED), "tep-devon", {"B.1": "no"}).value
    assert after is not None
    view = view_of(after)
    assert view.cpr.endorsement == "endorsed"
    assert view.cpr.decided_on == "2025-01-10"
    shown = shown_as(after, "respect-v3").value
    assert shown is not None
    assert shown.carried == ("This plan was changed after it was signed. What was changed is not signed.",)


def test_a_newly_signed_form_is_somebodys_again() -> None:
    after = edited(changed("tep-devon", {"A.4": "do-not-attempt"}), "tep-devon", {"S.1": "Dr C", "S.5": "2026-11-20"})
    assert after.signed
    assert after.value is not None
    view = view_of(after.value)
    assert (view.cpr.signed_by, view.cpr.decided_on) == ("Dr C", "2026-11-20")
    assert "cpr-changed-since-signed" not in {each.code for each in view.warnings}


def test_a_name_alone_is_somebody_who_has_yet_to_sign() -> None:
    after = edited(plan_from("respect-v3", SIGNED), "tep-devon", {"S.1": "Dr Typed By The System"})
    assert not after.signed
    assert after.value is not None
    assert after.value.record.form == "respect-v3"


# (what the form says of who signed, whom the crew is told)
SIGNATORIES: list[tuple[str, Said, str]] = [
    ("the one named clinician, not the scrawl in the CPR box", {"4.3s": "A Ex", "7": [{"7.2": "Dr Ada"}]}, "Dr Ada"),
    ("the CPR box where several are named", {"4.3s": "A Ex", "7": [{"7.2": "Dr A"}, {"7.2": "Dr B"}]}, "A Ex"),
    ("the CPR box where nobody is named", {"4.3s": "A Ex"}, "A Ex"),
    (
        "the latest, where several signed",
        {"7": [{"7.2": "Dr A", "7.5": "2026-01-01"}, {"7.2": "Dr B", "7.5": "2026-02-01"}]},
        "Dr B",
    ),
    ("the senior where nobody else signed", {"7s.2": "Dr Senior"}, "Dr Senior"),
]


@pytest.mark.parametrize(("what", "said", "shown"), SIGNATORIES, ids=[row[0] for row in SIGNATORIES])
def test_the_crew_is_told(what: str, said: Said, shown: str) -> None:
    assert view_of(plan_from("respect-v3", {"4.3": "attempt", **said})).cpr.signed_by == shown


def test_a_decision_that_was_signed_on_another_day_than_it_was_made_shows_both_days() -> None:
    """A seven-day decision signed again half a year later was not decided then by whoever signed now (R4)."""
    old = plan_from("dnacpr-rcuk-2015", {"2": "Frailty", "6.name": "Dr A", "6.date": "2025-06-01", **DATED})
    again = edited(old, "dnacpr-south-central", {"2.name": "Dr Y", "2.date": "2026-01-01"})
    assert again.value is not None
    page = render_page(view_of(again.value))
    assert "Decided <b>1 June 2025</b>, Dr Y, signed <b>1 January 2026</b>" in page
