"""Whether a resource is valid FHIR R4 (4.0.1): every problem at once, each with its place and what would be right.

Structure, cardinality, types, required bindings, reference targets, narrative and invariants of every R4 resource
type, from HL7's own definitions; and NHS numbers. Profiles are not checked here. https://hl7.org/fhir/R4/validation.html
"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.validation.report import MOST_ERRORS, Enough, Report
from acpshare.fhir.validation.walk import check_resource
from acpshare.outcome import Issue, IssueType, error

__all__ = ["validate"]


def validate(resource: JsonObject, *, expected_type: str | None = None) -> tuple[Issue, ...]:
    """All issues found. None of them is an error when the resource is valid; no issue holds a value of the resource."""
    if expected_type is not None and resource.get("resourceType") not in (None, expected_type):
        return (error(IssueType.STRUCTURE, f"resourceType must be {expected_type}", expected_type),)
    report = Report()
    try:
        check_resource(resource, None, report)
    except Enough:
        more = f"there are more than {MOST_ERRORS} errors; the others are not listed"
        report.issues.append(error(IssueType.TOO_COSTLY, more, str(resource.get("resourceType"))))
    return tuple(report.issues)
