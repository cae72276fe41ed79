"""SR8: without a senior clinician's signature on the form, endorsement is pending from the start, and the plan stays visible."""

from __future__ import annotations

import pytest

from acpshare.emergency import emergency_view
from acpshare.plan.record import Signature, SignatureRole
from acpshare.plan.values import FhirDate
from acpshare.web.emergency import render_page
from tests.unit.emergency.people import NOT_ATTEMPT, TODAY, form, signed

RCUK = "dnacpr-rcuk-2015"
DAY = "2026-06-15"

SITUATIONS: dict[str, tuple[tuple[Signature, ...], str]] = {
    "a junior doctor and a consultant signed": (signed(RCUK, DAY), "endorsed"),
    "a junior doctor signed": (signed(RCUK, DAY, senior=False), "pending"),
    "nobody signed": ((), "pending"),
    "only the consultant signed": (signed(RCUK, DAY)[1:], "endorsed"),
    "the consultant's name is printed, without signature or date": (
        (*signed(RCUK, DAY, senior=False), Signature(RCUK, SignatureRole.SENIOR, "Dr Owen Price")),
        "pending",
    ),
    "the consultant signed a different form": (
        (
            *signed(RCUK, DAY, senior=False),
            Signature("respect-v3", SignatureRole.SENIOR, "Dr Price", None, None, "O Price", FhirDate(DAY)),
        ),
        "pending",
    ),
    "a reviewer signed": (
        (
            *signed(RCUK, DAY, senior=False),
            Signature(RCUK, SignatureRole.REVIEWER, "Dr Price", None, None, "O Price", FhirDate(DAY)),
        ),
        "pending",
    ),
}


@pytest.mark.parametrize("signatures, endorsement", SITUATIONS.values(), ids=SITUATIONS)
def test_endorsement(signatures: tuple[Signature, ...], endorsement: str) -> None:
    view = emergency_view((form(RCUK, DAY, {"cpr.decision": NOT_ATTEMPT}, signatures=signatures),), TODAY)
    page = render_page(view)
    assert view.cpr.decision.value == "do-not-attempt"
    assert view.cpr.endorsement == endorsement
    pending = endorsement == "pending"
    assert ("endorsement-pending" in {each.code for each in view.warnings}) is pending
    assert ("Endorsement pending" in page) is pending
    assert ("Endorsed by Dr Owen Price" in page) is not pending
