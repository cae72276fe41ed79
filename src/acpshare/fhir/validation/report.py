"""Where the validator is in a resource, and what it has found there so far.

Places are FHIRPath of the simple kind that OperationOutcome.issue.expression asks for: element names and indexes.
https://hl7.org/fhir/R4/operationoutcome-definitions.html#OperationOutcome.issue.expression
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from acpshare.outcome import Issue, IssueType, Severity

Place: TypeAlias = tuple[Any, str, int | None]
"""The parent place (None at the root), the element's name, its index. Only made into text when something is wrong."""


def root(type_name: str) -> Place:
    return (None, type_name, None)


def expression(place: Place) -> str:
    parts: list[str] = []
    here: Place | None = place
    while here is not None:
        parent, name, index = here
        parts.append(name if index is None else f"{name}[{index}]")
        here = parent
    return ".".join(reversed(parts))


MOST_ERRORS = 1_000
"""How many errors are listed; whoever sends more has sent no resource, and to go on would cost more than it tells."""


class Enough(Exception):
    """There are more errors than are listed."""


@dataclass(slots=True)
class Report:
    """Everything found in one resource, and what the references in it may point to."""

    issues: list[Issue] = field(default_factory=list)
    contained: dict[str, str] = field(default_factory=dict)
    """The id and type of every resource contained in the one being read."""
    in_bundle: bool = False
    in_contained: bool = False
    errors: int = 0

    def error(self, code: IssueType, diagnostics: str, place: Place, spine: str | None = None) -> None:
        """Raises Enough."""
        self.errors += 1
        if self.errors > MOST_ERRORS:
            raise Enough
        self.issues.append(Issue(Severity.ERROR, code, diagnostics, (expression(place),), None, spine))

    def warning(self, code: IssueType, diagnostics: str, place: Place) -> None:
        if len(self.issues) < MOST_ERRORS:
            self.issues.append(Issue(Severity.WARNING, code, diagnostics, (expression(place),)))
