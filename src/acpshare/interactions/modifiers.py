"""Modifier extensions that are not known here: they may turn what they stand on into its opposite, so it is not taken.

https://hl7.org/fhir/R4/extensibility.html#modifierExtension
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from acpshare.outcome import Issue, IssueType, Severity

_MODIFIER = ".modifierExtension["


def not_ignored(issues: Iterable[Issue]) -> list[Issue]:
    """The issues, with every unknown modifier extension as an error (SR6): what nobody reads is lost."""
    return [_refused(issue) if _is_unknown_modifier(issue) else issue for issue in issues]


def _is_unknown_modifier(issue: Issue) -> bool:
    return issue.code is IssueType.NOT_SUPPORTED and any(_MODIFIER in place for place in issue.expression)


def _refused(issue: Issue) -> Issue:
    what = (
        "this modifier extension is not known here. It may limit or reverse what it stands on, so nothing is recorded "
        "without it: say it in words, or in this service's own extension for circumstances"
    )
    return replace(issue, severity=Severity.ERROR, diagnostics=what, rule="SR6")
