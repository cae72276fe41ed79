"""SR1: a DNACPR decision covers CPR only. It sets nothing else on any other form, and says so.

Basis: clinical.md section 4 (S12, S14, S15, S36; V); requirement T3.
"""

from __future__ import annotations

import pytest

from acpshare.plan import CATALOGUE, get
from tests.support.forms import BORN, DNACPR_EDITIONS, MAPPINGS, answers, plan_from, shown_as

REASON = {
    "dnacpr-rcuk-2015": {"2": "Advanced heart failure", "3": "Discussed with the person"},
    "dnacpr-south-central": {"1.A": "true", "1.A.because": "advanced heart failure", "1.A.person-informed": "yes"},
    "dnacpr-deciding-right": {"reasons.no-chance": "true", "reasons.no-chance.because": "advanced heart failure"},
}

# (shown as, the only clinical items that may be filled in)
ONLY_CPR = [
    ("respect-v3", {"4.3", "4.3t", "4.2"}),
    ("respect-v2", {"4.3", "4.2"}),
    ("tep-devon", {"A.4", "A.5", "A.6", "A.7"}),
    ("teal-working", {"6.1", "6.2", "8.1", "8.2", "8.3"}),
    ("tep-scotland", {"1", "3", "4"}),
]
TREATMENTS = [path for path in CATALOGUE if path.startswith("treatments.")]


def a_dnacpr(edition: str) -> dict[str, str]:
    return {BORN[edition]: "1940-01-01", **REASON[edition]}


@pytest.mark.parametrize("edition", DNACPR_EDITIONS)
def test_every_other_treatment_stays_not_stated(edition: str) -> None:
    plan = plan_from(edition, a_dnacpr(edition))
    assert {path: get(plan, path) for path in TREATMENTS if get(plan, path)} == {}
    assert plan.care.focus is None
    assert plan.care.escalation is None
    assert plan.matters.scale is None


@pytest.mark.parametrize("edition", DNACPR_EDITIONS)
@pytest.mark.parametrize(("target", "may_be_filled"), ONLY_CPR)
def test_only_cpr_is_filled_in_on_another_form(edition: str, target: str, may_be_filled: set[str]) -> None:
    shown = shown_as(plan_from(edition, a_dnacpr(edition)), target)
    personal = {link for link, row in MAPPINGS[target].row_of.items() if row.element.startswith("person.")}
    assert set(answers(shown.value)) - personal <= may_be_filled


@pytest.mark.parametrize("edition", ["dnacpr-rcuk-2015", "dnacpr-deciding-right"])
def test_the_form_prints_that_the_decision_is_about_cpr_only(edition: str) -> None:
    banner = next(item for item in MAPPINGS[edition].definition.walk() if item.link_id == "banner")
    assert "CPR" in banner.text or "cardiopulmonary" in banner.text.lower()
