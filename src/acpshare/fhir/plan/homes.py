"""Where each plan element is read from, told by the same rows that write it: the source of the reference page."""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.fhir.plan import care_plan, provenance
from acpshare.fhir.plan.parts import Part
from acpshare.fhir.plan.table import PARTS
from acpshare.plan import CATALOGUE, Element, Kind

EXTENSION = "CarePlan.extension (plan-element)"


def homes() -> Iterator[tuple[Element, str, str]]:
    """Every element, and every column of a list, with its path and its home."""
    for path, element in CATALOGUE.items():
        if not element.columns:
            yield element, path, home(path)
        for name, column in element.columns.items():
            yield column, f"{path}[].{name}", _column_home(path, name)


def home(path: str) -> str:
    """Where one element stands that is no list."""
    element = CATALOGUE[path]
    if element.kind is Kind.RESIDUE:
        return "CarePlan.contained (QuestionnaireResponse), referred to by a plan-element"
    if path == "cpr.decision" or path.startswith("treatments."):
        return "CarePlan.activity.detail.doNotPerform, modifierExtension"
    if path == "cpr.reason_text" or path.startswith("cpr.reasons."):
        return f"CarePlan.activity.detail.reasonCode; without a CPR decision {EXTENSION}"
    if path.startswith("cpr."):
        return f"CarePlan.activity.detail.extension (plan-element); without a CPR decision {EXTENSION}"
    for slot in care_plan.SLOTS:
        if slot.path == path:
            return f"CarePlan.{slot.home}"
    return next((found for part in PARTS if not part.repeats and (found := _in(part, path))), EXTENSION)


def _column_home(path: str, name: str) -> str:
    if path == "treatments.other":
        place = "code.text" if name == "name" else "doNotPerform, modifierExtension"
        return f"CarePlan.activity.detail.{place}; without a decision {EXTENSION}"
    if path == provenance.SIGNATURES:
        places = {slot.path: slot.home for slot in provenance.SLOTS}
        return f"Provenance.agent.{places.get(name, 'extension (plan-element)')}"
    listed = [part for part in PARTS if part.repeats and part.prefix == path]
    return next((found for part in listed if (found := _in(part, f"{path}.{name}"))), EXTENSION)


def _in(part: Part, path: str) -> str | None:
    """The place within the part's resource, or None where the part does not hold the path."""
    if path in CATALOGUE and CATALOGUE[path].kind is Kind.SCALE and path == part.prefix:
        return f"{part.type}.{', '.join(slot.home for slot in part.slots)}"
    for slot in part.slots:
        if path == (f"{part.prefix}.{slot.path}" if slot.path else part.prefix):
            return f"{part.type}.{slot.home}"
    held = part.whole and path.startswith(f"{part.prefix}.")
    return f"{part.type}.extension (plan-element)" if held else None
