"""Narrative for people who see nothing else: plain English, escaped, conditions beside what they limit.

https://hl7.org/fhir/R4/narrative.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from html import escape

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.goals import FOCUS_TEXT
from acpshare.fhir.plan.parts import Said
from acpshare.plan import CATALOGUE, Plan
from acpshare.plan.decision import is_cancelled, is_changed_unsigned
from acpshare.plan.labels import label
from acpshare.plan.values import CprDecision, CprKind, ReviewKind, TreatmentDecision, TreatmentKind

CPR_ONLY = "A decision about CPR is about CPR only: all other appropriate treatment and care will be given."
NO_CPR_DECISION = (
    "No CPR decision is recorded. Where none is known, the usual presumption is to attempt CPR; the clinician judges."
)
NOT_SIGNED = "This record was made from a form. It is not the signed form."

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CPR = {
    CprKind.ATTEMPT: "Attempt CPR",
    CprKind.DO_NOT_ATTEMPT: "Do not attempt CPR",
    CprKind.MODIFIED: "Modified CPR (a child only)",
}
_LABELS = {path: element.label for path, element in CATALOGUE.items()}
_TEXTS = ("care.escalation", "care.guidance", "care.appropriate", "care.inappropriate")


def cpr_words(decision: CprDecision) -> str:
    """The decision with what limits it: never one without the other (SR4, SR6)."""
    words = _CPR[decision.kind]
    if decision.condition is not None:
        words += f", only in these circumstances: {decision.condition}"
    elif decision.details is not None:
        words += f": {decision.details}"
    return words


def treatment_words(label: str, decision: TreatmentDecision | None) -> str:
    if decision is None:
        return f"{label}: not stated"
    if decision.kind is not TreatmentKind.CONDITIONAL:
        return f"{label}: {'for' if decision.kind is TreatmentKind.FOR else 'not for'}"
    return f"{label}: only if {decision.condition or '(the condition was not written down)'}"


def care_plan(plan: Plan) -> JsonObject:
    """The whole of what a crew must know, in the order in which they need it."""
    lines = "".join(f"<p>{line}</p>" for line in _lines(plan))
    treatments = "".join(f"<li>{_safe(words)}</li>" for words in _treatments(plan))
    listed = f"<p>Treatments:</p><ul>{treatments}</ul>" if treatments else ""
    return _text(f"{lines}{listed}<p>{CPR_ONLY}</p><p>{NOT_SIGNED}</p>")


def cpr(decision: CprDecision) -> JsonObject:
    return _text(f"<p>CPR: <b>{_safe(cpr_words(decision))}</b></p><p>{CPR_ONLY}</p><p>{NOT_SIGNED}</p>")


def flag(words: str) -> JsonObject:
    return _text(f"<p>{_safe(words)}</p>")


def advance_decision(said: Said, *, retracted: bool) -> JsonObject:
    words = _instrument(said.get("refuses"), said.get("circumstances"), said.get("refuses_cpr") == "yes")
    return _text(f"<p>{'<b>RETRACTED.</b> ' if retracted else ''}{_safe(words)}</p>")


def attorney(said: Said, *, label: str, ended: bool) -> JsonObject:
    authority = {"yes": "with", "no": "without"}.get(said.get("life_sustaining", ""))
    words = f"{label}, {authority} authority for life-sustaining decisions" if authority else label
    return _text(f"<p>{'<b>ENDED.</b> ' if ended else ''}{_safe(words)}</p>")


def _lines(plan: Plan) -> Iterator[str]:
    if is_cancelled(plan):
        on = f" on {plan.cancellation.on}" if plan.cancellation.on else ""
        yield f"<b>CANCELLED{on}.</b> The decisions below no longer stand."
    decision = plan.cpr.decision
    decided = f" (decided {plan.cpr.decided_on})" if plan.cpr.decided_on else ""
    if is_changed_unsigned(plan):
        decided = ", changed after the form was signed: nobody has signed it"
    yield f"CPR: <b>{_safe(cpr_words(decision))}</b>{decided}" if decision else f"<b>{NO_CPR_DECISION}</b>"
    for adrt in plan.legal.advance_decisions:
        status = f" ({adrt.status})" if adrt.status else ""
        cpr_too = adrt.refuses_cpr is not None and adrt.refuses_cpr.value == "yes"
        yield _safe(_instrument(adrt.refuses, adrt.circumstances, cpr_too) + status)
    for proxy in plan.legal.proxies:
        yield _safe(f"Attorney, deputy or guardian: {proxy.name or 'name not stated'}")
    if plan.care.focus is not None:
        yield _safe(f"Clinical focus: {FOCUS_TEXT[plan.care.focus.value]}")
    for path in _TEXTS:
        if (value := getattr(plan.care, path.removeprefix("care."))) is not None:
            yield _safe(f"{_LABELS[path]}: {label(value) if isinstance(value, Enum) else value}")
    if plan.review is not None:
        indefinite = plan.review.kind is ReviewKind.INDEFINITE
        yield "Review: indefinite" if indefinite else f"Review: by {plan.review.date or 'a date that was not given'}"


def _instrument(refuses: str | None, circumstances: str | None, cpr: bool) -> str:
    words = f"Advance decision to refuse treatment: {refuses or 'treatment not stated'}"
    words += " (refuses CPR)" if cpr else ""
    return f"{words}; only in these circumstances: {circumstances}" if circumstances else words


def _treatments(plan: Plan) -> Iterator[str]:
    for path, heading in _LABELS.items():
        if path.startswith("treatments.") and path != "treatments.other":
            decision = getattr(plan.treatments, path.removeprefix("treatments."))
            if decision is not None:
                yield treatment_words(heading, decision)
    for other in plan.treatments.other:
        yield treatment_words(other.name or "Treatment not named", other.decision)


def _safe(text: str) -> str:
    """Text as XHTML: nothing of it can be markup, and what XML cannot hold is replaced."""
    return escape(_NOT_XML.sub("\ufffd", text)).replace("\n", "<br/>")


def _text(body: str) -> JsonObject:
    return {"status": "extensions", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>'}
