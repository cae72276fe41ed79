"""Legal instruments, collected from every form that ever described one: no later form ends them by silence (SR5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from acpshare.emergency.sections import label_of
from acpshare.emergency.standing import Standing
from acpshare.emergency.view import AdvanceDecisionView, AttorneyView, LegalView, Note
from acpshare.plan import Plan
from acpshare.plan.decision import is_cancelled
from acpshare.plan.labels import label
from acpshare.plan.legal import AdvanceDecision, InstrumentStatus, Legal, Proxy, ProxyInPlace
from acpshare.plan.values import YesNo

HELD_ELSEWHERE = "Held on the record"
"""Where an instrument stands that reached the record by itself, not on a form."""

RETRACTED = InstrumentStatus.RETRACTED.value
AnyView = TypeVar("AnyView", AdvanceDecisionView, AttorneyView)


def legal_view(standing: Standing, elsewhere: Legal) -> LegalView:
    every = [(HELD_ELSEWHERE, elsewhere), *((label_of(each), each.plan.legal) for each in standing.everything)]
    decisions = [_decision(each, where) for where, legal in every for each in legal.advance_decisions]
    attorneys = [_attorney(each, where) for where, legal in every for each in legal.proxies]
    return LegalView(_each_once(decisions), _each_once(attorneys), tuple(_statements(standing, elsewhere)))


def may_refuse_cpr(legal: LegalView) -> bool:
    """Whether an advance decision that was not retracted refuses CPR, or may: its words are not ours to interpret."""
    stated = any(each.label in (REFUSES_CPR, ADVANCE_DECISION, DETAILS) for each in legal.statements)
    return stated or any(each.status != RETRACTED and refuses_cpr(each) for each in legal.advance_decisions)


def refuses_cpr(decision: AdvanceDecisionView) -> bool:
    no = YesNo.NO.value
    return decision.refuses_cpr == YesNo.YES.value or (decision.refuses_cpr is None and decision.life_sustaining != no)


REFUSES_CPR = "An advance decision refusing CPR is stated"
ADVANCE_DECISION = "An advance decision is stated"
DETAILS = "Advance decision, as stated"
NO_ADVANCE_DECISION = "No advance decision, as stated"
NO_REFUSAL_OF_CPR = "No advance decision refusing CPR, as stated"


def _decision(each: AdvanceDecision, where: str) -> AdvanceDecisionView:
    return AdvanceDecisionView(
        refuses=each.refuses,
        circumstances=each.circumstances,
        location=each.location,
        status=_code(each.status),
        refuses_cpr=_code(each.refuses_cpr),
        life_sustaining=_code(each.life_sustaining),
        made_on=each.made_on,
        stated_on=where,
    )


def _attorney(each: Proxy, where: str) -> AttorneyView:
    return AttorneyView(
        name=each.name,
        authority=label(each.kind) if each.kind else None,
        life_sustaining=_code(each.life_sustaining),
        phone=each.phone,
        status=_code(each.status),
        appointed_on=each.appointed_on,
        stated_on=where,
    )


def _code(value: InstrumentStatus | YesNo | None) -> str | None:
    return value.value if value else None


def _each_once(found: Sequence[AnyView]) -> tuple[AnyView, ...]:
    """What several forms describe alike is shown once, from the newest, and as retracted if any says so (SR10)."""
    shown: dict[AnyView, AnyView] = {}
    for each in found:
        key = replace(each, status=None, stated_on="")
        first = shown.setdefault(key, each)
        if each.status == RETRACTED:
            shown[key] = replace(first, status=RETRACTED)
    return tuple(shown.values())


def _statements(standing: Standing, elsewhere: Legal) -> Iterator[Note]:
    """Every form's "there is one"; "there is none" only from forms in force. A cancelled form is named as such."""
    seen = set()
    for note in _all_statements(standing, elsewhere):
        if (note.label, note.text) not in seen:
            seen.add((note.label, note.text))
            yield note


def _all_statements(standing: Standing, elsewhere: Legal) -> Iterator[Note]:
    yield from _notes(Plan(legal=elsewhere), HELD_ELSEWHERE)
    for each in standing.everything:
        where = label_of(each) + (" (form cancelled)" if is_cancelled(each.plan) else "")
        yield from _notes(each.plan, where)
        if each in standing.in_force:
            yield from _denials(each.plan.legal, where)


def _notes(plan: Plan, where: str) -> Iterator[Note]:
    legal, reasons = plan.legal, plan.cpr.reasons
    by_advance_decision = reasons.advance_decision or reasons.advance_decision_or_court_order
    if legal.refusal_of_cpr_stated is YesNo.YES or by_advance_decision:
        yield Note(
            REFUSES_CPR, (by_advance_decision and by_advance_decision.because) or "Not described: find it", where
        )
    if legal.advance_decision_stated is YesNo.YES and not legal.advance_decision_details:
        yield Note(ADVANCE_DECISION, "Not described: find it", where)
    if legal.advance_decision_details:
        yield Note(DETAILS, legal.advance_decision_details, where)
    if legal.attorney_named:
        yield Note("Welfare attorney named", legal.attorney_named, where)
    elif not legal.proxies and (legal.proxy_in_place is ProxyInPlace.PRESENT or legal.attorney_appointed is YesNo.YES):
        yield Note("Attorney or guardian in place", "Not named here: ask", where)
    if legal.advance_statement:
        yield Note("Advance statement of wishes (not binding)", legal.advance_statement, where)
    if legal.documents:
        yield Note("Other care planning documents", legal.documents, where)


def _denials(legal: Legal, where: str) -> Iterator[Note]:
    if legal.refusal_of_cpr_stated is YesNo.NO:
        yield Note(NO_REFUSAL_OF_CPR, "None known when the form was made", where)
    if legal.advance_decision_stated is YesNo.NO:
        yield Note(NO_ADVANCE_DECISION, "None known when the form was made", where)
