"""Plan values in plain words, for text that is carried where a form has no box (SR17)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

from acpshare.plan import Element, Kind
from acpshare.plan.answers import Residue, ResponseItem
from acpshare.plan.labels import label
from acpshare.plan.record import Signature
from acpshare.plan.values import (
    CprDecision,
    CprKind,
    Reason,
    Review,
    ReviewKind,
    Scale,
    TreatmentDecision,
    TreatmentKind,
)


def say(element: Element, value: Any) -> tuple[str, ...]:
    """Labelled lines that say the whole value; a list has a line for each entry."""
    if element.kind is Kind.LIST:
        return tuple(f"{element.label}: {_entry(element, entry)}" for entry in value)
    if element.kind is Kind.CODES:
        return (f"{element.label}: {', '.join(words(each) for each in value)}",)
    return (f"{element.label}: {words(value)}",)


def words(value: Any) -> str:
    """One value in words; text as it is."""
    match value:
        case CprDecision():
            return _cpr(value)
        case TreatmentDecision():
            return _treatment(value)
        case Review():
            return _review(value)
        case Reason():
            return value.because or "stated"
        case Scale():
            return f"{value.value} on a scale from {value.low} to {value.high}"
        case Enum():
            return label(value)
        case _:
            return str(value)


def _cpr(value: CprDecision) -> str:
    if value.kind is CprKind.DO_NOT_ATTEMPT:
        return "do not attempt CPR" + (f", only in these circumstances: {value.condition}" if value.condition else "")
    if value.kind is CprKind.MODIFIED:
        return "modified CPR (child)" + (f": {value.details}" if value.details else ", no details stated")
    return "attempt CPR"


def _treatment(value: TreatmentDecision) -> str:
    if value.kind is TreatmentKind.CONDITIONAL:
        return f"only if: {value.condition}" if value.condition else "conditional, the condition is not stated"
    return words(value.kind)


def _review(value: Review) -> str:
    if value.kind is ReviewKind.INDEFINITE:
        return "indefinite, no review date"
    return f"by {value.date}" if value.date else "needed, no date stated"


def _entry(element: Element, entry: Any) -> str:
    parts = [
        f"{column.label.lower()}: {words(value)}"
        for name, column in element.columns.items()
        if (value := getattr(entry, name)) is not None
    ]
    return "; ".join(parts) if parts else "an entry without content"


def say_signature(signature: Signature) -> str:
    """Who signed the original, where and when: provenance, never a signature (SR7)."""
    parts = ("name", "position", "registration", "date", "time") if signature.name else ("signed", "position", "date")
    named = [value for part in parts if (value := getattr(signature, part))]
    return f"Signed on {signature.form} ({words(signature.role)}): {', '.join(named) if named else 'name not stated'}"


def say_residue(residue: Residue) -> tuple[str, ...]:
    """What another form said that the plan has no element for, with its printed label."""
    return tuple(f"{residue.label} ({residue.form}, {residue.item}): {text}" for text in _texts(residue.said))


def _texts(items: Iterable[ResponseItem]) -> Iterable[str]:
    for item in items:
        for answer in item.answers:
            yield answer.display or answer.value
        yield from _texts(item.items)
