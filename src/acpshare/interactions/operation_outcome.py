"""Issues and ledgers as an OperationOutcome: the one place that writes it. https://hl7.org/fhir/R4/operationoutcome.html"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from acpshare.outcome import SAFETY_RULES, Issue, IssueType, Ledger, information
from acpshare.translation import ledger_issues

SPINE_SYSTEM = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode"
"""The code system of the Personal Demographics Service's error codes, which clients in the NHS already handle."""
SPINE_OF: Mapping[IssueType, str] = {
    IssueType.REQUIRED: "MISSING_VALUE",
    IssueType.VALUE: "INVALID_VALUE",
    IssueType.CODE_INVALID: "INVALID_VALUE",
    IssueType.STRUCTURE: "INVALID_VALUE",
    IssueType.INVARIANT: "INVALID_VALUE",
    IssueType.NOT_FOUND: "RESOURCE_NOT_FOUND",
    IssueType.DELETED: "RESOURCE_NOT_FOUND",
    IssueType.DUPLICATE: "DUPLICATE_REJECTED",
    IssueType.MULTIPLE_MATCHES: "MULTIPLE_MATCHES",
    IssueType.NOT_SUPPORTED: "UNSUPPORTED_SERVICE",
    IssueType.LOGIN: "ACCESS_DENIED",
    IssueType.FORBIDDEN: "ACCESS_DENIED",
    IssueType.THROTTLED: "TOO_MANY_REQUESTS",
    IssueType.TRANSIENT: "SERVICE_UNAVAILABLE",
    IssueType.EXCEPTION: "INTERNAL_SERVER_ERROR",
}
"""What an error says in Spine's words where the issue names no code of its own; what is not here has none that fits."""
RULE_SYSTEM = "https://acpshare.example/fhir/CodeSystem/safety-rule"


def operation_outcome(issues: Iterable[Issue], ledger: Ledger | None = None) -> dict[str, Any]:
    """Every issue, then every ledger entry that is not `equal`; a word of success when there is nothing to say."""
    said = (*issues, *(ledger_issues(ledger) if ledger is not None else ()))
    listed = said or (information(IssueType.INFORMATIONAL, "All OK"),)
    return {"resourceType": "OperationOutcome", "issue": [_issue(issue) for issue in listed]}


def _issue(issue: Issue) -> dict[str, Any]:
    codings = []
    spine = issue.spine or (SPINE_OF.get(issue.code) if issue.is_error else None)
    if spine is not None:
        codings.append({"system": SPINE_SYSTEM, "version": "1", "code": spine})
    if issue.rule is not None:
        codings.append({"system": RULE_SYSTEM, "code": issue.rule, "display": SAFETY_RULES[issue.rule]})
    built: dict[str, Any] = {"severity": str(issue.severity), "code": str(issue.code)}
    if codings:
        built["details"] = {"coding": codings}
    built["diagnostics"] = issue.diagnostics
    if issue.expression:
        built["expression"] = list(issue.expression)
    return built
