"""FHIR R4 resources read as a plan. They are taken to be valid R4: `fhir.validation` asks that first.

Which home is read, where two could be: the part's own place; a plan element of the same path is an issue. Decisions are
read from the CarePlan's activities only. The CPR Consent and the Flags are made from them and never read, only compared
(`contradictions`); nor are the codes and texts beside ours, status elements, author, narrative and Patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.care_plan import SLOTS
from acpshare.fhir.plan.facts import Read, plan_of
from acpshare.fhir.plan.parts import base_mark, out_of_place
from acpshare.fhir.plan.plan_element import marked, read_plan_elements
from acpshare.fhir.plan.provenance import read_provenance
from acpshare.fhir.plan.read_activities import ActivityReader
from acpshare.fhir.plan.residue import read_residue
from acpshare.fhir.plan.table import BY_MARK
from acpshare.outcome import Issue, IssueType, error, information
from acpshare.plan import Plan
from acpshare.plan.answers import Residue

DERIVED = frozenset(
    {
        "Flag",
        "Patient",
        "QuestionnaireResponse",
        "Provenance",
        "Organization",
        "Practitioner",
        "DocumentReference",
    }
)
"""Types that hold no part of a plan; Provenance holds its signatures."""

DECISIONS = ("cpr.decision", "treatments.", "signatures[")
"""Read from their own places only, so that every system reads the same decision."""
UNDECIDED = re.compile(r"treatments\.other\[[0-9]+\](\.name)?", re.ASCII)
"""A treatment that was named and not decided."""


def from_resources(resources: Iterable[JsonObject]) -> tuple[Plan, tuple[Issue, ...]]:
    """The plan that one CarePlan and the resources made with it hold, in any order, with everything not understood."""
    listed = list(resources)
    plans = [each for each in listed if each.get("resourceType") == "CarePlan"]
    if len(plans) != 1:
        return Plan(), (error(IssueType.REQUIRED, "exactly one CarePlan is expected", "CarePlan"),)
    read: Read = {}
    issues: list[Issue] = []
    seen: set[tuple[str, str]] = set()
    for resource in listed:
        issues += _read_part(resource, read, seen)
    residue, more = _read_care_plan(plans[0], read)
    plan, wrong = plan_of(read)
    return replace(plan, residue=residue), (*issues, *more, *wrong)


def _read_part(resource: JsonObject, read: Read, seen: set[tuple[str, str]]) -> Iterable[Issue]:
    type = resource.get("resourceType", "")
    if type == "Provenance":
        read_provenance(resource, read)
    if type == "CarePlan" or type in DERIVED:
        return ()
    mark = marked(resource)
    part = BY_MARK.get((type, base_mark(mark))) if mark else None
    if part is not None and mark is not None:
        if (type, mark) in seen:
            return (error(IssueType.DUPLICATE, "two resources are the same part of the plan; the first is read", type),)
        seen.add((type, mark))
        return part.read(resource, mark, read)
    if type == "Consent" and mark is None:  # the CPR Consent, or somebody else's
        return ()
    return (information(IssueType.NOT_SUPPORTED, "this resource is no part of the plan", type),)


def _read_care_plan(resource: JsonObject, read: Read) -> tuple[tuple[Residue, ...], list[Issue]]:
    issues: list[Issue] = []
    if "modifierExtension" in resource:
        why = "a modifier extension can change what is said, and this one is not known"
        issues.append(error(IssueType.NOT_SUPPORTED, why, "CarePlan.modifierExtension"))
    activities = ActivityReader(read)
    for index, activity in enumerate(resource.get("activity", ())):
        activities.activity(index, activity)
    for slot in SLOTS:
        if (value := slot.get(resource)) is not None:
            read[slot.path] = (value,)
    own: Read = dict(read_plan_elements(resource))
    residue, wrong = read_residue(resource, own)
    for path, values in own.items():
        if path in read or (path.startswith(DECISIONS) and not UNDECIDED.fullmatch(path)):
            issues.append(out_of_place("CarePlan.extension"))
        else:
            read[path] = values
    return residue, [*issues, *activities.issues, *wrong]
