"""Questionnaire/$populate: the person's current plan, shown as this form.

http://hl7.org/fhir/uv/sdc/OperationDefinition-Questionnaire-populate.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from acpshare.emergency import PlanOnRecord, beside, standing
from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.questionnaire_response import write_response
from acpshare.interactions.components import Components
from acpshare.interactions.derived import instant
from acpshare.interactions.emergency_view import situation_of_person
from acpshare.interactions.nhs_number import SYSTEM
from acpshare.interactions.operation_outcome import operation_outcome
from acpshare.interactions.parameters import parameters
from acpshare.interactions.subject import patient_by
from acpshare.interactions.withheld_plan import LABEL, without_places
from acpshare.outcome import Issue, IssueType, NotFound, Severity, Unsafe, error, information, warning
from acpshare.plan.legal import Legal
from acpshare.storage import Reading
from acpshare.translation import CompiledMapping, write
from acpshare.translation.carry import BESIDE


def populate(components: Components, form_id: str, reference: str | None, number: str | None) -> JsonObject:
    """Parameters with `response` and `issues`. Raises NotFound, Invalid, or Unsafe with the safety rule."""
    mapping = form_of(components, form_id)
    today = components.today()
    with components.store.read() as reading:
        person = patient_by(components, reading, reference, number)
        rows = {row.plan_id: row for row in reading.plans_of(person)}
        situation = situation_of_person(reading, components, person, tuple(rows.values()))
        plans = standing(situation.plans, today)
        shown = plans.current or next(iter((*plans.cancelled, *plans.superseded)), None)
        if shown is None:
            what = "no plan is recorded for this person"
            raise NotFound(error(IssueType.NOT_FOUND, what, spine="NO_RECORD_FOUND"))
        version = rows[shown.plan_id].version_id
        subject = _subject(reading, person)
    plan = without_places(shown.plan) if situation.restricted else shown.plan
    translation = write(mapping, plan, today)
    if translation.value is None:
        raise Unsafe(*translation.issues, _original(shown), *_others(shown, plans.in_force))
    notes = tuple(f"{BESIDE}{each}." for each in beside(shown, plans, situation.elsewhere, situation.notices))
    response = write_response(
        replace(translation.value, carried=(*translation.value.carried, *notes)),
        mapping.definition,
        subject=subject,
        authored=instant(components.clock()),
        based_on=f"CarePlan/{shown.plan_id}/_history/{version}",
    )
    if situation.restricted:
        response = {"resourceType": response["resourceType"], "meta": LABEL} | response
    others = (*_others(shown, plans.in_force), *_instruments(situation.elsewhere))
    said = (*_about(shown, mapping), *others, *translation.issues)
    return parameters(response=response, issues=operation_outcome(said, translation.ledger))


def form_of(components: Components, form_id: str) -> CompiledMapping:
    mapping = components.mappings.get(form_id)
    if mapping is None:
        what = "no form of this name is known here; Questionnaire lists those that are"
        raise NotFound(error(IssueType.NOT_FOUND, what, spine="RESOURCE_NOT_FOUND"))
    return mapping


def _subject(reading: Reading, person: str) -> JsonObject:
    subject: JsonObject = {"reference": f"Patient/{person}"}
    held = (row for row in reading.identifiers_of(person) if row.system == SYSTEM and row.replaced_by is None)
    number = next(held, None)
    if number is not None:
        subject["identifier"] = {"system": SYSTEM, "value": number.value}
    return subject


def _original(shown: PlanOnRecord) -> Issue:
    """A form that may not be filled takes nothing away: what was signed is still there."""
    what = f"the form as it was received is available: {shown.source_reference}"
    return Issue(Severity.INFORMATION, IssueType.INFORMATIONAL, what, (f"CarePlan/{shown.plan_id}",))


def _about(shown: PlanOnRecord, mapping: CompiledMapping) -> list[Issue]:
    """A translation is not the signed form (clinical.md 0.5)."""
    if shown.plan.record.form == mapping.id:
        return []
    what = f"this is a translated view and not the signed form, which is {shown.source_reference}"
    return [information(IssueType.INFORMATIONAL, what, "QuestionnaireResponse")]


def _others(shown: PlanOnRecord, in_force: Sequence[PlanOnRecord]) -> list[Issue]:
    others = [f"CarePlan/{each.plan_id}" for each in in_force if each.plan_id != shown.plan_id]
    if not others:
        return []
    what = (
        f"other plans of this person are in force and are not in this form: {', '.join(others)}. "
        "Look at them before this form is signed or relied on"
    )
    return [warning(IssueType.CONFLICT, what, *others, rule="SR10")]


def _instruments(elsewhere: Legal) -> list[Issue]:
    """An advance decision or an attorney that no form brought is on no form until a clinician writes it there."""
    if elsewhere == Legal():
        return []
    what = "an advance decision or an attorney's authority is on record by itself, not as part of this plan: read it"
    return [warning(IssueType.CONFLICT, what, "Consent", rule="SR5")]
