"""Which of a person's forms stand (SR10): a table of situations, and what becomes of each form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from acpshare.emergency import PlanOnRecord, decision_date, standing
from acpshare.plan import Plan, put
from acpshare.plan.record import Signature, SignatureRole
from acpshare.plan.values import FhirDate
from tests.unit.emergency.people import ATTEMPT, NOT_ATTEMPT, TODAY, form

SIGNED = tuple(
    Signature("respect-v3", role, "Dr Rahman", date=FhirDate(day))
    for role, day in (
        (SignatureRole.AUTHOR, "2026-02-02"),
        (SignatureRole.SENIOR, "2026-02-03"),
        (SignatureRole.REVIEWER, "2026-05-05"),
        (SignatureRole.PERSON, "2026-05-06"),
    )
)
CPR = {"cpr.decision": NOT_ATTEMPT}
CANCELLED = {"cancellation.on": FhirDate("2026-05-20"), **CPR}
LATE = datetime(2026, 6, 14, 12, 0, tzinfo=UTC)

OLD = form("respect-v3", "2025-01-10", CPR)
NEW = form("respect-v3", "2026-02-01", {"cpr.decision": ATTEMPT})
DNACPR = form("dnacpr-rcuk-2015", "2025-06-01", CPR)
TEP = form("tep-devon", "2026-03-01", {})
OTHER_TEP = form("tep-scotland", "2026-04-01", {})

SITUATIONS: dict[str, tuple[tuple[PlanOnRecord, ...], str, str, str]] = {
    "no form at all": ((), "", "", ""),
    "one form": ((OLD,), OLD.plan_id, "", ""),
    "a newer ReSPECT takes the place of the older": ((OLD, NEW), NEW.plan_id, OLD.plan_id, ""),
    "uploading an old paper form late does not make it current": (
        (form("respect-v3", "2025-01-10", CPR, recorded_at=LATE), NEW),
        NEW.plan_id,
        OLD.plan_id,
        "",
    ),
    "a TEP cancels preceding TEPs, whichever edition": ((TEP, OTHER_TEP), OTHER_TEP.plan_id, TEP.plan_id, ""),
    "a newer TEP leaves an older DNACPR form in force": ((DNACPR, TEP), f"{TEP.plan_id} {DNACPR.plan_id}", "", ""),
    "a form that says so replaces a form of another family": (
        (DNACPR, form("respect-v3", "2026-02-01", CPR, replaces=DNACPR.plan_id)),
        NEW.plan_id,
        DNACPR.plan_id,
        "",
    ),
    "a form replaced by one that is not held here is not in force": (
        (form("dnacpr-rcuk-2015", "2025-06-01", CPR, replaced_by="elsewhere"),),
        "",
        DNACPR.plan_id,
        "",
    ),
    "a cancelled form does not bring its predecessor back": (
        (OLD, form("respect-v3", "2026-02-01", CANCELLED)),
        "",
        OLD.plan_id,
        NEW.plan_id,
    ),
    "cancelling a DNACPR form leaves a ReSPECT form in force": (
        (OLD, form("dnacpr-rcuk-2015", "2025-06-01", CANCELLED)),
        OLD.plan_id,
        "",
        DNACPR.plan_id,
    ),
    "a cancellation without a date is a cancellation": (
        (form("dnacpr-rcuk-2015", "2025-06-01", {"cancellation.by": "Dr Price", **CPR}),),
        "",
        "",
        DNACPR.plan_id,
    ),
    "two forms of one family and one day both stay in force": (
        (TEP, form("tep-scotland", "2026-03-01", {})),
        f"{TEP.plan_id} tep-scotland-2026-03-01",
        "",
        "",
    ),
    "a date given as a year may be any day of it: both stay in force": (
        (NEW, form("respect-v3", "2026", CPR)),
        f"respect-v3-2026 {NEW.plan_id}",
        "",
        "",
    ),
    "a form that nobody signed does not set aside a signed one": (
        (OLD, form("respect-v3", "2026-02-01", CPR, signatures=())),
        f"{NEW.plan_id} {OLD.plan_id}",
        "",
        "",
    ),
    "unless it was recorded as its replacement": (
        (OLD, form("respect-v3", "2026-02-01", CPR, signatures=(), replaces=OLD.plan_id)),
        NEW.plan_id,
        OLD.plan_id,
        "",
    ),
    "a replacement decided earlier than what it replaces does not replace it": (
        (form("dnacpr-rcuk-2015", "2025-06-01", CPR, replaces=NEW.plan_id), NEW),
        f"{NEW.plan_id} {DNACPR.plan_id}",
        "",
        "",
    ),
    "forms that replace each other are both kept": (
        (
            form("tep-devon", "2026-03-01", {}, plan_id="a", replaced_by="b"),
            form("dnacpr-rcuk-2015", "2026-03-01", CPR, plan_id="b", replaced_by="a"),
        ),
        "a b",
        "",
        "",
    ),
}


@pytest.mark.parametrize("forms, in_force, superseded, cancelled", SITUATIONS.values(), ids=SITUATIONS)
def test_which_forms_stand(forms: tuple[PlanOnRecord, ...], in_force: str, superseded: str, cancelled: str) -> None:
    found = standing(forms, TODAY)
    said = [{each.plan_id for each in group} for group in (found.in_force, found.superseded, found.cancelled)]
    assert said == [set(in_force.split()), set(superseded.split()), set(cancelled.split())]
    assert found == standing(forms[::-1], TODAY), "the order in which forms are given says nothing"


DAYS: dict[str, tuple[dict[str, Any], str | None, str | None]] = {
    "the CPR decision's own date comes first": (
        {"cpr.decided_on": "2026-01-01", "signatures": SIGNED},
        "2026-01-01",
        "decision",
    ),
    "then the latest signature of those who decided, an endorsement left out": (
        {"signatures": SIGNED},
        "2026-02-02",
        "signature",
    ),
    "not a reviewer's, nor the person's own": ({"signatures": SIGNED[2:]}, "2026-02-01", "form"),
    "at last the moment of recording, which is nobody's date": ({"record.completed_on": None}, None, None),
}


@pytest.mark.parametrize("says, stated, kind", DAYS.values(), ids=DAYS)
def test_when_a_form_was_decided(says: dict[str, Any], stated: str | None, kind: str | None) -> None:
    plan = put(Plan(), {"record.form": "respect-v3", "record.completed_on": FhirDate("2026-02-01"), **says})
    found = decision_date(PlanOnRecord(plan, "one", "respect", LATE))
    assert (found.stated, found.by) == (stated, kind)
    assert stated or found.latest == LATE.date()


def test_the_current_form_is_the_one_with_the_newest_decision_date() -> None:
    late_upload = form("dnacpr-rcuk-2015", "2025-06-01", CPR, recorded_at=LATE)
    assert standing((late_upload, TEP, NEW), TODAY).current == TEP
