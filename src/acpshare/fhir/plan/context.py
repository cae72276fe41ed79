"""What resources say beside the plan: ids, the person, the form, who recorded it and when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.systems import ODS_ORGANISATION
from acpshare.plan import Plan
from acpshare.plan.decision import is_cancelled

LONGEST_ID = 64


class PlanStatus(StrEnum):
    """https://hl7.org/fhir/R4/valueset-request-status.html"""

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    REVOKED = "revoked"
    COMPLETED = "completed"
    """Another plan has replaced it."""
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Context:
    """`patient`, `source` and `replaces` are references (`Patient/..`, `QuestionnaireResponse/..`, `CarePlan/..`).

    `family` is the form family on which the plan was made; `recorded` an instant; `organisation` the ODS code of the
    recorder. Without a `status` the plan is active, or revoked when it says that it was cancelled.
    """

    plan_id: str
    patient: str
    family: str
    recorded: str
    source: str | None = None
    organisation: str | None = None
    replaces: str | None = None
    status: PlanStatus = PlanStatus.ACTIVE

    def id(self, suffix: str) -> str:
        """The id of a resource made from the plan: the same for every version of it."""
        if len(self.plan_id) + 1 + len(suffix) <= LONGEST_ID:
            return f"{self.plan_id}-{suffix}"
        digest = hashlib.sha256(self.plan_id.encode()).hexdigest()[:12]
        return f"{self.plan_id[: LONGEST_ID - len(suffix) - 14]}-{digest}-{suffix}"

    @property
    def subject(self) -> JsonObject:
        return {"reference": self.patient}

    @property
    def recorder(self) -> JsonObject | None:
        if self.organisation is None:
            return None
        return {
            "type": "Organization",
            "identifier": {"system": ODS_ORGANISATION, "value": self.organisation},
        }


def status_of(plan: Plan, context: Context) -> PlanStatus:
    """The status of the plan's resources: a cancellation in the plan is never overruled (SR10)."""
    standing = (PlanStatus.DRAFT, PlanStatus.ACTIVE, PlanStatus.ON_HOLD, PlanStatus.UNKNOWN)
    return PlanStatus.REVOKED if is_cancelled(plan) and context.status in standing else context.status


def reference(resource: JsonObject) -> JsonObject:
    return {"reference": f"{resource['resourceType']}/{resource['id']}"}
