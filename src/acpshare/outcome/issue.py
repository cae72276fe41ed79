"""What is wrong, or worth saying, about an input: values with FHIR's own words.

https://hl7.org/fhir/R4/operationoutcome.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """https://hl7.org/fhir/R4/valueset-issue-severity.html"""

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


class IssueType(StrEnum):
    """The R4 issue types that acpshare uses: https://hl7.org/fhir/R4/valueset-issue-type.html"""

    INVALID = "invalid"
    STRUCTURE = "structure"
    REQUIRED = "required"
    VALUE = "value"
    INVARIANT = "invariant"
    CODE_INVALID = "code-invalid"
    NOT_FOUND = "not-found"
    DELETED = "deleted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    MULTIPLE_MATCHES = "multiple-matches"
    NOT_SUPPORTED = "not-supported"
    BUSINESS_RULE = "business-rule"
    TOO_LONG = "too-long"
    TOO_COSTLY = "too-costly"
    LOGIN = "login"
    FORBIDDEN = "forbidden"
    THROTTLED = "throttled"
    TRANSIENT = "transient"
    EXCEPTION = "exception"
    INCOMPLETE = "incomplete"
    INFORMATIONAL = "informational"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing said about an input.

    `diagnostics` names elements and places, never a patient's data. `expression` holds FHIRPath (or, for a file,
    `file:line path`). `rule` is the safety rule (`SR1` to `SR18`) that speaks here, where one does. `spine` is the NHS
    Spine error code for `details.coding`, where one fits.
    """

    severity: Severity
    code: IssueType
    diagnostics: str
    expression: tuple[str, ...] = ()
    rule: str | None = None
    spine: str | None = None

    @property
    def is_error(self) -> bool:
        return self.severity in (Severity.FATAL, Severity.ERROR)


def error(
    code: IssueType, diagnostics: str, *expression: str, rule: str | None = None, spine: str | None = None
) -> Issue:
    return Issue(Severity.ERROR, code, diagnostics, expression, rule, spine)


def warning(code: IssueType, diagnostics: str, *expression: str, rule: str | None = None) -> Issue:
    return Issue(Severity.WARNING, code, diagnostics, expression, rule)


def information(code: IssueType, diagnostics: str, *expression: str, rule: str | None = None) -> Issue:
    return Issue(Severity.INFORMATION, code, diagnostics, expression, rule)
