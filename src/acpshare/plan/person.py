"""Who the plan is about, as the form states it, and how to communicate with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from acpshare.plan.elements import element
from acpshare.plan.values import FhirDate, YesNo


class Gender(StrEnum):
    """https://hl7.org/fhir/R4/valueset-administrative-gender.html"""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Person:
    full_name: str | None = element("Full name", "SCCI1580 5-6 (V S2); ReSPECT 1 (V S6b)")
    preferred_name: str | None = element("Preferred name", "SCCI1580 7 (V S2); ReSPECT 1 (V S6b)")
    birth_date: FhirDate | None = element("Date of birth", "SCCI1580 8 (V S2)")
    nhs_number: str | None = element("NHS number", "SCCI1580 9 (V S2); check digit NHS Data Dictionary (V S32)")
    other_number: str | None = element("CHI, Health and Care or hospital number", "ReSPECT 1 (V S6b)")
    gender: Gender | None = element("Gender", "SCCI1580 11 (V S2)")
    address: str | None = element("Address", "SCCI1580 12 (V S2)")
    phone: str | None = element("Telephone", "SCCI1580 13 (V S2)")


@dataclass(frozen=True, slots=True)
class Communication:
    language: str | None = element("Preferred language", "SCCI1580 15 (V S2)")
    interpreter_needed: YesNo | None = element("Interpreter needed", "SCCI1580 14 (V S2)")
    needs: str | None = element("Communication needs and adjustments", "Requirement R8; SCCI1580 14-15 (V S2)")
    disability: str | None = element("Disability", "SCCI1580 28 (V S2)")
