"""FHIR R4 resources read as a plan. They are taken to be valid R4: `fhir.validation` asks that first.

Which home is read, where two could be: a part's own place outranks a plan element of the same path; the CarePlan's
activities outrank the CPR Consent and the Flags, which are never read. `contradictions` compares them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.care_plan import SLOTS
from acpshare.fhir.plan.facts import Read, plan_of
from acpshare.fhir.plan.parts import base_mark
from acpshare.fhir.plan.plan_element import marked, read_plan_elements
from acpshare.fhir.plan.provenance import read_provenance
from acpshare.fhir.plan.read_activities import ActivityReader
from acpshare.fhir.plan.residue import read_residue
from acpshare.fhir.plan.table import BY_MARK
from acpshare.outcome import Issue, IssueType, error, information, warning
from acpshare.plan import Plan
from acpshare.plan.answers import Residue

DERIVED = frozenset({"Flag", "Patient", "QuestionnaireResponse", "Provenance", "Organization", "Practitioner"})
"""Types that hold no part of a plan; Provenance holds its signatures."""


def from_resources(resources: Iterable[JsonObject]) -> tuple[Plan, tuple[Issue, ...]]:
    """The plan that one CarePlan and the resources made with it hold, in any order, with everything not understood."""
    listed = list(resources)
    plans = [each for each in listed if each.get("resourceType") == "CarePlan"]
    if len(plans) != 1:
        return Plan(), (error(IssueType.REQUIRED, "exactly one CarePlan is expected", "CarePlan"),)
    read: Read = {}
    issues: list[Issue] = []
    for resource in listed:
        issues += _read_part(resource, read)
    residue, more = _read_care_plan(plans[0], read)
    plan, wrong = plan_of(read)
    return replace(plan, residue=residue), (*issues, *more, *wrong)


def _read_part(resource: JsonObject, read: Read) -> Iterable[Issue]:
    type = resource.get("resourceType", "")
    if type == "Provenance":
        read_provenance(resource, read)
    if type == "CarePlan" or type in DERIVED:
        return ()
    mark = marked(resource)
    part = BY_MARK.get((type, base_mark(mark))) if mark else None
    if part is not None and mark is not None:
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
        if path in read:
            why = f"said twice, and its own place is believed: {path}"
            issues.append(warning(IssueType.CONFLICT, why, "CarePlan.extension"))
        else:
            read[path] = values
    return residue, [*issues, *activities.issues, *wrong]
