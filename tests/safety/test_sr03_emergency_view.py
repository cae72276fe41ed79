"""SR3: no CPR decision recorded is shown as that, with the presumption for the clinician; never as a decision for CPR."""

from __future__ import annotations

import pytest

from acpshare.emergency import CprShown, PlanOnRecord, ValidityState, emergency_view
from acpshare.plan.legal import AdvanceDecision, InstrumentStatus
from acpshare.plan.person import Person
from acpshare.plan.values import FhirDate, YesNo
from acpshare.web.emergency import render_page
from tests.unit.emergency.people import ATTEMPT, FOR, NOT_ATTEMPT, NOT_FOR, TODAY, form

PRESUMPTION = "the usual presumption is to attempt CPR"
REFUSAL = AdvanceDecision(refuses="CPR", refuses_cpr=YesNo.YES, circumstances="advanced dementia")
RETRACTED = AdvanceDecision(refuses="CPR", refuses_cpr=YesNo.YES, status=InstrumentStatus.RETRACTED)
NO_CPR_WORD = form("tep-devon", "2026-05-01", {"treatments.hospital_admission": NOT_FOR})
CANCELLED = {"cancellation.on": FhirDate("2026-06-01")}

SITUATIONS: dict[str, tuple[tuple[PlanOnRecord, ...], str, bool]] = {
    "no plan at all": ((), "NO CPR DECISION RECORDED", False),
    "a TEP whose CPR box is blank": ((NO_CPR_WORD,), "NO CPR DECISION RECORDED", False),
    "every treatment is for": (
        (form("tep-devon", "2026-05-01", {"treatments.icu": FOR}),),
        "NO CPR DECISION RECORDED",
        False,
    ),
    "a decision for CPR that was cancelled": (
        (form("respect-v3", "2026-05-01", {"cpr.decision": ATTEMPT, **CANCELLED}),),
        "NO CPR DECISION IN FORCE",
        False,
    ),
    "a decision against CPR that was cancelled": (
        (form("respect-v3", "2026-05-01", {"cpr.decision": NOT_ATTEMPT, **CANCELLED}),),
        "NO CPR DECISION IN FORCE",
        False,
    ),
    "an advance decision refusing CPR": (
        (form("tep-devon", "2026-05-01", {"legal.advance_decisions": (REFUSAL,)}),),
        "NO CPR DECISION RECORDED",
        True,
    ),
    "an advance decision that somebody only mentioned": (
        (form("tep-devon", "2026-05-01", {"legal.advance_decision_stated": YesNo.YES}),),
        "NO CPR DECISION RECORDED",
        True,
    ),
    "a retracted advance decision": (
        (form("tep-devon", "2026-05-01", {"legal.advance_decisions": (RETRACTED,)}),),
        "NO CPR DECISION RECORDED",
        False,
    ),
}


@pytest.mark.parametrize("forms, headline, refusal", SITUATIONS.values(), ids=SITUATIONS)
def test_no_decision_is_shown_as_none_with_the_presumption_and_any_refusal(
    forms: tuple[PlanOnRecord, ...], headline: str, refusal: bool
) -> None:
    view = emergency_view(forms, TODAY)
    page = render_page(view)
    assert view.cpr.decision is CprShown.NO_DECISION_RECORDED
    assert view.cpr.headline == headline
    assert PRESUMPTION in view.cpr.explanation
    assert ("advance decision may refuse CPR" in view.cpr.explanation) is refusal
    assert ("advance-decision-cpr" in {each.code for each in view.warnings}) is refusal
    assert [view.cpr.decided_on, view.cpr.signed_by, view.cpr.endorsement] == [None, None, None]
    assert "CPR attempts are recommended" not in page
    assert "CPR attempts are not recommended" not in page


def test_no_plan_recorded_is_said_aloud_with_whom_it_was_asked_for() -> None:
    view = emergency_view((), TODAY, Person(nhs_number="9990000026"))
    page = render_page(view)
    assert view.validity.state is ValidityState.NO_PLAN
    assert [each.code for each in view.warnings] == ["no-plan-recorded"]
    assert "No plan is recorded here" in page
    assert "999 000 0026" in page
    assert {each.decision.value for each in view.treatments} == {"not-stated"}
