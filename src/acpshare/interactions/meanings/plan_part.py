"""The types of resource that plans are made into: one that is a plan's changes the plan, any other is kept beside it.

https://hl7.org/fhir/R4/careplan.html
"""

from __future__ import annotations

import json
import re

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.provenance import ASSEMBLER
from acpshare.interactions import direct_change
from acpshare.interactions.emergency_bundle import SHOWN
from acpshare.interactions.meanings.plain import PlainMeaning
from acpshare.interactions.merging import MADE, is_of_plan
from acpshare.interactions.other_records import states_a_decision
from acpshare.interactions.subject import SET_ASIDE, is_set_aside
from acpshare.interactions.unit import Meaning, Recorded, Unit
from acpshare.outcome import Conflict, IssueType, error, warning
from acpshare.storage import PlanRow, Reading, StoredResource

FOLLOWING = ("Provenance", "DocumentReference")
"""Made from a plan, and nothing that a client says of it: who signed, and where the plan is."""


_OF_A_PLAN = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-", re.ASCII)
"""The plan's id in the id of what is made from it: the server gives plans their ids."""


class PlanPart(Meaning):
    """See the module."""

    def __init__(self) -> None:
        self._plain = PlainMeaning()

    def create(self, unit: Unit, resource: JsonObject, text: str, id: str) -> Recorded:
        if _is_taken(unit, resource["resourceType"], id):
            what = "ids that begin with a plan's are for what is made from the plan: choose another, or change the plan"
            raise Conflict(error(IssueType.BUSINESS_RULE, what, f"{resource['resourceType']}.id"))
        return self._beside(unit, self._plain.create(unit, resource, text, id), resource)

    def update(self, unit: Unit, before: StoredResource, resource: JsonObject, text: str) -> Recorded:
        row = row_of(unit, before)
        if row is None and _is_trail(before):
            raise _made(before.type)
        if row is None:
            _seen_anew(unit, before)
            return self._beside(unit, self._plain.update(unit, before, resource, text), resource)
        if before.type in FOLLOWING:
            raise _made(before.type)
        return direct_change.change(unit, row, before, resource, text)

    def delete(self, unit: Unit, before: StoredResource) -> Recorded:
        row = row_of(unit, before)
        if (row is not None and before.type in FOLLOWING) or _is_trail(before):
            raise _made(before.type)
        if row is not None:
            return direct_change.take_out(unit, row, before)
        _seen_anew(unit, before)
        return self._plain.delete(unit, before)

    def _beside(self, unit: Unit, done: Recorded, resource: JsonObject) -> Recorded:
        """What is no plan's is shown by the crew's view only as being there."""
        says = states_a_decision(resource)
        if done.stored.person is not None and (says or resource["resourceType"] in SHOWN):
            unit.persons.add(done.stored.person)
        if done.stored.person is None or not says:
            return done
        if is_set_aside(unit.writing, done.stored.person):
            raise Conflict(error(IssueType.BUSINESS_RULE, SET_ASIDE, resource["resourceType"], rule="SR10"))
        what = (
            "this speaks of an advance care decision and is no part of a plan here: the emergency view says that it is "
            "there, not what it says. A plan is recorded by its form (QuestionnaireResponse)"
        )
        said = warning(IssueType.BUSINESS_RULE, what, resource["resourceType"], rule="SR2")
        return Recorded(done.stored, done.is_new, change=done.change, issues=(*done.issues, said))


def _seen_anew(unit: Unit, before: StoredResource) -> None:
    """Have the view made anew where what was there could be seen in it."""
    seen = before.type in SHOWN or states_a_decision(json.loads(before.text or b'{"resourceType":"Basic"}'))
    if before.person is not None and seen:
        unit.persons.add(before.person)


def _is_trail(before: StoredResource) -> bool:
    """Whether it says who changed a plan directly, and when: nobody takes that back."""
    if before.type != "Provenance" or before.text is None:
        return False
    return ASSEMBLER in json.loads(before.text).get("agent", ())


def _is_taken(unit: Unit, type: str, id: str) -> bool:
    """Whether the id is kept for what is made from a plan, whoever's: it would be overwritten when the plan changes."""
    of_plan = _OF_A_PLAN.match(id)
    plan = unit.writing.resource("CarePlan", of_plan[1]) if of_plan is not None else None
    return plan is not None and plan.person is not None and plan_of(unit.writing, plan.person, type, id) is not None


def plan_of(reading: Reading, person: str, type: str, id: str) -> PlanRow | None:
    """The plan that a resource of this id is made from."""
    if type not in MADE and type != "DocumentReference":
        return None
    return next((row for row in reading.plans_of(person) if is_of_plan(id, row.plan_id)), None)


def row_of(unit: Unit, before: StoredResource) -> PlanRow | None:
    if before.person is None or before.deleted:
        return None
    return plan_of(unit.writing, before.person, before.type, before.id)


def _made(type: str) -> Conflict:
    what = f"this {type} is made from the plan: change or cancel the plan (its CarePlan), and it follows"
    return Conflict(error(IssueType.BUSINESS_RULE, what, type, rule="SR7" if type == "Provenance" else None))
