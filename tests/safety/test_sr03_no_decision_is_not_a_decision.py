"""SR3: no CPR decision recorded is not a decision for CPR, nor against it; nothing is stored or shown as one.

Basis: clinical.md section 4 (S36, S4, S8; V).
"""

from __future__ import annotations

import pytest

from tests.support.forms import DNACPR_EDITIONS, Said, answers, plan_from, reading, rules, shown_as

BLANK: list[tuple[str, Said]] = [
    ("respect-v3", {"1.1": "A Person", "4.1": "balance"}),
    ("respect-v2", {"1.1": "A Person"}),
    ("tep-devon", {"P.1": "A Person", "B.1": "no"}),
    ("teal-working", {"1.1": "A Person", "4": "ward"}),
    ("tep-scotland", {"P.1": "A Person", "2": "full-escalation"}),
]


@pytest.mark.parametrize(("form", "said"), BLANK, ids=[row[0] for row in BLANK])
def test_a_blank_cpr_box_is_no_decision_and_is_said_to_be_none(form: str, said: Said) -> None:
    result = reading(form, said)
    assert result.value is not None
    assert result.value.cpr.decision is None
    assert "SR3" in rules(result)


@pytest.mark.parametrize(("form", "said"), BLANK, ids=[row[0] for row in BLANK])
@pytest.mark.parametrize(
    ("target", "item"), [("respect-v3", "4.3"), ("respect-v2", "4.3"), ("tep-devon", "A.4"), ("teal-working", "6.1")]
)
def test_it_stays_blank_on_every_form(form: str, said: Said, target: str, item: str) -> None:
    assert item not in answers(shown_as(plan_from(form, said), target).value)


@pytest.mark.parametrize(("form", "said"), BLANK, ids=[row[0] for row in BLANK])
@pytest.mark.parametrize("target", DNACPR_EDITIONS)
def test_no_dnacpr_form_is_made_of_it(form: str, said: Said, target: str) -> None:
    result = shown_as(plan_from(form, said), target)
    assert result.value is None
    assert result.is_unsafe
