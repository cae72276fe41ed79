"""SR6: a conditional refusal or decision carries its condition everywhere, and nobody can read it as unconditional."""

from __future__ import annotations

import re

import pytest

from acpshare.emergency import emergency_view
from acpshare.plan.legal import AdvanceDecision
from acpshare.plan.values import CprDecision, CprKind
from acpshare.web.emergency import render_page
from tests.unit.emergency.people import ATTEMPT, NOT_ATTEMPT, ONLY_IF, TODAY, form


@pytest.mark.parametrize(
    "condition, shown",
    [
        ("cardiac arrest from her known terminal cancer", "cardiac arrest from her known terminal cancer"),
        ("", "the circumstances are not written on the form"),
    ],
    ids=["the circumstances are written", "limited, but nobody wrote to what"],
)
def test_the_largest_words_never_say_do_not_attempt_without_the_condition(condition: str, shown: str) -> None:
    decision = CprDecision(CprKind.DO_NOT_ATTEMPT, condition=condition)
    view = emergency_view((form("dnacpr-south-central", "2026-05-01", {"cpr.decision": decision}),), TODAY)
    assert (view.cpr.decision.value, view.cpr.condition, view.cpr.conditional) == ("do-not-attempt", condition, True)
    page = render_page(view)
    assert "DO NOT" not in view.cpr.headline
    assert 'class="cpr depends"' in page
    block = " ".join(re.sub("<[^>]+>", " ", page[page.index("<h2") : page.index("</section>")]).split())
    assert f"Do not attempt CPR ONLY IF: {shown}" in block
    assert "In any other circumstances this form records no decision against CPR" in block


def test_in_a_disagreement_the_condition_goes_with_its_form() -> None:
    forms = (
        form("dnacpr-south-central", "2026-05-01", {"cpr.decision": ONLY_IF}),
        form("respect-v3", "2026-05-01", {"cpr.decision": ATTEMPT}),
    )
    view = emergency_view(forms, TODAY)
    conflict = next(each.text for each in view.warnings if each.code == "conflict-cpr")
    assert "do not attempt CPR only if cardiac arrest from her known terminal cancer" in conflict
    assert "Do not attempt CPR ONLY IF: cardiac arrest from her known terminal cancer" in render_page(view)


def test_a_conditional_and_an_unconditional_form_of_one_day_disagree() -> None:
    forms = (
        form("dnacpr-south-central", "2026-05-01", {"cpr.decision": ONLY_IF}),
        form("respect-v3", "2026-05-01", {"cpr.decision": NOT_ATTEMPT}),
    )
    view = emergency_view(forms, TODAY)
    assert (view.cpr.agreed, view.cpr.headline) == (False, "FORMS DISAGREE ABOUT CPR")
    assert view.cpr.condition == ONLY_IF.condition, "the less restrictive one"


def test_an_advance_decision_is_shown_with_its_circumstances_or_says_that_they_are_missing() -> None:
    said = {"legal.advance_decisions": (AdvanceDecision("Dialysis", "if I am unconscious"), AdvanceDecision("Blood"))}
    page = render_page(emergency_view((form("tep-devon", "2026-05-01", said),), TODAY))
    assert "When: if I am unconscious" in page
    assert "When: circumstances not stated" in page
