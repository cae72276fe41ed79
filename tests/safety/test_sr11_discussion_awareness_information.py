"""SR11: awareness of the person, information of the family and discussion are three facts; "not discussed" needs a reason.

Basis: clinical.md section 4 (S12, S14, S19, S2); requirement R2.
"""

from __future__ import annotations

import pytest

from tests.support.forms import Said, plan_from, reading, rules

BASE: Said = {"1.A": "true", "1.A.because": "advanced cancer"}

# (what was recorded, the rule speaks)
RECORDED: list[tuple[str, Said, bool]] = [
    ("nothing at all", {}, True),
    ("the person was informed", {"1.A.person-informed": "yes"}, False),
    ("the person was not informed, without a reason", {"1.A.person-informed": "no"}, True),
    (
        "the person was not informed, with the reason",
        {"1.A.person-informed": "no", "1.A.person-reason": "Unconscious"},
        False,
    ),
    ("only the family was informed", {"1.A.other-informed": "yes", "1.A.other-name": "Sam Example"}, True),
    ("the person was involved", {"1.B.person-involved": "yes"}, False),
]


@pytest.mark.parametrize(("what", "said", "speaks"), RECORDED, ids=[row[0] for row in RECORDED])
def test_the_gap_is_shown_and_the_plan_is_kept(what: str, said: Said, speaks: bool) -> None:
    result = reading("dnacpr-south-central", {**BASE, **said})
    assert result.value is not None
    assert ("SR11" in rules(result)) is speaks


def test_each_of_the_three_facts_leaves_the_others_unstated() -> None:
    aware = plan_from("dnacpr-south-central", {**BASE, "1.A.person-informed": "yes"})
    told = plan_from("dnacpr-south-central", {**BASE, "1.A.other-informed": "yes"})
    talked = plan_from("dnacpr-rcuk-2015", {"2": "Cancer", "3": "Talked with her on the ward"})
    facts = [
        (plan.awareness.person_aware, plan.awareness.family_informed, plan.involvement.with_person)
        for plan in (aware, told, talked)
    ]
    assert facts == [("yes", None, None), (None, "yes", None), (None, None, "Talked with her on the ward")]


def test_who_was_not_told_is_not_told_by_a_translation() -> None:
    plan = plan_from("dnacpr-south-central", {**BASE, "1.A.person-informed": "no", "1.A.person-reason": "Unconscious"})
    assert plan.awareness.person_aware == "no"
    assert plan.involvement.person_involved is None
