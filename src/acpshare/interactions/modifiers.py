"""Modifier extensions that are not known here: they may turn what they stand on into its opposite, so it is not taken.

https://hl7.org/fhir/R4/extensibility.html#modifierExtension
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.outcome import Issue, IssueType, Severity, error

_MODIFIER = ".modifierExtension["
_READ = re.compile(r"CarePlan\.activity\.detail|Consent(?:\.provision)*|QuestionnaireResponse.*", re.ASCII)
"""Where this service's own modifiers are read: on a treatment decision, and on a legal instrument."""


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


def unread(resource: JsonObject) -> Iterator[Issue]:
    """What turns a resource's meaning and stands where nobody here looks for it."""
    type = resource["resourceType"]
    if "implicitRules" in resource:
        what = "rules that are not known here may change what the resource means: send it without implicitRules"
        yield error(IssueType.NOT_SUPPORTED, what, f"{type}.implicitRules", rule="SR6")
    for place in dict.fromkeys(_modified(resource, type)):
        if _READ.fullmatch(place) is None:
            what = (
                "circumstances are not read from here, and a decision is not shown without them: say them on the "
                "decision itself (CarePlan.activity.detail), or on the Consent"
            )
            yield error(IssueType.NOT_SUPPORTED, what, f"{place}.modifierExtension", rule="SR6")


def _modified(value: Any, place: str) -> Iterator[str]:
    """Every place that bears a modifier, by its path without numbers."""
    if isinstance(value, list):
        for each in value:
            yield from _modified(each, place)
    elif isinstance(value, dict):
        if "modifierExtension" in value:
            yield place
        for name, inner in value.items():
            if isinstance(inner, dict | list) and name not in ("modifierExtension", "contained"):
                yield from _modified(inner, f"{place}.{name}")
