"""A plan changed through one of its resources: the plan is read again with the changed resource in its place.

The plan, what is made from it, its forms and the emergency view follow in the same transaction. What the plan cannot
say stays on the resource. Nobody's signature is taken for a change that they did not sign (SR7).
https://hl7.org/fhir/R4/http.html#update
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from acpshare.fhir.contradictions import between
from acpshare.fhir.json_text import JsonObject, dump, parse
from acpshare.fhir.plan import from_resources
from acpshare.fhir.plan.plan_element import read_plan_elements
from acpshare.fhir.plan.provenance import ASSEMBLER
from acpshare.fhir.restricted import is_restricted, restored
from acpshare.fhir.systems import PROVENANCE_AGENT, coding, concept
from acpshare.fhir.three_way import same, without_server_elements
from acpshare.interactions.compartment import person_of_resource, two_people
from acpshare.interactions.derived import instant, keep_plan, made_from, made_of, next_row, said_before
from acpshare.interactions.direct_rules import ENDED, Change, refusals
from acpshare.interactions.instrument_status import followed
from acpshare.interactions.merging import Put, key_of, made_again, part_of
from acpshare.interactions.subject import Subject, agrees
from acpshare.interactions.unit import Recorded, Unit
from acpshare.outcome import Conflict, Invalid, Issue, IssueType, Severity, Unsafe, error, information
from acpshare.plan import Plan, changed, put
from acpshare.plan.codec import load_plan
from acpshare.plan.decision import is_cancelled
from acpshare.plan.values import FhirDate, YesNo
from acpshare.storage import PlanRow, PlanState, StoredResource
from acpshare.translation.safety import plan_issues

ENDED_BY_STATUS = "Ended in a records system, by the status of the care plan"
"""What the plan says of its cancellation when a client said nothing but the status."""
OWN = ("record.amended_since_signed", "record.cpr_amended_since_signed")
"""What the service itself notes of a plan; a client's copy is not read."""
DATA_OPERATION = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
FULL_DATE = 10


def change(unit: Unit, row: PlanRow, before: StoredResource, resource: JsonObject, text: str) -> Recorded:
    """Take the change, or raise Invalid or Unsafe with every reason."""
    put_in, found, issues = _read(unit, row, before, resource, text)
    errors = list(refusals(found))
    if errors:
        raise Invalid(*errors)
    plan, state = _decided(found)
    issues += _checked(unit, found, plan)
    if plan == found.was and state is row.state and found.type != "CarePlan":
        stored = unit.keep(before.type, before.id, put_in.text, row.person)
        done = "kept"
    else:
        new = replace(next_row(row, plan), state=state)
        kept = keep_plan(unit.writing, new, plan, said_before(unit.writing, row.plan_id), unit.now, put_in)
        if kept is None:
            what = f"nothing of the plan would be left in this {before.type}: delete it to take it out of the plan"
            raise Invalid(error(IssueType.BUSINESS_RULE, what, before.type, rule="SR17"))
        stored = kept
        done = "cancelled" if is_cancelled(plan) and not is_cancelled(found.was) else "correction"
    return _recorded(unit, row, stored, before, done, issues)


def take_out(unit: Unit, row: PlanRow, before: StoredResource) -> Recorded:
    """Delete a part: what it says is taken out of the plan. Raises Conflict where that is not for a deletion to do."""
    existing = {key: parse(each.text or b"{}") for key, each in made_from(unit.writing, row).items()}
    gone = existing.pop((before.type, before.id))
    _may_go(gone, tuple(existing.values()))
    plan, _ = from_resources(existing.values())
    was = load_plan(row.plan)
    plan = _noted(was, put(plan, dict(_own(was))))
    wrong = [issue for issue in plan_issues(plan, unit.components.today()) if issue.is_error]
    if wrong:
        raise Unsafe(*wrong)
    keep_plan(unit.writing, next_row(row, plan), plan, said_before(unit.writing, row.plan_id), unit.now)
    deleted = unit.writing.resource(before.type, before.id)
    if deleted is None or not deleted.deleted:
        what = "the plan still says what this resource says: it is made from other elements too"
        raise Conflict(error(IssueType.BUSINESS_RULE, what, before.type, rule="SR17"))
    return _recorded(unit, row, deleted, before, "correction", ())


