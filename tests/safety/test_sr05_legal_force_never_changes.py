"""SR5: an advance decision (ADRT) is an object of its own: no form and no translation creates, changes or ends one.

Basis: clinical.md section 4 (S6, S27, S37); requirement T7.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from acpshare.plan import put
from acpshare.plan.legal import AdvanceDecision, InstrumentStatus, Proxy, ProxyKind
from acpshare.plan.values import FhirDate, YesNo
from acpshare.translation import update
from tests.support.forms import EDITIONS, MAPPINGS, TODAY, Said, edited, everything_said, plan_from, shown_as

ADRT = AdvanceDecision(
    refuses="Invasive ventilation",
    circumstances="if I cannot communicate by any means",
    life_sustaining=YesNo.YES,
    made_on=FhirDate("2025-02-02"),
    location="Blue folder in the kitchen",
    status=InstrumentStatus.ACTIVE,
)
ATTORNEY = Proxy(name="Carol Example", kind=ProxyKind.LPA_WELFARE, life_sustaining=YesNo.NO, phone="01632 960121")
STATED: list[tuple[str, Said]] = [
    ("respect-v3", {"2.2": "ADRT refusing ventilation, in the blue folder", "2.3": "yes"}),
    ("dnacpr-rcuk-2015", {"1a": "yes", "1b": "yes"}),
    ("dnacpr-south-central", {"1.C": "true", "1.C.1": "yes"}),
    ("dnacpr-deciding-right", {"reasons.advance-decision": "true"}),
    ("tep-devon", {"A.2": "yes", "A.2d": "Refuses ventilation"}),
]


@pytest.mark.parametrize(("form", "said"), STATED, ids=[row[0] for row in STATED])
def test_a_form_that_mentions_an_advance_decision_creates_none(form: str, said: Said) -> None:
    plan = plan_from(form, said)
    assert plan.legal.advance_decisions == ()
    assert plan.legal.proxies == ()


@pytest.mark.parametrize("target", EDITIONS)
def test_the_advance_decision_is_told_in_every_form_and_comes_through_unchanged(target: str) -> None:
    plan = put(
        plan_from("respect-v3", {"1.3": "1950-01-01", "4.3": "do-not-attempt"}),
        {"legal.advance_decisions": (ADRT,), "legal.proxies": (ATTORNEY,)},
    )
    shown = shown_as(plan, target)
    if shown.value is None:
        assert shown.is_unsafe
        return
    for word in ("Invasive ventilation", "if I cannot communicate by any means", "Carol Example"):
        assert word in everything_said(shown.value)
    back = update(MAPPINGS[target], plan, shown.value, TODAY)
    assert back.value is not None
    assert back.value.legal == plan.legal


def test_ending_the_cpr_recommendation_does_not_end_the_advance_decision() -> None:
    plan = put(plan_from("tep-devon", {"A.4": "do-not-attempt"}), {"legal.advance_decisions": (ADRT,)})
    cancelled = edited(plan, "tep-devon", {"A.4": "attempt", "cancelled.date": "2026-10-01"}).value
    assert cancelled is not None
    assert cancelled.legal.advance_decisions == (ADRT,)


def test_a_retracted_advance_decision_stays_retracted() -> None:
    retracted = replace(ADRT, status=InstrumentStatus.RETRACTED)
    plan = put(plan_from("respect-v3", {"4.3": "attempt"}), {"legal.advance_decisions": (retracted,)})
    assert "retracted" in everything_said(shown_as(plan, "tep-devon").value)
