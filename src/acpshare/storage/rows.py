"""What the store keeps, as frozen rows. All bytes come back exactly as they were given; all instants are in UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from acpshare.plan.values import FhirDate, latest_day
from acpshare.search.query import Position


@dataclass(frozen=True, slots=True)
class StoredResource:
    """One version of a resource. `person` is the id of the Patient in whose compartment it lies, if in any.

    https://hl7.org/fhir/R4/http.html#versions
    """

    type: str
    id: str
    version_id: int
    last_updated: datetime
    text: bytes | None
    """The JSON as it is served; None when this version is a deletion."""
    person: str | None = None
    labelled: bool | None = field(default=None, compare=False, repr=False)
    """Whether the person's Patient bore a label of confidentiality when this was read; None where nobody looked."""

    @property
    def deleted(self) -> bool:
        return self.text is None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page. `next` is where the next one begins, None on the last; `total` only when it was asked for."""

    matches: tuple[StoredResource, ...]
    included: tuple[StoredResource, ...] = ()
    next: Position | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class VersionPosition:
    """Where a page of the history ended."""

    last_updated: datetime
    type: str
    id: str
    version_id: int


@dataclass(frozen=True, slots=True)
class IdentifierRow:
    """A business identifier and the person to whom it leads.

    `replaced_by` is the number that superseded this one, when one did; `person` is then whoever holds that number.
    """

    system: str
    value: str
    person: str
    replaced_by: str | None = None


class PlanState(StrEnum):
    """Whether a plan still stands."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One version of a plan: `plan_id` and `version_id` are those of its CarePlan, `plan` is what `dump_plan` wrote."""

    person: str
    plan_id: str
    version_id: int
    plan: bytes
    form: str
    family: str
    recorded_at: datetime
    decision_date: FhirDate | None = None
    state: PlanState = PlanState.CURRENT
    replaces: str | None = None
    """The `plan_id` of the plan that this one replaces."""

    @property
    def decision_day(self) -> date | None:
        """The last day that the decision date can mean: what plans are ordered by."""
        return None if self.decision_date is None else latest_day(self.decision_date)


@dataclass(frozen=True, slots=True)
class CurrentView:
    """What a crew is shown about one person, ready to send."""

    person: str
    view: bytes
    """The compact JSON."""
    bundle: bytes
    """The same as a FHIR Bundle."""
    changes_on: date | None = None
    """From this day on the view says something else (a review becomes overdue) and must be rendered anew."""
    replaced_by: str | None = None
    """The number that superseded the one that was asked for; set on reading only."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One link of the audit chain: `hash` covers this row and, through the hash before it, all earlier ones."""

    sequence: int
    recorded: datetime
    person: str | None
    text: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """One event that others are to hear of. Sequences have no gap and follow the order of the commits."""

    sequence: int
    recorded: datetime
    person: str | None
    kind: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Remembered:
    """The answer that a request got, kept under its idempotency key. `digest` is of the request that it answered.

    `person` is the Patient in whose record the answer is: with them it is erased.
    """

    key: str
    digest: bytes
    recorded: datetime
    result: bytes
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """Where a numbered log ends: the last sequence, and its hash where the log is a chain."""

    sequence: int = 0
    hash: bytes = b""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is. `resources` counts by type what is not deleted."""

    resources: dict[str, int]
    persons: int
    plans: int
    current_views: int
    audit_events: int
    outbox_events: int


@dataclass(frozen=True, slots=True)
class AuditFault:
    """One place where the audit chain is broken."""

    sequence: int
    fault: Literal["missing", "changed"]
    diagnostics: str
