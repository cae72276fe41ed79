"""Synthetic people and forms for the emergency view's tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from acpshare.emergency import PlanOnRecord
from acpshare.plan import Plan, put
from acpshare.plan.care import ClinicalFocus
from acpshare.plan.person import Person
from acpshare.plan.record import Signature, SignatureRole
from acpshare.plan.values import CprDecision, CprKind, FhirDate, Review, ReviewKind, TreatmentDecision, TreatmentKind

TODAY = date(2026, 6, 15)
UPLOADED = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
"""Everything was uploaded on the same day, long after it was decided, unless a test says otherwise."""

TITLES = {
    "respect-v3": "ReSPECT version 3",
    "tep-devon": "Devon TEP",
    "tep-scotland": "Scottish TEP",
    "teal-working": "TEAL (working model)",
    "dnacpr-rcuk-2015": "RCUK DNACPR form 2015",
    "dnacpr-south-central": "South Central DNACPR form",
}

MARGARET = Person(
    full_name="Margaret Ellen Ashworth",
    preferred_name="Peggy",
    birth_date=FhirDate("1938-04-02"),
    nhs_number="9990000018",
    address="Room 12, Larch House, 4 Example Road, Exampleton",
)

ATTEMPT = CprDecision(CprKind.ATTEMPT)
NOT_ATTEMPT = CprDecision(CprKind.DO_NOT_ATTEMPT)
ONLY_IF = CprDecision(CprKind.DO_NOT_ATTEMPT, condition="cardiac arrest from her known terminal cancer")
MODIFIED = CprDecision(CprKind.MODIFIED, details="Five rescue breaths and airway suction only; no chest compressions")

FOR = TreatmentDecision(TreatmentKind.FOR)
NOT_FOR = TreatmentDecision(TreatmentKind.NOT_FOR)


def by(day: str) -> Review:
    return Review(ReviewKind.BY_DATE, FhirDate(day))


INDEFINITE = Review(ReviewKind.INDEFINITE)


def signed(form: str, on: str, *, senior: bool = True) -> tuple[Signature, ...]:
    author = Signature(
        form, SignatureRole.AUTHOR, "Dr Amina Rahman", "ST5 geriatrics", "GMC 7000001", "A Rahman", FhirDate(on)
    )
    consultant = Signature(
        form, SignatureRole.SENIOR, "Dr Owen Price", "Consultant geriatrician", "GMC 7000002", "O Price", FhirDate(on)
    )
    return (author, consultant) if senior else (author,)


def form(edition: str, decided: str, says: dict[str, Any] | None = None, **more: Any) -> PlanOnRecord:
    """A signed form of an edition, decided on a day; `says` is its plan elements by path."""
    plan = Plan(person=more.pop("person", MARGARET), signatures=more.pop("signatures", signed(edition, decided)))
    elements = {"record.form": edition, "cpr.decided_on": FhirDate(decided), **(says or {})}
    if "cpr.decision" not in elements:
        elements["record.completed_on"] = elements.pop("cpr.decided_on")
    return PlanOnRecord(
        plan=put(plan, elements),
        plan_id=more.pop("plan_id", f"{edition}-{decided}"),
        family=edition.split("-", maxsplit=1)[0],
        recorded_at=more.pop("recorded_at", UPLOADED),
        source_reference=f"QuestionnaireResponse/{edition}-{decided}",
        form_title=TITLES[edition],
        **more,
    )


def full_respect(**says: Any) -> PlanOnRecord:
    """A realistic ReSPECT plan of a frail care-home resident."""
    return form(
        "respect-v3",
        "2026-03-12",
        {
            "cpr.decision": NOT_ATTEMPT,
            "review": by("2026-09-12"),
            "care.focus": ClinicalFocus.COMFORT,
            "care.guidance": "Treat chest infections at home with oral antibiotics. Hospital only for a fracture or "
            "for pain that cannot be controlled in the home.",
            "record.original_location": "Front of the care folder, Larch House office",
            "home.access": "Key safe by the side gate: staff know the number",
            **says,
        },
    )
