"""SR13 (with SR1, SR5): the fixed safety text is on every view, whatever is recorded."""

from __future__ import annotations

import html
import json

import pytest

from acpshare.emergency import PlanOnRecord, emergency_view, to_compact_json
from acpshare.plan.values import FhirDate
from acpshare.web.emergency import render_page
from tests.unit.emergency.people import ATTEMPT, MODIFIED, ONLY_IF, TODAY, form, full_respect

VIEWS: dict[str, tuple[PlanOnRecord, ...]] = {
    "no plan": (),
    "do not attempt": (full_respect(),),
    "attempt": (full_respect(**{"cpr.decision": ATTEMPT}),),
    "conditional": (full_respect(**{"cpr.decision": ONLY_IF}),),
    "modified": (full_respect(**{"cpr.decision": MODIFIED}),),
    "no CPR decision": (form("tep-devon", "2026-05-01", {}),),
    "cancelled": (full_respect(**{"cancellation.on": FhirDate("2026-05-01")}),),
}

SAID = {
    "SR1: about CPR only": "All other appropriate treatment and care will be provided",
    "SR13: choking, anaphylaxis": "Reversible causes, such as choking or anaphylaxis: this record does not override your clinical judgement",
    "SR5: binding and not binding": "A valid and applicable advance decision to refuse treatment is binding",
    "clinical.md 0.5: not the signed form": "This is a translated view, not the signed form",
}


@pytest.mark.parametrize("forms", VIEWS.values(), ids=VIEWS)
def test_the_safety_text_is_always_there(forms: tuple[PlanOnRecord, ...]) -> None:
    view = emergency_view(forms, TODAY)
    page, statement = html.unescape(render_page(view)), json.loads(to_compact_json(view))["statement"]
    assert [rule for rule, words in SAID.items() if words not in page or words not in statement] == []


def test_beside_do_not_attempt_the_reversible_causes_stand_in_the_first_block() -> None:
    page = render_page(emergency_view((full_respect(),), TODAY))
    assert "choking or anaphylaxis" in page[: page.index('id="validity-heading"')]
