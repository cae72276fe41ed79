"""SR5: no form creates or ends a legal instrument: whatever form came later, the crew still sees the instrument."""

from __future__ import annotations

import pytest

from acpshare.emergency import PlanOnRecord, emergency_view
from acpshare.plan.legal import AdvanceDecision, InstrumentStatus, Legal, Proxy, ProxyKind
from acpshare.plan.values import FhirDate, YesNo
from tests.unit.emergency.people import NOT_ATTEMPT, TODAY, form

ADRT = AdvanceDecision(
    refuses="Ventilation", circumstances="motor neurone disease", made_on=FhirDate("2023-01-05"), location="GP"
)
ENDED = AdvanceDecision(
    refuses="Ventilation",
    circumstances="motor neurone disease",
    made_on=FhirDate("2023-01-05"),
    location="GP",
    status=InstrumentStatus.RETRACTED,
)
LPA = Proxy("Ruth Bell", ProxyKind.LPA_WELFARE, YesNo.YES, "01632 960020", FhirDate("2022-02-02"))
OLD = form("respect-v3", "2024-01-01", {"legal.advance_decisions": (ADRT,), "legal.proxies": (LPA,)})
LATER = form("respect-v3", "2026-01-01", {"cpr.decision": NOT_ATTEMPT})
GONE = form("respect-v3", "2024-01-01", {"legal.advance_decisions": (ADRT,), "cancellation.by": "Dr Price"})
DENIED = form("tep-devon", "2026-01-01", {"legal.advance_decision_stated": YesNo.NO})
RETRACTING = form("tep-devon", "2026-01-01", {"legal.advance_decisions": (ENDED,)})

SITUATIONS: dict[str, tuple[tuple[PlanOnRecord, ...], Legal, list[str | None]]] = {
    "the form that described it was superseded": ((OLD, LATER), Legal(), [None]),
    "the form that described it was cancelled": ((GONE,), Legal(), [None]),
    "a newer form says there is none": ((OLD, DENIED), Legal(), [None]),
    "two forms describe it alike": (
        (OLD, form("tep-devon", "2026-01-01", {"legal.advance_decisions": (ADRT,)})),
        Legal(),
        [None],
    ),
    "it reached the record without any form": ((LATER,), Legal(advance_decisions=(ADRT,)), [None]),
    "nobody has any form": ((), Legal(advance_decisions=(ADRT,)), [None]),
    "a newer form says it was retracted": ((OLD, RETRACTING), Legal(), ["retracted"]),
    "an older form says it was retracted": (
        (form("tep-devon", "2023-06-01", {"legal.advance_decisions": (ENDED,)}), OLD),
        Legal(),
        ["retracted"],
    ),
    "nobody has one": ((LATER,), Legal(), []),
}


@pytest.mark.parametrize("forms, elsewhere, statuses", SITUATIONS.values(), ids=SITUATIONS)
def test_an_advance_decision_stays_in_sight(
    forms: tuple[PlanOnRecord, ...], elsewhere: Legal, statuses: list[str | None]
) -> None:
    view = emergency_view(forms, TODAY, elsewhere=elsewhere)
    assert [each.status for each in view.legal.advance_decisions] == statuses
    assert all(each.circumstances == "motor neurone disease" for each in view.legal.advance_decisions)
    assert ("conflict-legal" in {each.code for each in view.warnings}) is (DENIED in forms)


def test_an_attorney_stays_in_sight_and_a_later_power_is_flagged() -> None:
    later = Proxy("Ruth Bell", ProxyKind.LPA_WELFARE, YesNo.YES, "01632 960020", FhirDate("2024-02-02"))
    view = emergency_view((OLD, LATER), TODAY, elsewhere=Legal(proxies=(later,)))
    assert [each.appointed_on for each in view.legal.attorneys] == ["2024-02-02", "2022-02-02"]
    assert "attorney-after-advance-decision" in {each.code for each in view.warnings}


def test_a_legal_instrument_never_becomes_a_cpr_decision() -> None:
    refusal = AdvanceDecision(refuses="CPR", refuses_cpr=YesNo.YES)
    assert (
        emergency_view((), TODAY, elsewhere=Legal(advance_decisions=(refusal,))).cpr.decision.value
        == "no-decision-recorded"
    )
