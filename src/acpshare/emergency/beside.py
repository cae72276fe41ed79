"""What stands on record beside one plan: a form made from that plan alone must not look like all there is (SR5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from acpshare.emergency.conflicts import cpr_phrase
from acpshare.emergency.cpr import OTHER_RECORD
from acpshare.emergency.record import PlanOnRecord
from acpshare.emergency.sections import label_of
from acpshare.emergency.standing import Standing
from acpshare.emergency.view import ViewWarning
from acpshare.plan.legal import InstrumentStatus, Legal
from acpshare.plan.values import YesNo

OTHER_RECORDS = (OTHER_RECORD, "other-record")


def beside(
    shown: PlanOnRecord, standing: Standing, elsewhere: Legal, notices: Sequence[ViewWarning] = ()
) -> Iterator[str]:
    """A line for each other form in force, with its CPR decision, and for each instrument that no form brought.

    And for what a crew is warned of: that records of this plan say otherwise, or that others speak of a decision.
    """
    for conflict in shown.conflicts:
        yield f"records of this plan disagree: {conflict.text}"
    for notice in notices:
        if notice.code in OTHER_RECORDS:
            yield notice.text.removesuffix(".")
    for each in standing.in_force:
        if each.plan_id != shown.plan_id:
            decision = each.plan.cpr.decision
            yield f"{label_of(each)}: {cpr_phrase(decision) if decision else 'no CPR decision on that form'}"
    for refusal in elsewhere.advance_decisions:
        retracted = "retracted " if refusal.status is InstrumentStatus.RETRACTED else ""
        refused = refusal.refuses or ("CPR" if refusal.refuses_cpr is YesNo.YES else "treatment that is not named here")
        when = f", in these circumstances: {refusal.circumstances}" if refusal.circumstances else ""
        yield f"{retracted}advance decision refusing {refused}{when}"
    for proxy in elsewhere.proxies:
        ended = "ended: " if proxy.status is InstrumentStatus.RETRACTED else ""
        yield f"{ended}attorney: {proxy.name or 'name not stated'}"
