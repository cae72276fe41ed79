"""A plan to and from FHIR R4 resources; where each element lives is in docs/reference/fhir-representation.md."""

from acpshare.fhir.plan.alerts import CPR_ALERT
from acpshare.fhir.plan.context import Context, PlanStatus, status_of
from acpshare.fhir.plan.from_fhir import from_resources
from acpshare.fhir.plan.patient import patient_of, to_patient
from acpshare.fhir.plan.to_fhir import to_resources

__all__ = [
    "CPR_ALERT",
    "Context",
    "PlanStatus",
    "from_resources",
    "patient_of",
    "status_of",
    "to_patient",
    "to_resources",
]
