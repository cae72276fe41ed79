"""SR2: a CPR decision is never inferred from anything else, nor anything else from it; contradictions are shown, not repaired.

Basis: clinical.md section 4 (S8; V, and inference).
"""

from __future__ import annotations

import pytest

from acpshare.plan.values import CprKind, TreatmentKind
from tests.support.forms import Said, answers, edited, plan_from, reading, rules, shown_as

# (situation, form, what it says)
SUGGESTIVE: list[tuple[str, str, Said]] = [
    ("comfort is the focus", "respect-v3", {"4.1": "comfort", "3.1": "10"}),
    ("comfort tier", "teal-working", {"4": "comfort", "5.2": "not-for", "5.4": "not-for"}),
    ("ward-based tier", "teal-working", {"4": "ward"}),
    ("palliative category", "tep-scotland", {"2": "palliative-supportive"}),
    ("every box of part B is no", "tep-devon", {f"B.{n}": "no" for n in range(1, 8)}),
    ("an advance decision about another treatment", "tep-devon", {"A.2": "yes", "A.2d": "Refuses ventilation"}),
    ("expected to die within the year", "tep-devon", {"A.1": "yes"}),
    ("guidance speaks of resuscitation", "respect-v3", {"4.2": "DNACPR form was discussed with the family."}),
]


@pytest.mark.parametrize(("situation", "form", "said"), SUGGESTIVE, ids=[row[0] for row in SUGGESTIVE])
def test_no_cpr_decision_comes_from(situation: str, form: str, said: Said) -> None:
    plan = plan_from(form, said)
    assert plan.cpr.decision is None
    for target, item in (("respect-v3", "4.3"), ("tep-devon", "A.4"), ("teal-working", "6.1")):
        if target != form:
            assert item not in answers(shown_as(plan, target).value)


# (what contradicts, form, what it says)
CONTRADICTORY: list[tuple[str, str, Said]] = [
    ("CPR with comfort only", "respect-v3", {"4.3": "attempt", "4.1": "comfort"}),
    ("CPR with the comfort tier", "teal-working", {"6.1": "yes", "4": "comfort"}),
    ("CPR without intensive care", "teal-working", {"6.1": "yes", "5.2": "not-for"}),
    ("CPR without ventilation", "tep-devon", {"A.4": "attempt", "B.6": "no"}),
]


@pytest.mark.parametrize(("what", "form", "said"), CONTRADICTORY, ids=[row[0] for row in CONTRADICTORY])
def test_a_contradiction_is_accepted_flagged_and_left_as_it_is(what: str, form: str, said: Said) -> None:
    result = reading(form, said)
    assert result.value is not None
    assert "SR2" in rules(result)
    assert result.value.cpr.decision is not None
    assert result.value.cpr.decision.kind is CprKind.ATTEMPT
    shown = answers(shown_as(result.value, form).value)
    assert {link: shown[link] for link in said} == dict(said)


def test_changing_the_cpr_decision_changes_no_ceiling_and_the_other_way_round() -> None:
    plan = plan_from("tep-devon", {"A.4": "attempt", "B.1": "yes", "B.2": "yes"})
    not_for_cpr = edited(plan, "tep-devon", {"A.4": "do-not-attempt"}).value
    assert not_for_cpr is not None
    assert not_for_cpr.treatments == plan.treatments
    not_for_hospital = edited(plan, "tep-devon", {"B.1": "no"}).value
    assert not_for_hospital is not None
    assert not_for_hospital.cpr == plan.cpr
    assert not_for_hospital.treatments.hospital_admission is not None
    assert not_for_hospital.treatments.hospital_admission.kind is TreatmentKind.NOT_FOR
