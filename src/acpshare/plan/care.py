"""The person's condition, what matters to them, and which care and treatment is recommended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from acpshare.plan.elements import element, listing
from acpshare.plan.values import Scale, TreatmentDecision, YesNo


class Prognosis(StrEnum):
    """SNOMED CT, clinical.md 2.2 (V S2, S7b; V2 S7c)."""

    LAST_DAYS = "last-days"
    LAST_WEEKS = "last-weeks"
    LAST_MONTHS = "last-months"
    ABOUT_ONE_YEAR = "about-one-year"
    MORE_THAN_ONE_YEAR = "more-than-one-year"


class GsfStage(StrEnum):
    """Gold Standards Framework prognostic indicator (V S4)."""

    A_BLUE = "a-blue"
    B_GREEN = "b-green"
    C_YELLOW = "c-yellow"
    D_RED = "d-red"


@dataclass(frozen=True, slots=True)
class Condition:
    """Shared understanding of health and current condition."""

    summary: str | None = element("Summary of diagnoses and personal circumstances", "ReSPECT v3 2.1 (V S5)")
    primary_diagnosis: str | None = element("Main diagnosis", "SCCI1580 26 (V S2)")
    other_diagnoses: str | None = element("Other diagnoses", "SCCI1580 27 (V S2)")
    functional_status: str | None = element("Functional status", "SCCI1580 29 (V S2)")
    allergies: str | None = element("Allergies", "SCCI1580 30 (V S2)")
    prognosis: Prognosis | None = element("Likely prognosis", "SCCI1580 34 (V S2)")
    prognosis_text: str | None = element("Prognosis in words", "TEAL working model (U); SCCI1580 34 (V S2)")
    gsf_stage: GsfStage | None = element("Gold Standards Framework stage", "EoL alpha (V S4)")
    may_be_last_year: YesNo | None = element(
        "Would not be surprised if the person died in the coming year", "Devon TEP part A, 'surprise question' (V2 S24)"
    )


@dataclass(frozen=True, slots=True)
class WhatMatters:
    scale: Scale | None = element(
        "Priority: living as long as possible (low) to quality of life and comfort (high)",
        "ReSPECT v3 3.1 (V S5); ranges differ (clinical.md 0.6)",
    )
    values: str | None = element("What I most value", "ReSPECT v3 3.2 (V S3)")
    fears: str | None = element("What I most fear or wish to avoid", "ReSPECT v3 3.3 (V S3)")
    beliefs: str | None = element("Beliefs and spiritual needs", "Requirement T6")
    who_to_be_with: str | None = element("Who to be with", "Requirement T6")
    practical: str | None = element("Practical issues", "Requirement T6")


class ClinicalFocus(StrEnum):
    """ReSPECT v3 4.1, exactly one (V S3)."""

    EXTEND_LIFE = "extend-life"
    BALANCE = "balance"
    COMFORT = "comfort"


class LegacyFocus(StrEnum):
    """The two-point focus of older ReSPECT editions, which is not equivalent to any v3 value (V S9, S10)."""

    LIFE_SUSTAINING_TREATMENT = "life-sustaining-treatment"
    SYMPTOM_CONTROL = "symptom-control"


class Escalation(StrEnum):
    """Escalation categories. Scottish (V2 S25) and TEAL working model (U) tiers are kept apart: their words differ."""

    FULL_ESCALATION = "full-escalation"
    SELECTED_TREATMENTS = "selected-appropriate-treatments"
    PALLIATIVE_SUPPORTIVE = "palliative-supportive"
    TIER_FULL = "tier-full"
    TIER_HDU_NIV = "tier-hdu-niv"
    TIER_WARD = "tier-ward-based"
    TIER_COMFORT = "tier-comfort"


@dataclass(frozen=True, slots=True)
class Care:
    """Clinical recommendations other than CPR and single treatments."""

    focus: ClinicalFocus | None = element("Clinical focus", "ReSPECT v3 4.1 (V S3)")
    legacy_focus: LegacyFocus | None = element("Clinical focus (older two-point form)", "ReSPECT v1/v2 (V S9, S10)")
    escalation: Escalation | None = element("Escalation category", "Scottish TEP (V2 S25); TEAL working model (U)")
    goals: str | None = element("Goals of treatment", "Scottish TEP (V2 S25)")
    guidance: str | None = element(
        "Clinical guidance on specific interventions, and the reasoning", "ReSPECT v3 4.2 (V S3)"
    )
    appropriate: str | None = element("Other treatments that are appropriate", "Scottish TEP (V2 S25)")
    inappropriate: str | None = element("Other treatments that are not appropriate", "Scottish TEP (V2 S25)")
    emergencies: str | None = element("Foreseeable emergencies and first actions", "EHCP (V2 S28)")


@dataclass(frozen=True, slots=True)
class OtherTreatment:
    name: str | None = element("Treatment", "Local forms")
    decision: TreatmentDecision | None = element("Decision", "Local forms")


@dataclass(frozen=True, slots=True)
class Treatments:
    """Single treatments (clinical.md 1.3). Absent is `not-stated`. No SNOMED codes for ceilings were found (U)."""

    hospital_admission: TreatmentDecision | None = element(
        "Hospital admission", "Devon TEP part B (V2 S24)", code="32485007"
    )
    icu: TreatmentDecision | None = element("Intensive care (level 3)", "clinical.md 1.3 (V2 S24c)", code="305351004")
    hdu: TreatmentDecision | None = element("High dependency care (level 2)", "clinical.md 1.3 (V2)")
    intubation: TreatmentDecision | None = element("Intubation and ventilation", "Torbay TEP (V S24b)", code="40617009")
    niv: TreatmentDecision | None = element("Non-invasive ventilation", "clinical.md 1.3 (V2)")
    cpap: TreatmentDecision | None = element("CPAP or high-flow oxygen", "clinical.md 1.3 (K)")
    renal_replacement: TreatmentDecision | None = element("Renal replacement therapy (dialysis)", "Torbay TEP (V S24b)")
    vasopressors: TreatmentDecision | None = element("Vasopressors", "clinical.md 1.3 (K)")
    iv_fluids: TreatmentDecision | None = element("Intravenous fluids", "Devon TEP part B (V2 S24)")
    antibiotics: TreatmentDecision | None = element("Antibiotics (route not stated)", "Devon TEP part B (V2 S24)")
    iv_antibiotics: TreatmentDecision | None = element("Intravenous antibiotics", "clinical.md 1.3 (V2)")
    oral_antibiotics: TreatmentDecision | None = element("Oral antibiotics", "clinical.md 1.3 (K)")
    blood_products: TreatmentDecision | None = element("Blood products", "Generic leaflet (V2 S24c)")
    artificial_nutrition: TreatmentDecision | None = element("Artificial feeding", "Devon TEP part B (V2 S24)")
    icd_deactivation: TreatmentDecision | None = element(
        "Deactivation of an implanted defibrillator (ICD)", "Devon TEP (K)"
    )
    symptom_control: TreatmentDecision | None = element("Symptom control", "clinical.md 1.3: always for (V2)")
    other: tuple[OtherTreatment, ...] = listing("Other treatments", "Local forms")
