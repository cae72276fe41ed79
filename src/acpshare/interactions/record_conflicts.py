"""Where the records that were made from one plan contradict it, since somebody changed one: for the crew's view.

https://hl7.org/fhir/R4/careplan.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from acpshare.emergency import ViewWarning
from acpshare.fhir.contradictions import between
from acpshare.plan.codec import load_plan
from acpshare.storage import PlanRow, StoredResource

COMPARED = ("CarePlan", "Flag", "Consent")
"""Types of which one can say otherwise than the plan that it was made from."""


def record_conflicts(row: PlanRow, resources: Mapping[tuple[str, str], StoredResource]) -> tuple[ViewWarning, ...]:
    """What contradicts the plan, without a word of what either side says."""
    own = f"{row.plan_id}-"
    listed = [
        json.loads(each.text or b"{}")
        for (type, id), each in resources.items()
        if type in COMPARED and (id == row.plan_id or id.startswith(own))
    ]
    found = between(listed, load_plan(row.plan)) if listed else ()
    return tuple(
        dict.fromkeys(
            ViewWarning("conflict-record-legal" if issue.rule == "SR5" else "conflict-record-cpr", issue.diagnostics)
            for issue in found
        )
    )
