"""The kinds of value that a plan element can hold. Absent (`None`) always means: nobody stated it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NewType

FhirDate = NewType("FhirDate", str)
"""A date as FHIR writes it, with the precision that was given: `2026`, `2026-03` or `2026-03-01`."""

FhirTime = NewType("FhirTime", str)
"""A time of day as FHIR writes it: `14:30:00`."""

_DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")


def fhir_date(text: str) -> FhirDate:
    """Check and return a FHIR date, which must exist in the calendar. Raises ValueError.

    https://hl7.org/fhir/R4/datatypes.html#date
    """
    if not _DATE.fullmatch(text):
        raise ValueError("a date is written YYYY, YYYY-MM or YYYY-MM-DD")
    parts = [int(part) for part in text.split("-")]
    date(*parts, *([1] * (3 - len(parts))))
    return FhirDate(text)


def first_day(value: FhirDate) -> date:
    """The first calendar day that a partial date can mean (`2026-02` is 2026-02-01)."""
    parts = [int(part) for part in value.split("-")]
    return date(*parts, *([1] * (3 - len(parts))))


def latest_day(value: FhirDate) -> date:
    """The last calendar day that a partial date can mean (`2026-02` is 2026-02-28)."""
    parts = [int(part) for part in value.split("-")]
    if len(parts) == 3:
        return date(parts[0], parts[1], parts[2])
    year, month = (parts[0], 12) if len(parts) == 1 else (parts[0], parts[1])
    following = date(year + month // 12, month % 12 + 1, 1) if year < 9999 or month < 12 else date(9999, 12, 31)
    return date.fromordinal(following.toordinal() - 1)


class YesNo(StrEnum):
    YES = "yes"
    NO = "no"


class YesNoNotApplicable(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not-applicable"


class CprKind(StrEnum):
    """A recorded CPR decision. "None recorded" is the absence of a decision and has no code (clinical.md 0.4)."""

    ATTEMPT = "attempt"
    DO_NOT_ATTEMPT = "do-not-attempt"
    MODIFIED = "modified"
    """Modified CPR, for a child only (ReSPECT)."""


@dataclass(frozen=True, slots=True)
class CprDecision:
    """A CPR decision with what belongs to it, so that neither can be changed without the other.

    `condition`: the circumstances to which a do-not-attempt decision is limited (SR6).
    `details`: how CPR is modified, for a child (SR4).
    """

    kind: CprKind
    condition: str | None = None
    details: str | None = None

    def __post_init__(self) -> None:
        if self.details is not None and self.kind is not CprKind.MODIFIED:
            raise ValueError("details belong to modified CPR only")
        if self.condition is not None and self.kind is not CprKind.DO_NOT_ATTEMPT:
            raise ValueError("a condition belongs to a do-not-attempt decision only")


class TreatmentKind(StrEnum):
    """A stated treatment decision; `not-stated` is the absence of one and is never `not-for`."""

    FOR = "for"
    NOT_FOR = "not-for"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, slots=True)
class TreatmentDecision:
    """Whether one treatment is for this person: `conditional` says when, in `condition` (absent if nobody wrote it)."""

    kind: TreatmentKind
    condition: str | None = None

    def __post_init__(self) -> None:
        if self.condition is not None and self.kind is not TreatmentKind.CONDITIONAL:
            raise ValueError("a condition belongs to a conditional decision only")


class ReviewKind(StrEnum):
    BY_DATE = "by-date"
    INDEFINITE = "indefinite"


@dataclass(frozen=True, slots=True)
class Review:
    """When the decision is to be reviewed. A date, indefinite and none stated are three different facts (SR9).
    `by-date` without a date was ticked and left undated.
    """

    kind: ReviewKind
    date: FhirDate | None = None

    def __post_init__(self) -> None:
        if self.date is not None and self.kind is not ReviewKind.BY_DATE:
            raise ValueError("a date belongs to a review by date only")


class ReasonKind(StrEnum):
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason category that somebody ticked, with the words written beside it."""

    kind: ReasonKind = ReasonKind.STATED
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """A mark on a scale, with the range it was made on: ranges differ between editions and are never converted."""

    value: Decimal
    low: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError("the mark lies outside its scale")