def _may_go(gone: JsonObject, others: Sequence[JsonObject]) -> None:
    type, part = gone["resourceType"], part_of(gone)
    if type == "CarePlan":
        what = (
            "deleting a plan does not cancel it: set the CarePlan's status to revoked when it no longer stands, or to "
            "entered-in-error when it never did"
        )
    elif part is None:
        what = f"this {type} is made from the plan: change or cancel the plan (its CarePlan), and it follows"
    elif type == "Consent" or part.mark == "legal.proxies":
        what = "a legal instrument is not deleted: when it was withdrawn, set its Consent's status to inactive"
    elif part.repeats and _follow(gone, others):
        what = "others of its kind are numbered after it: take out the last one, or correct the plan by its form"
    else:
        return
    raise Conflict(error(IssueType.BUSINESS_RULE, what, type, rule="SR10" if type == "CarePlan" else None))


def _follow(gone: JsonObject, others: Sequence[JsonObject]) -> bool:
    stem, _, number = gone["id"].rpartition("-")
    return any(key_of(each) == (gone["resourceType"], f"{stem}-{int(number) + 1}") for each in others)


def _read(
    unit: Unit, row: PlanRow, before: StoredResource, resource: JsonObject, text: str
) -> tuple[Put, Change, tuple[Issue, ...]]:
    existing = {
        key: without_server_elements(parse(each.text or b"{}")) for key, each in made_from(unit.writing, row).items()
    }
    key = (before.type, before.id)
    held = existing.pop(key)
    sent = without_server_elements(resource) | {"id": before.id}
    after = _with_notes(held, followed(held, sent))
    patient = unit.writing.resource("Patient", row.person)
    if patient is not None and patient.text is not None and is_restricted(patient.text):
        after = restored(after, held)
    others = tuple(existing.values())
    person = person_of_resource(unit.components, unit.writing, after)
    wrong = list(two_people(unit.components, unit.writing, after))
    if wrong:
        raise Invalid(*wrong)
    made = made_of(unit.writing, row).get(key)
    meant, after = after, (after if made is None else made_again(after, made))
    plan, read = from_resources([*others, after])
    was = load_plan(row.plan)
    now = put(plan, dict(_own(was)))
    put_in = Put(after, text if same(after, sent) else dump(after))
    found = Change(row, key, held, after, was, now, others, person, read)
    return put_in, found, tuple(_as_made(before.type, meant, after))


def _as_made(type: str, sent: JsonObject, kept: JsonObject) -> Iterator[Issue]:
    """What was sent and not kept, since the plan alone says it."""
    for name in dict.fromkeys((*sent, *kept)):
        if name != "extension" and not same(sent.get(name), kept.get(name)):
            what = f"{name}: the words are made from the plan, and what was sent of them was not kept"
            yield information(IssueType.INFORMATIONAL, what, f"{type}.{name}")


def _with_notes(held: JsonObject, sent: JsonObject) -> JsonObject:
    """The resource with the service's own notes as they are held, whatever was sent of them."""
    if same(_notes(held), _notes(sent)):
        return sent
    others = [each for each in sent.get("extension", ()) if each not in _notes(sent)]
    return sent | {"extension": [*others, *_notes(held)]}


def _notes(resource: JsonObject) -> list[JsonObject]:
    return [
        each
        for each in resource.get("extension", ())
        if any(path in OWN for path, _ in read_plan_elements({"extension": [each]}))
    ]


def _own(plan: Plan) -> Iterator[tuple[str, YesNo | None]]:
    yield OWN[0], plan.record.amended_since_signed
    yield OWN[1], plan.record.cpr_amended_since_signed


def _decided(found: Change) -> tuple[Plan, PlanState]:
    """The plan with what follows from the change, and whether it stands."""
    plan, state, status = found.now, found.row.state, found.after.get("status")
    if found.type == "CarePlan" and status == "entered-in-error":
        return plan, PlanState.ENTERED_IN_ERROR
    if found.type == "CarePlan" and found.is_status_new and status in ENDED and not is_cancelled(plan):
        end = str(found.after.get("period", {}).get("end", ""))[:FULL_DATE]
        ended = FhirDate(end) if len(end) == FULL_DATE else None
        plan = put(plan, {"cancellation.on": ended, "cancellation.reason": ENDED_BY_STATUS})
    if is_cancelled(plan) and state is not PlanState.ENTERED_IN_ERROR:
        state = PlanState.CANCELLED
    return _noted(found.was, plan), state


