"""The resources that a plan is in FHIR, written beside it: what changed gets a version, what is gone is deleted.

And the standing of a person's plans: which are in force, superseded or cancelled follows from all of them together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from acpshare.emergency import PlanOnRecord, Standing, decision_date, standing
from acpshare.fhir.json_text import JsonObject, dump, replace_server_elements
from acpshare.fhir.plan import Context, PlanStatus, to_resources
from acpshare.interactions.components import Components
from acpshare.interactions.emergency_view import plans_on_record
from acpshare.plan import Plan
from acpshare.plan.codec import dump_plan, load_plan
from acpshare.storage import PlanRow, PlanState, StoredResource, Writing

STATUS = {
    PlanState.CURRENT: PlanStatus.ACTIVE,
    PlanState.SUPERSEDED: PlanStatus.COMPLETED,
    PlanState.CANCELLED: PlanStatus.REVOKED,
    PlanState.ENTERED_IN_ERROR: PlanStatus.ENTERED_IN_ERROR,
}


@dataclass(frozen=True, slots=True)
class Said:
    """When a plan's present version was said, and by which form."""

    recorded: str
    source: str


def instant(moment: datetime) -> str:
    """https://hl7.org/fhir/R4/datatypes.html#instant"""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def keep(writing: Writing, type: str, id: str, text: str, person: str, now: datetime) -> StoredResource:
    """Add a version of a resource, with the server's id, version and time in its text."""
    version = writing.next_version(type, id)
    served = replace_server_elements(text, id=id, version_id=str(version), last_updated=instant(now))
    return writing.put(StoredResource(type, id, version, now, served.encode(), person))


def keep_plan(writing: Writing, row: PlanRow, plan: Plan, said: Said, now: datetime) -> None:
    """Add a version of a plan with everything that is made from it. The CarePlan's version is the plan's."""
    existing = {
        (each.type, each.id): each
        for each in writing.resources_of(row.person)
        if each.id == row.plan_id or each.id.startswith(f"{row.plan_id}-")
    }
    context = Context(
        plan_id=row.plan_id,
        patient=f"Patient/{row.person}",
        family=row.family,
        recorded=said.recorded,
        source=said.source or None,
        replaces=f"CarePlan/{row.replaces}" if row.replaces else None,
        status=STATUS[row.state],
    )
    for resource in to_resources(plan, context):
        before = existing.pop((resource["resourceType"], resource["id"]), None)
        is_plan = resource["resourceType"] == "CarePlan"
        if before is None or is_plan or not _is_same(before, resource):
            keep(writing, resource["resourceType"], resource["id"], dump(resource), row.person, now)
    for gone in existing.values():
        writing.delete(gone.type, gone.id, writing.next_version(gone.type, gone.id), now)
    writing.put_plan(row)


def _is_same(before: StoredResource, resource: JsonObject) -> bool:
    served = replace_server_elements(
        dump(resource), id=before.id, version_id=str(before.version_id), last_updated=instant(before.last_updated)
    )
    return before.text == served.encode()


def said_before(writing: Writing, plan_id: str) -> Said:
    """When and by which form the plan's present version was said, as its Provenance has it."""
    found = writing.resource("Provenance", f"{plan_id}-provenance")
    provenance = json.loads(found.text) if found is not None and found.text is not None else {}
    source = next((entity["what"]["reference"] for entity in provenance.get("entity", ())), "")
    return Said(provenance.get("recorded", ""), source)


def new_row(components: Components, person: str, plan_id: str, plan: Plan, form: str, now: datetime) -> PlanRow:
    """The first version of a plan."""
    family = components.mappings[form].definition.family
    on_record = PlanOnRecord(plan, plan_id, family, now)
    return PlanRow(
        person, plan_id, 1, dump_plan(plan), form, family, now, decision_date=decision_date(on_record).stated
    )


def next_row(row: PlanRow, plan: Plan) -> PlanRow:
    """The next version of a plan: when it was first recorded stays."""
    on_record = PlanOnRecord(plan, row.plan_id, row.family, row.recorded_at)
    return replace(
        row, version_id=row.version_id + 1, plan=dump_plan(plan), decision_date=decision_date(on_record).stated
    )


def settle(writing: Writing, components: Components, person: str, today: date, now: datetime) -> tuple[str, ...]:
    """Write down the standing of all the person's plans: those whose state has changed get a version. Their ids."""
    shown = standing(plans_on_record(writing, components, person), today)
    states = dict(_states(shown))
    changed = []
    for row in writing.plans_of(person):
        state = states.get(row.plan_id, row.state)
        if state is not row.state:
            plan = load_plan(row.plan)
            keep_plan(writing, replace(next_row(row, plan), state=state), plan, said_before(writing, row.plan_id), now)
            changed.append(row.plan_id)
    return tuple(changed)


def _states(shown: Standing) -> Iterable[tuple[str, PlanState]]:
    yield from ((each.plan_id, PlanState.CURRENT) for each in shown.in_force)
    yield from ((each.plan_id, PlanState.SUPERSEDED) for each in shown.superseded)
    yield from ((each.plan_id, PlanState.CANCELLED) for each in shown.cancelled)
