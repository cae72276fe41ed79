"""The record itself: signatures, where it came from, and whether it still stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from acpshare.plan.elements import element
from acpshare.plan.values import FhirDate, FhirTime, YesNo


class SignatureRole(StrEnum):
    """Which place on the form was signed."""

    AUTHOR = "author"
    """The professional who made the decision or completed the form."""
    SENIOR = "senior"
    """The senior responsible clinician, whose signature endorses the decision (SR8)."""
    FOCUS = "focus"
    CPR = "cpr"
    PERSON = "person"
    """The person, their proxy or family: optional, and it does not make a plan binding (V S6)."""
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature on one form edition. It never moves to another edition (SR7): there it is provenance only."""

    form: str
    role: SignatureRole
    name: str | None = element("Name", "ReSPECT v3 7 (structure V S3)")
    position: str | None = element("Grade, speciality or position", "ReSPECT v3 7 (structure V S3)")
    registration: str | None = element("GMC, NMC or HCPC number", "ReSPECT v3 7 (structure V S3)")
    signed: str | None = element("Signature", "ReSPECT v3 7 (structure V S3)")
    date: FhirDate | None = element("Date signed", "ReSPECT v3 7 (K)")
    time: FhirTime | None = element("Time signed", "ReSPECT v3 7 (K)")


class Jurisdiction(StrEnum):
    """Capacity law differs: Mental Capacity Act 2005 or Adults with Incapacity (Scotland) Act 2000 (SR16)."""

    ENGLAND_WALES = "england-wales"
    SCOTLAND = "scotland"
    UK = "uk"


class RecordSource(StrEnum):
    """ROSI logical model (V S16)."""

    NEW_DECISION = "new-decision"
    TRANSCRIBED = "transcribed"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A decision that no longer stands. It stays in the record and is shown as cancelled (SR10, S13)."""

    on: FhirDate | None = element("Cancelled on", "RCUK guidance (V2 S13)")
    by: str | None = element("Cancelled by", "RCUK guidance (V2 S13)")
    reason: str | None = element("Why it was cancelled", "RCUK guidance (V2 S13)")


@dataclass(frozen=True, slots=True)
class Record:
    form: str | None = element("Form edition on which the plan was made", "interface.md: source.form")
    jurisdiction: Jurisdiction | None = element("Jurisdiction of the form", "SR16 (V S27, S37)")
    completed_on: FhirDate | None = element("Date completed", "ReSPECT 1 (V S6b)")
    source: RecordSource | None = element("New decision, or transcribed from paper", "ROSI (V S16)")
    original_location: str | None = element(
        "Where the original is", "clinical.md 4, ambulance at-a-glance (V S22, S23)"
    )
    valid_in_community: YesNo | None = element("Valid in the community", "clinical.md 1.2 (V S21)")
    part_of_wider_plan: YesNo | None = element("Part of a wider advance care plan", "Requirement R6")
    amended_since_signed: YesNo | None = element("Changed after it was signed, not signed again", "SR7")
    cpr_amended_since_signed: YesNo | None = element("CPR decision changed after it was signed, and not signed", "SR7")
    other_issues: str | None = element("Other relevant issues", "SCCI1580 58 (V S2)")
    died_on: FhirDate | None = element("Date of death", "SCCI1580 59 (V S2)")
    place_of_death: str | None = element("Actual place of death", "SCCI1580 60 (V S2)")
