"""What every resource passes before it is kept: R4 itself, and no modifier on clinical content that nobody here reads.

https://hl7.org/fhir/R4/validation.html
"""

from __future__ import annotations

from dataclasses import dataclass

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.validation import validate
from acpshare.interactions.compartment import ELEMENTS
from acpshare.interactions.modifiers import not_ignored
from acpshare.outcome import Invalid, Issue

CLINICAL = frozenset(ELEMENTS) - {"AuditEvent", "Provenance", "Group"} | {"Patient"}
"""Types whose content may guide somebody's care: what turns it into its opposite must be understood (SR6)."""


def problems(type: str, resource: JsonObject) -> tuple[Issue, ...]:
    """Everything that is to be said about a resource of this type. Errors among it forbid that it is kept."""
    issues = validate(resource, expected_type=type)
    return tuple(not_ignored(issues)) if type in CLINICAL else issues


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
