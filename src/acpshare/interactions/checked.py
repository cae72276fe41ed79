"""What every resource passes before it is kept: R4 itself, and no modifier on clinical content that nobody here reads.

https://hl7.org/fhir/R4/validation.html
"""

from __future__ import annotations

from dataclasses import dataclass

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.validation import validate
from acpshare.interactions.compartment import ELEMENTS
from acpshare.interactions.modifiers import not_ignored, unread
from acpshare.interactions.other_records import for_a_group
from acpshare.outcome import Invalid, Issue

CLINICAL = frozenset(ELEMENTS) - {"AuditEvent", "Provenance", "Group"} | {"Patient"}
"""Types whose content may guide somebody's care: what turns it into its opposite must be understood (SR6)."""


def problems(type: str, resource: JsonObject) -> tuple[Issue, ...]:
    """Everything that is to be said about a resource of this type. Errors among it forbid that it is kept."""
    issues = validate(resource, expected_type=type)
    if type not in CLINICAL or resource.get("resourceType") != type:
        return issues
    found = [*not_ignored(issues), *unread(resource)]
    if not any(issue.is_error for issue in found):
        found += for_a_group(resource)
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Checked:
    """A resource that can be kept, the text it came as, and what is worth saying about it."""

    resource: JsonObject
    text: str
    issues: tuple[Issue, ...] = ()


def checked(type: str, resource: JsonObject, text: str) -> Checked:
    """Raises Invalid, with every problem."""
    issues = problems(type, resource)
    if any(issue.is_error for issue in issues):
        raise Invalid(*issues)
    return Checked(resource, text, issues)
