"""Coded values in words that a reader understands, one place for forms, FHIR and the emergency view."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from acpshare.plan.care import ClinicalFocus, Escalation, GsfStage, LegacyFocus, Prognosis
from acpshare.plan.involvement import InvolvementBasis
from acpshare.plan.legal import ProxyKind
from acpshare.plan.people import PlaceType

_FOCUS: Mapping[Enum, str] = {
    # as printed: ReSPECT v3 4.1 (V S3)
    ClinicalFocus.EXTEND_LIFE: "Prioritise extending life",
    ClinicalFocus.BALANCE: "Balance extending life with comfort and valued outcomes",
    ClinicalFocus.COMFORT: "Prioritise comfort",
}
_LEGACY_FOCUS: Mapping[Enum, str] = {
    LegacyFocus.LIFE_SUSTAINING_TREATMENT: "Focus on life-sustaining treatment (older form)",
    LegacyFocus.SYMPTOM_CONTROL: "Focus on symptom control (older form)",
}
_ESCALATION: Mapping[Enum, str] = {
    Escalation.FULL_ESCALATION: "Full escalation",
    Escalation.SELECTED_TREATMENTS: "Selected appropriate treatments",
    Escalation.PALLIATIVE_SUPPORTIVE: "Palliative and supportive care",
    # the tiers are another form's and not known to mean the same (U): their words say whose they are
    Escalation.TIER_FULL: "Full escalation (TEAL tier)",
    Escalation.TIER_HDU_NIV: "Up to high dependency care or non-invasive ventilation (TEAL tier)",
    Escalation.TIER_WARD: "Ward-based care (TEAL tier)",
    Escalation.TIER_COMFORT: "Comfort care (TEAL tier)",
}
# SR16: legal terms keep their jurisdiction's name.
_PROXY: Mapping[Enum, str] = {
    ProxyKind.LPA_WELFARE: "Lasting power of attorney (health and welfare)",
    ProxyKind.COURT_DEPUTY: "Court-appointed deputy",
    ProxyKind.WELFARE_POWER_OF_ATTORNEY: "Welfare power of attorney (Scotland)",
    ProxyKind.WELFARE_GUARDIAN: "Welfare guardian (Scotland)",
}
_PLACE: Mapping[Enum, str] = {
    PlaceType.HOSPITAL: "Hospital",
    PlaceType.PRIVATE_RESIDENCE: "Private residence",
    PlaceType.OWN_HOME: "Own home",
    PlaceType.OTHER_PRIVATE_RESIDENCE: "Other private residence",
    PlaceType.HOSPICE: "Hospice",
    PlaceType.CARE_HOME: "Care home",
    PlaceType.OTHER: "Other place",
}
_INVOLVEMENT: Mapping[Enum, str] = {
    # paraphrased, as the source is (V S3)
    InvolvementBasis.A: "has mental capacity to participate, and was fully involved",
    InvolvementBasis.B: "lacks capacity; made in accordance with capacity law",
    InvolvementBasis.C1: "under age, with sufficient maturity and understanding to participate",
    InvolvementBasis.C2: "under age, without sufficient maturity and understanding; known views taken into account",
    InvolvementBasis.C3: "under age; those with parental responsibility were fully involved",
}
_PROGNOSIS: Mapping[Enum, str] = {
    Prognosis.LAST_DAYS: "Last days of life",
    Prognosis.LAST_WEEKS: "Last weeks of life",
    Prognosis.LAST_MONTHS: "Last months of life",
    Prognosis.ABOUT_ONE_YEAR: "Limited life expectancy of approximately one year",
    Prognosis.MORE_THAN_ONE_YEAR: "Limited life expectancy of more than one year",
}
_GSF: Mapping[Enum, str] = {
    GsfStage.A_BLUE: "Stage A (blue)",
    GsfStage.B_GREEN: "Stage B (green)",
    GsfStage.C_YELLOW: "Stage C (yellow)",
    GsfStage.D_RED: "Stage D (red)",
}
_TABLES: Mapping[type[Enum], Mapping[Enum, str]] = {
    ClinicalFocus: _FOCUS,
    LegacyFocus: _LEGACY_FOCUS,
    Escalation: _ESCALATION,
    ProxyKind: _PROXY,
    PlaceType: _PLACE,
    InvolvementBasis: _INVOLVEMENT,
    Prognosis: _PROGNOSIS,
    GsfStage: _GSF,
}
"""By type: values of different enumerations may be spelt alike."""


def label(value: Enum) -> str:
    """A coded value in words: its label, or its own code where that is words already (`has-capacity`, `yes`)."""
    table = _TABLES.get(type(value))
    return table[value] if table is not None else str(value.value).replace("-", " ")
