"""What a records system wrote into a plan's CarePlan and no view shows: a crew is told that it is there.

A note that a decision was withdrawn, a time for which it holds, an activity of no known code: none of it is a decision
that anybody signed, so it is not put into words; but it is not hidden either (SR14, SR17).
https://hl7.org/fhir/R4/careplan.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from acpshare.emergency import ViewWarning
from acpshare.fhir.plan.read_activities import treatment_path
from acpshare.storage import PlanRow, PlanState, StoredResource

CODE = "added-words"
WORDS = ("title", "description", "note")
"""Elements of a CarePlan that are never made from a plan, and in which people write."""
READ = frozenset(
    {"id", "kind", "code", "doNotPerform", "status", "description", "reasonCode", "extension", "modifierExtension"}
)
"""Elements of an activity that are read, or made from the plan."""


def added_words(rows: Iterable[PlanRow], resources: Mapping[tuple[str, str], StoredResource]) -> Iterator[ViewWarning]:
    """A warning for each plan in force with something beside it that no view shows."""
    for row in rows:
        stored = resources.get(("CarePlan", row.plan_id))
        if row.state is PlanState.CURRENT and stored is not None and is_added_to(json.loads(stored.text or b"{}")):
            yield ViewWarning(
                CODE,
                "A records system added words or limits to this plan that are not shown here, and that no form says: "
                f"read CarePlan/{row.plan_id}.",
            )


def is_added_to(care_plan: Mapping[str, Any]) -> bool:
    """Whether a CarePlan says something that the plan has no place for and that could bear on a decision."""
    return any(name in care_plan for name in WORDS) or any(
        activity.keys() - {"id", "detail", "extension"} or _is_unread(activity.get("detail", {}))
        for activity in care_plan.get("activity", ())
    )


def _is_unread(detail: dict[str, Any]) -> bool:
    return treatment_path(detail) is None or bool(detail.keys() - READ)
