"""Records that speak of an advance care decision and are no part of a plan here: a crew is told that they are there.

What they say is not put into words, for nothing of it was signed on a form that is known here: nothing is inferred
(SR2), and no plan is hidden by them (SR14). The codes are those of the reference facts on clinical codes, section 2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from acpshare.emergency import ViewWarning
from acpshare.fhir.contradictions import LOINC_NO_CPR, LOINC_YES_CPR
from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.systems import (
    ADRT,
    ADRT_LIFE_SUSTAINING,
    ADVANCE_CARE_PLAN,
    CPR,
    NEGATIVE_CPR,
    POSITIVE_CPR,
    RESPECT_FORM,
    RESPECT_IN_PLACE,
    TREATMENT_ESCALATION_PLAN,
)
from acpshare.interactions.instruments import is_advance_decision, is_attorney
from acpshare.interactions.merging import MADE, is_of_plan
from acpshare.outcome import Issue, IssueType, error
from acpshare.storage import StoredResource

CPR_CODES = POSITIVE_CPR | NEGATIVE_CPR | {"dnr", CPR.code, "143021000119109", LOINC_YES_CPR, LOINC_NO_CPR}
"""Codes of a CPR decision."""
PLAN_CODES = {
    ADVANCE_CARE_PLAN.code,
    RESPECT_FORM.code,
    RESPECT_IN_PLACE.code,
    TREATMENT_ESCALATION_PLAN.code,
    ADRT.code,
    ADRT_LIFE_SUSTAINING.code,
    "adr",
    "acd",
    "736373009",
    "861421000000109",
    "887701000000100",
    "325691000000100",
    "714748000",
    "713673000",
}
"""Codes of plans, forms and directives: NRL record types (V S1), HL7's own, "has ..." of code lists (V2 S7, V S7b)."""
_ANY = re.compile("|".join(f'"{code}"' for code in sorted(CPR_CODES | PLAN_CODES)).encode())
_OVER = frozenset({"entered-in-error", "inactive", "rejected", "revoked", "cancelled", "superseded"})
DECIDING = frozenset(
    {
        "CarePlan",
        "Communication",
        "Composition",
        "Condition",
        "Consent",
        "DocumentReference",
        "Flag",
        "Goal",
        "Observation",
        "ServiceRequest",
        "Task",
    }
)
"""Types in which somebody may state a decision about a person; a report only counts them."""
_GROUP = re.compile(r"(?:^|/)Group/", re.ASCII)
OWN = frozenset({"QuestionnaireResponse", "Questionnaire", "Provenance", "AuditEvent"})
"""Types that repeat what a plan says, or what was done."""
PARTS = MADE | {"DocumentReference"}
"""Types of what is made from a plan, with ids that begin with the plan's; another type's id says nothing of it."""


def other_records(resources: Iterable[StoredResource], plans: set[str]) -> Iterator[ViewWarning]:
    """A warning for each record that stands, and that no plan and no legal instrument of the view is made from."""
    for stored in resources:
        if stored.type in OWN or stored.text is None:
            continue
        if stored.type in PARTS and any(is_of_plan(stored.id, plan) for plan in plans):
            continue
        if stored.type == "Flag" and _is_in_words_only(json.loads(stored.text)):
            yield ViewWarning(
                "other-record",
                f"Another record here (Flag/{stored.id}) is an alert in words only, which are not read here: read it.",
            )
        if _ANY.search(stored.text) is None and b"\\u" not in stored.text:  # a code may be written in escapes
            continue
        resource: dict[str, Any] = json.loads(stored.text)
        if not states_a_decision(resource):
            continue
        about = "a CPR decision" if codes(resource) & CPR_CODES else "an advance care plan or decision"
        yield ViewWarning(
            "other-record-cpr" if about == "a CPR decision" else "other-record",
            f"Another record here ({stored.type}/{stored.id}) speaks of {about}. It came by itself and is not shown as "
            "a plan: read it, and look for the original.",
        )


def _is_in_words_only(flag: JsonObject) -> bool:
    """An alert without any code may be about anything, a decision too."""
    return flag.get("status") == "active" and "coding" not in flag.get("code", {})


def states_a_decision(resource: dict[str, Any]) -> bool:
    """Whether a resource that stands speaks of an advance care decision that only a plan could show."""
    if resource.get("status") in _OVER or not codes(resource) & (CPR_CODES | PLAN_CODES):
        return False
    return resource["resourceType"] != "Consent" or not (is_advance_decision(resource) or is_attorney(resource))


def for_a_group(resource: JsonObject) -> Iterator[Issue]:
    """A decision about a Group is one for many people at once (SR18)."""
    for element in ("subject", "for"):
        said = resource.get(element, {})
        is_group = said.get("type") == "Group" or _GROUP.search(str(said.get("reference", ""))) is not None
        if is_group and resource["resourceType"] in DECIDING and states_a_decision(resource):
            what = "an advance care decision is one person's: it is recorded for each of them by their own form"
            yield error(IssueType.BUSINESS_RULE, what, f"{resource['resourceType']}.{element}", rule="SR18")


def codes(value: Any) -> set[str]:
    """Every code in a resource, wherever it stands."""
    found: set[str] = set()
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, list):
            pending += each
        elif isinstance(each, dict):
            code = each.get("code")
            if isinstance(code, str):
                found.add(code)
            pending += each.values()
    return found
