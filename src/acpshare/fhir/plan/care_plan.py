"""The CarePlan: the plan's treatment decisions, and references to everything else. https://hl7.org/fhir/R4/careplan.html"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan import narrative
from acpshare.fhir.plan.activities import activities
from acpshare.fhir.plan.context import reference
from acpshare.fhir.plan.facts import Facts
from acpshare.fhir.plan.parts import Setting
from acpshare.fhir.plan.plan_element import plan_elements
from acpshare.fhir.plan.residue import write_residue
from acpshare.fhir.plan.slots import Slot, at
from acpshare.fhir.systems import ADVANCE_CARE_PLAN, FAMILIES, FORM_FAMILY, PROFESSIONAL_CODE, coding, concept
from acpshare.plan import Plan
from acpshare.plan.decision import deciding_signatures, is_changed_unsigned, signatures_of_decision
from acpshare.plan.record import Signature, SignatureRole

SLOTS: tuple[Slot, ...] = (at("record.completed_on", "period.start"),)
FULL_DATE = 10


def care_plan(plan: Plan, facts: Facts, parts: Sequence[JsonObject], setting: Setting) -> JsonObject:
    """The CarePlan. Its extensions hold every fact that no part has taken."""
    context = setting.context
    resource: JsonObject = {"resourceType": "CarePlan", "id": context.plan_id, "text": narrative.care_plan(plan)}
    resource |= {"status": setting.status.value, "intent": "plan", "category": categories(context.family)}
    resource["subject"] = context.subject
    for slot in SLOTS:
        if (value := facts.take(slot.path)) is not None:
            slot.put(resource, value)
    _end(plan, resource)
    resource["created"] = context.recorded
    if (author := _author(_standing(plan)) or context.recorder) is not None:
        resource["author"] = author
    if context.recorder is not None:
        resource["contributor"] = [context.recorder]
    if context.replaces is not None:
        resource["replaces"] = [{"reference": context.replaces}]
    if goals := [reference(part) for part in parts if part["resourceType"] == "Goal"]:
        resource["goal"] = goals
    if information := list(_supporting(context.source, parts)):
        resource["supportingInfo"] = information
    if decided := list(activities(plan, facts, setting.status)):
        resource["activity"] = decided
    if extensions := plan_elements(facts.left.items()):
        resource["extension"] = extensions
    write_residue(plan, resource)
    return resource


def categories(family: str) -> list[JsonObject]:
    """An advance care plan, of this family: SNOMED where the family has a document type, and always our own code."""
    known = [FAMILIES[family].coding()] if family in FAMILIES else []
    return [concept(ADVANCE_CARE_PLAN.coding()), concept(*known, coding(FORM_FAMILY, family))]


def _supporting(source: str | None, parts: Iterable[JsonObject]) -> Iterable[JsonObject]:
    if source is not None:
        yield {"reference": source}
    yield from (reference(part) for part in parts if part["resourceType"] != "Goal")


def _standing(plan: Plan) -> Iterable[Signature]:
    """Signatures that are the present decision's: none where it was changed unsigned, none of the one before (SR7)."""
    if is_changed_unsigned(plan):
        return ()
    older = set(deciding_signatures(plan)) - set(signatures_of_decision(plan))
    return tuple(each for each in plan.signatures if each not in older)


def _author(signatures: Iterable[Signature]) -> JsonObject | None:
    """Who completed the form, in the words of the form; read back from Provenance, not from here."""
    by_role = {each.role: each for each in reversed(tuple(signatures)) if each.name}
    signature = by_role.get(SignatureRole.AUTHOR) or by_role.get(SignatureRole.SENIOR)
    if signature is None:
        return None
    author: JsonObject = {"display": signature.name}
    if signature.registration is not None:
        author["identifier"] = {"system": PROFESSIONAL_CODE, "value": signature.registration}
    return author


def _end(plan: Plan, resource: JsonObject) -> None:
    """A cancelled plan ended when it was cancelled. A review date ends nothing (SR9)."""
    start, end = plan.record.completed_on, plan.cancellation.on
    if end is None or (start is not None and not (len(start) == len(end) == FULL_DATE and start <= end)):
        return
    resource.setdefault("period", {})["end"] = end
