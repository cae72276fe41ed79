"""Capacity, best interests, who was involved, who was told: each a fact of its own (SR11, SR12)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from acpshare.plan.elements import element, listing, section
from acpshare.plan.values import FhirDate, YesNo, YesNoNotApplicable


class CapacityStatus(StrEnum):
    """For one decision at one time. Codes for these terms are unverified (U S30). `indeterminate` is never `has`."""

    HAS = "has-capacity"
    LACKS = "lacks-capacity"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class CapacityAssessment:
    status: CapacityStatus | None = element("Assessed capacity", "ReSPECT v3 5.1 (V S3)")
    basis: str | None = element("In what way the person lacks capacity", "ReSPECT v3 5.2 (V S3)")
    assessed_on: FhirDate | None = element("Date of the capacity assessment", "SR12 (V S2)")
    assessor: str | None = element("Who assessed capacity", "SR12 (V S2)")


@dataclass(frozen=True, slots=True)
class Capacity:
    """Capacity is decision-specific: three decisions that forms ask about, never inferred from each other."""

    plan: CapacityAssessment = section(CapacityAssessment, "Capacity to take part in making this plan")
    """To participate in making recommendations on this plan (ReSPECT v3 5)."""
    cpr: CapacityAssessment = section(CapacityAssessment, "Capacity to decide about CPR")
    """To make and communicate decisions about CPR (RCUK 2015 box 1)."""
    treatment: CapacityAssessment = section(CapacityAssessment, "Capacity to decide about treatment escalation")
    """To make decisions about treatment escalation (TEP, TEAL)."""


@dataclass(frozen=True, slots=True)
class BestInterests:
    decision_made: YesNo | None = element("Best-interests decision made", "MCA 2005 s4; clinical.md 2.2 (id U)")
    record: str | None = element("Best-interests discussion and reasons", "South Central B (V2 S14)")
    consulted: str | None = element("Who was consulted", "MCA 2005 s4(7) (K)")
    held_on: FhirDate | None = element("Date of the best-interests discussion", "Requirement R5")
    advocate: str | None = element("Independent mental capacity advocate", "Requirement R5")


class InvolvementBasis(StrEnum):
    """ReSPECT v3 section 6, one or more (V S3, paraphrased)."""

    A = "has-capacity-fully-involved"
    B = "lacks-capacity-made-under-capacity-law"
    C1 = "under-age-sufficient-maturity"
    C2 = "under-age-not-sufficient-maturity"
    C3 = "parental-responsibility-involved"


@dataclass(frozen=True, slots=True)
class Conversation:
    held_on: FhirDate | None = element("Date of the conversation", "Requirement R1; ReSPECT v3 6 (V S3)")
    participants: str | None = element("Who took part, and in what capacity", "Requirement R1")
    explained: str | None = element("What was discussed and explained", "Requirement R1")
    accessible_form: str | None = element("Accessible form used", "Requirement R8")
    record_location: str | None = element("Where the full record is", "ReSPECT v3 6 (V S3)")


@dataclass(frozen=True, slots=True)
class Involvement:
    basis: tuple[InvolvementBasis, ...] = element("How the person was involved", "ReSPECT v3 6.1 (V S3)", default=())
    reason_not: str | None = element("Why no other involvement option applies", "ReSPECT v3 6.2 D (V S3)")
    person_involved: YesNoNotApplicable | None = element(
        "Person involved in the decision", "South Central B; Deciding Right (V2)"
    )
    person_not_involved_reason: str | None = element("Why the person was not involved", "South Central B (V2 S14)")
    conversations: tuple[Conversation, ...] = listing("Conversations", "Requirement R1; ReSPECT v3 6 (V S3)")
    with_person: str | None = element("Communication with the person or their attorney", "RCUK 2015 box 3 (V2 S12)")
    with_family: str | None = element("Communication with relatives or friends", "RCUK 2015 box 4 (V2 S12)")
    team: str | None = element("Members of the multidisciplinary team contributing", "RCUK 2015 box 5 (V2 S12)")
    team_discussion: YesNoNotApplicable | None = element("Team discussion held", "Deciding Right (V2 S15)")


@dataclass(frozen=True, slots=True)
class Awareness:
    """Requirement R2: awareness, information and discussion are separate facts."""

    person_aware: YesNo | None = element("Person aware of the CPR decision", "SCCI1580 48 (V S2); ROSI (V S16)")
    person_not_aware_reason: str | None = element("Why the person was not informed", "South Central A (V2 S14)")
    family_informed: YesNo | None = element(
        "Family member informed of the CPR decision", "clinical.md 2.2 (V S4b)", code="975291000000108"
    )
    family_not_informed_reason: str | None = element("Why the family was not informed", "South Central A (V2 S14)")
    family_name: str | None = element("Who was informed", "South Central A (V2 S14)")
    carer_informed: YesNo | None = element(
        "Carer informed of the CPR decision", "clinical.md 2.2 (V S4b)", code="975311000000109"
    )
    carer_knows_prognosis: YesNo | None = element("Carer aware of prognosis", "SCCI1580 18 (V S2)")
