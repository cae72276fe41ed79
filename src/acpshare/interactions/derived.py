"""The resources that a plan is in FHIR, written beside it: what changed gets a version, what is gone is deleted.

And the standing of a person's plans: which are in force, superseded or cancelled follows from all of them together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from acpshare.emergency import PlanOnRecord, Standing, decision_date, outdated, standing
from acpshare.fhir.json_text import JsonObject, dump, replace_server_elements
from acpshare.fhir.plan import CPR_ALERT, Context, PlanStatus, to_resources
from acpshare.fhir.three_way import same
from acpshare.interactions.components import Components
from acpshare.interactions.emergency_view import on_record
from acpshare.interactions.merging import MADE, Key, Put, brought_together, is_of_plan, key_of
from acpshare.plan import Plan
from acpshare.plan.codec import dump_plan, load_plan
from acpshare.storage import PlanRow, PlanState, Reading, StoredResource, Writing

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


def keep(
    writing: Writing, type: str, id: str, text: str, person: str | None, now: datetime, version: int | None = None
) -> StoredResource:
    """Add a version of a resource, with the server's id, version and time in its text."""
    version = writing.next_version(type, id) if version is None else version
    served = replace_server_elements(text, id=id, version_id=str(version), last_updated=instant(now))
    return writing.put(StoredResource(type, id, version, now, served.encode(), person))


def keep_made(writing: Writing, resource: JsonObject, person: str, now: datetime, version: int | None) -> None:
    """Add a version of a resource that the service makes itself."""
    type, id = resource["resourceType"], resource["id"]
    version = writing.next_version(type, id) if version is None else version
    writing.put(_made(resource, person, now, version))


def _made(resource: JsonObject, person: str, now: datetime, version: int) -> StoredResource:
    text = served(resource, version, now)
    return StoredResource(resource["resourceType"], resource["id"], version, now, text, person)


def served(resource: JsonObject, version: int, now: datetime) -> bytes:
    """The text of a resource of our own, with what the server owns where FHIR lists it."""
    head = {"resourceType": resource["resourceType"], "id": resource["id"]}
    meta = {"meta": {"versionId": str(version), "lastUpdated": instant(now)} | resource.get("meta", {})}
    return dump(head | meta | {name: value for name, value in resource.items() if name != "meta"}).encode()


def keep_plan(
    writing: Writing, row: PlanRow, plan: Plan, said: Said, now: datetime, put: Put | None = None
) -> StoredResource | None:
    """Add a version of a plan with everything that is made from it. The CarePlan's version is the plan's.

    `put` is one of its resources as a client changed it, from which the plan was read: what was kept of it is returned.
    """
    resources = _resources(row, plan, said)
    if row.version_id == 1:
        writing.put_new([_made(each, row.person, now, 1) for each in resources])
        writing.put_plan(row)
        return None
    existing = made_from(writing, row)
    earlier = made_of(writing, row)
    changed = {
        key: each.text or b"" for key, each in existing.items() if key in earlier and not _is_same(each, earlier[key])
    }
    kept: StoredResource | None = None
    for resource in brought_together(plan, resources, earlier, changed, put):
        before = existing.pop(key_of(resource), None)
        if put is not None and key_of(resource) == put.key:
            kept = _keep_put(writing, resource, put, row.person, now)
        elif before is None or resource["resourceType"] == "CarePlan" or not _is_same(before, resource):
            keep_made(writing, resource, row.person, now, before.version_id + 1 if before is not None else None)
    for gone in existing.values():
        writing.delete(gone.type, gone.id, gone.version_id + 1, now)
    writing.put_plan(row)
    return kept


def _keep_put(writing: Writing, resource: JsonObject, put: Put, person: str, now: datetime) -> StoredResource:
    """A client's resource in the text that it came in, unless something of it had to follow the plan."""
    if same(resource, put.resource):
        return keep(writing, *put.key, put.text, person, now)
    type, id = put.key
    return writing.put(_made(resource, person, now, writing.next_version(type, id)))


def made_of(writing: Writing, row: PlanRow) -> dict[Key, JsonObject]:
    """What the service makes of the latest version of the plan that is stored."""
    before = writing.plan(row.person, row.plan_id)
    if before is None:
        return {}
    made = _resources(before, load_plan(before.plan), said_before(writing, row.plan_id))
    return {key_of(each): each for each in made}


def _resources(row: PlanRow, plan: Plan, said: Said) -> Iterable[JsonObject]:
    context = Context(
        plan_id=row.plan_id,
        patient=f"Patient/{row.person}",
        family=row.family,
        recorded=said.recorded,
        source=said.source or None,
        replaces=f"CarePlan/{row.replaces}" if row.replaces else None,
        status=STATUS[row.state],
    )
    return to_resources(plan, context)


def made_from(reading: Reading, row: PlanRow) -> dict[Key, StoredResource]:
    """What the plan's earlier versions were made into, and still stands."""
    return {
        (each.type, each.id): each
        for each in reading.resources_of(row.person)
        if each.type in MADE and is_of_plan(each.id, row.plan_id)
    }


def _is_same(before: StoredResource, resource: JsonObject) -> bool:
    return before.text == served(resource, before.version_id, before.last_updated)


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


def settle(writing: Writing, components: Components, person: str, today: date, now: datetime) -> Sequence[PlanRow]:
    """Write down the standing of all the person's plans: those whose state has changed get a version. All of them."""
    rows = writing.plans_of(person)
    known = [on_record(components, row) for row in rows if row.state is not PlanState.ENTERED_IN_ERROR]
    shown = standing(known, today)
    states = dict(_states(shown))
    settled = True
    for row in rows:
        state = states.get(row.plan_id, row.state)
        if state is not row.state:
            plan = load_plan(row.plan)
            keep_plan(writing, replace(next_row(row, plan), state=state), plan, said_before(writing, row.plan_id), now)
            settled = False
    rows = rows if settled else writing.plans_of(person)
    if len(shown.in_force) > 1 or not settled:
        _alert(writing, rows, outdated(shown), now)
    return rows


def _alert(writing: Writing, rows: Sequence[PlanRow], silent: frozenset[str], now: datetime) -> None:
    """Only the newest CPR decision in force has an alert, or all of one day that disagree; others have none."""
    for row in rows:
        id = f"{row.plan_id}-{CPR_ALERT}"
        alert = writing.resource("Flag", id)
        stands = alert is not None and alert.text is not None
        if alert is not None and stands and row.plan_id in silent:
            writing.delete("Flag", id, alert.version_id + 1, now)
        elif not stands and row.plan_id not in silent and row.state is PlanState.CURRENT:
            made = _resources(row, load_plan(row.plan), said_before(writing, row.plan_id))
            for resource in (each for each in made if each["id"] == id):
                keep(writing, "Flag", id, dump(resource), row.person, now)


def _states(shown: Standing) -> Iterable[tuple[str, PlanState]]:
    yield from ((each.plan_id, PlanState.CURRENT) for each in shown.in_force)
    yield from ((each.plan_id, PlanState.SUPERSEDED) for each in shown.superseded)
    yield from ((each.plan_id, PlanState.CANCELLED) for each in shown.cancelled)