def _noted(was: Plan, plan: Plan) -> Plan:
    """The plan with a note that it is not what was signed; a CPR decision that changed is nobody's until signed."""
    paths = changed(was, plan) - set(OWN)
    if not paths:
        return plan
    notes = {OWN[0]: YesNo.YES} if plan.signatures else {}
    dated = plan.cpr.decided_on is not None and plan.cpr.decided_on == was.cpr.decided_on
    if "cpr.decision" in paths and (plan.signatures or dated):
        notes[OWN[1]] = YesNo.YES
    return put(plan, notes)


def _checked(unit: Unit, found: Change, plan: Plan) -> tuple[Issue, ...]:
    """What is to be said of the plan as it is now. Raises Unsafe or Invalid."""
    issues = plan_issues(plan, unit.components.today())
    unsafe = [issue for issue in issues if issue.is_error]
    if unsafe:
        raise Unsafe(*unsafe)
    number = plan.person.nhs_number
    if number != found.was.person.nhs_number and not agrees(
        unit.writing, found.row.person, Subject(None, None), number
    ):
        what = "the NHS number in the plan is not the person's"
        raise Invalid(error(IssueType.CONFLICT, what, "CarePlan.extension('person.nhs_number')"))
    noticed = set(plan_issues(found.was, unit.components.today()))
    fresh = (issue for issue in issues if issue not in noticed)
    read = (
        issue
        for issue in found.read
        if issue.severity is Severity.INFORMATION and issue.code is IssueType.NOT_SUPPORTED
    )
    return (*fresh, *dict.fromkeys(read))


def _recorded(
    unit: Unit, row: PlanRow, stored: StoredResource, before: StoredResource, done: str, issues: tuple[Issue, ...]
) -> Recorded:
    unit.persons.add(row.person)
    latest = unit.writing.plan(row.person, row.plan_id) or row
    now = {key: parse(each.text or b"{}") for key, each in made_from(unit.writing, row).items()}
    said = [*issues, *between(now.values(), load_plan(latest.plan))]
    made = made_of(unit.writing, row).get((stored.type, stored.id))
    if made is not None and not stored.deleted:
        said += _not_read(now[stored.type, stored.id], made)
    _provenance(unit, row, latest.version_id, stored, before)
    return Recorded(stored, False, plan=f"CarePlan/{row.plan_id}", change=done, issues=tuple(dict.fromkeys(said)))


def _not_read(stored: JsonObject, made: JsonObject) -> Iterator[Issue]:
    """What is otherwise made from the plan, and was changed here: it is kept, and the plan says what it said."""
    type, part = made["resourceType"], part_of(made)
    read = {
        "id",
        "extension",
        "modifierExtension",
        "contained",
        *(("activity", "period") if type == "CarePlan" else ()),
    }
    read |= {re.split(r"[.\[ ]", slot.home)[0] for slot in part.slots} if part is not None else set()
    for name, value in made.items():
        if name not in read and not same(stored.get(name), value):
            what = f"{name} is made from the plan and not read: it is kept as it was sent, and the plan is as it was"
            yield information(IssueType.INFORMATIONAL, what, f"{type}.{name}")


def _provenance(unit: Unit, row: PlanRow, version: int, stored: StoredResource, before: StoredResource) -> None:
    """Who changed what, and when. The plan's own Provenance goes on saying who signed, and on which form."""
    plan = f"CarePlan/{row.plan_id}/_history/{version}"
    this = f"{stored.type}/{stored.id}/_history/{stored.version_id}"
    targets = [plan] if stored.deleted or this == plan else [this, plan]
    operation = ("DELETE", "delete") if stored.deleted else ("UPDATE", "revise")
    enterer = concept(coding(PROVENANCE_AGENT, "enterer", "Enterer"))
    resource: JsonObject = {
        "resourceType": "Provenance",
        "target": [{"reference": each} for each in targets],
        "recorded": instant(unit.now),
        "activity": concept(coding(DATA_OPERATION, *operation)),
        "agent": [{"type": enterer, "who": {"display": unit.client}}, ASSEMBLER],
        "entity": [
            {"role": "revision", "what": {"reference": f"{before.type}/{before.id}/_history/{before.version_id}"}}
        ],
    }
    unit.keep("Provenance", unit.new_id("Provenance"), dump(resource), row.person)
