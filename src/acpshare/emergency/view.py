"""The emergency view as values: the order and the names of the compact JSON that readers rely on.

`None` is "nobody stated it". `stated_on` names form and date of a statement that is not from the current form.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CprShown(StrEnum):
    ATTEMPT = "attempt"
    DO_NOT_ATTEMPT = "do-not-attempt"
    MODIFIED = "modified"
    NO_DECISION_RECORDED = "no-decision-recorded"
    """Absence, which has no code (clinical.md 0.4, V S4): never stored or shown as a decision for CPR (SR3)."""


class Endorsement(StrEnum):
    ENDORSED = "endorsed"
    PENDING = "pending"


class ValidityState(StrEnum):
    CURRENT = "current"
    REVIEW_OVERDUE = "review-overdue"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    NO_PLAN = "no-plan-recorded"


class TreatmentShown(StrEnum):
    FOR = "for"
    NOT_FOR = "not-for"
    CONDITIONAL = "conditional"
    NOT_STATED = "not-stated"


@dataclass(frozen=True, slots=True)
class PersonView:
    full_name: str | None = None
    preferred_name: str | None = None
    birth_date: str | None = None
    nhs_number: str | None = None
    address: str | None = None
    phone: str | None = None
    communication: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CprStatement:
    """What one form in force says about CPR."""

    form: str
    dated: str | None
    decision: CprShown
    condition: str | None
    details: str | None


@dataclass(frozen=True, slots=True)
class CprView:
    """What is shown of CPR. `condition` limits a do-not-attempt decision and is part of it (SR6).

    `dated_by` says what kind of date `decided_on` is. `conditional` is true even where nobody wrote the circumstances.
    `agreed` is false where forms of the same day disagree (then `decision` is the least restrictive of them, and all
    are in `statements`), and where the decision was changed after it was signed and nobody signed the change (SR7).
    """

    decision: CprShown = CprShown.NO_DECISION_RECORDED
    decided_on: str | None = None
    signed_by: str | None = None
    endorsement: Endorsement | None = None
    condition: str | None = None
    conditional: bool = False
    details: str | None = None
    headline: str = ""
    explanation: str = ""
    dated_by: str | None = None
    signed_on: str | None = None
    endorsed_by: str | None = None
    stated_on: str | None = None
    original_location: str | None = None
    agreed: bool = True
    statements: tuple[CprStatement, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewView:
    form: str
    review: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Validity:
    state: ValidityState = ValidityState.NO_PLAN
    review: str = "none-stated"
    reviews: tuple[ReviewView, ...] = ()
    """The review of every form in force: a review date belongs to the form that it is written on."""


@dataclass(frozen=True, slots=True)
class AdvanceDecisionView:
    refuses: str | None
    circumstances: str | None
    location: str | None
    status: str | None
    refuses_cpr: str | None
    life_sustaining: str | None
    made_on: str | None
    stated_on: str


@dataclass(frozen=True, slots=True)
class AttorneyView:
    name: str | None
    authority: str | None
    life_sustaining: str | None
    phone: str | None
    status: str | None
    appointed_on: str | None
    stated_on: str


@dataclass(frozen=True, slots=True)
class Note:
    """Words of a form, with the name of the place that they stand in."""

    label: str
    text: str
    stated_on: str | None = None


@dataclass(frozen=True, slots=True)
class LegalView:
    advance_decisions: tuple[AdvanceDecisionView, ...] = ()
    attorneys: tuple[AttorneyView, ...] = ()
    statements: tuple[Note, ...] = ()
    """What forms say about legal instruments without describing them."""


@dataclass(frozen=True, slots=True)
class FocusView:
    focus: str | None = None
    text: str | None = None
    stated_on: str | None = None
    escalation: str | None = None
    escalation_text: str | None = None
    escalation_stated_on: str | None = None
    notes: tuple[Note, ...] = ()
    """Guidance, goals, foreseeable emergencies and the like, from every form in force."""


@dataclass(frozen=True, slots=True)
class TreatmentView:
    treatment: str
    decision: TreatmentShown
    condition: str | None
    element: str
    stated_on: str | None = None


@dataclass(frozen=True, slots=True)
class ContactView:
    role: str
    name: str | None
    phone: str | None
    relationship: str | None = None
    other: str | None = None
    stated_on: str | None = None


@dataclass(frozen=True, slots=True)
class MedicinesAndAccess:
    anticipatory_medicines: str | None = None
    medicines_location: str | None = None
    access: str | None = None
    allergies: str | None = None
    stated_on: str | None = None
    """Every form but the current one that any of this comes from."""


@dataclass(frozen=True, slots=True)
class PreferredPlaceView:
    care: tuple[str, ...] = ()
    death: tuple[str, ...] = ()
    stated_on: str | None = None


@dataclass(frozen=True, slots=True)
class FormInForce:
    form: str
    dated: str | None
    original_location: str | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """The current form. `translated`: what is shown was carried from forms into this view, which nobody signed."""

    form: str | None = None
    translated: bool = False
    original_location: str | None = None
    dated: str | None = None
    reference: str | None = None
    other_forms: tuple[FormInForce, ...] = ()


@dataclass(frozen=True, slots=True)
class ViewWarning:
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class EmergencyView:
    person: PersonView
    cpr: CprView
    validity: Validity
    legal: LegalView
    focus: FocusView
    treatments: tuple[TreatmentView, ...]
    contacts: tuple[ContactView, ...]
    medicines_and_access: MedicinesAndAccess
    preferred_place: PreferredPlaceView
    source: Source
    warnings: tuple[ViewWarning, ...]
    statement: str
