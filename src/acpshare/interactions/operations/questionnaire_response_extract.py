"""QuestionnaireResponse/$extract: the resources that recording a form would make of it, storing nothing.

http://hl7.org/fhir/uv/sdc/OperationDefinition-QuestionnaireResponse-extract.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from acpshare.fhir.json_text import JsonObject, JsonValue, parse
from acpshare.fhir.plan import Context, patient_of, to_resources
from acpshare.fhir.restricted import withheld
from acpshare.interactions.components import Components
from acpshare.interactions.derived import instant
from acpshare.interactions.edit import edited_plan, plan_named
from acpshare.interactions.intake import TYPE, Intake, take_in_resource
from acpshare.interactions.operation_outcome import operation_outcome
from acpshare.interactions.parameters import Parameters, parameters
from acpshare.interactions.read import present
from acpshare.interactions.structure_map_transform import refusal
from acpshare.interactions.subject import Subject, person_of, subject_in
from acpshare.interactions.withheld_plan import is_hidden
from acpshare.outcome import Invalid, IssueType, Malformed, error
from acpshare.plan import Plan, put
from acpshare.storage import Reading
from acpshare.translation import Translation

NAMES = frozenset({"questionnaire-response"})


def extract(components: Components, text: bytes | None, id: str | None, max_bytes: int) -> JsonObject:
    """Parameters with `return` (a transaction Bundle) and `issues`. Raises a Failure."""
    with components.store.read() as reading:
        resource = _form(reading, text, id, max_bytes)
        subject, wrong = (
            subject_in(components, resource, "subject") if _is_form(resource) else (Subject(None, None), ())
        )
        intake = take_in_resource(components, resource, wrong)
        plan, translation = _plan(components, reading, intake)
        person = person_of(reading, subject, f"{TYPE}.subject")
        hidden = person is not None and is_hidden(reading, person)
    source = f"{TYPE}/{id}" if id is not None else None
    resources = _resources(components, intake, plan, subject, person, source)
    if hidden:
        resources = [withheld(each) for each in resources]
    issues = tuple(dict.fromkeys((*intake.issues, *translation.issues)))
    return parameters(return_=_transaction(components, resources), issues=operation_outcome(issues, translation.ledger))


def _form(reading: Reading, text: bytes | None, id: str | None, max_bytes: int) -> JsonObject:
    """The form at the address, in the body, or in its parameter."""
    if id is not None:
        return parse(present(reading.resource(TYPE, id), TYPE).text or b"{}")
    body = parse(text or b"", max_bytes=max_bytes)
    if body.get("resourceType") != "Parameters":
        return body
    found = Parameters(body, NAMES).resource("questionnaire-response")
    if found is None:
        what = "the parameter questionnaire-response holds the filled form"
        raise Malformed(error(IssueType.REQUIRED, what, "Parameters.questionnaire-response", spine="MISSING_VALUE"))
    return found


def _is_form(resource: JsonObject) -> bool:
    return resource.get("resourceType") == TYPE


def _plan(components: Components, reading: Reading, intake: Intake) -> tuple[Plan, Translation[Plan]]:
    """What the form states; what it makes of the plan that it edits, if it edits one."""
    named = plan_named(intake.resource, components.base_url)
    if named is not None:
        edit = edited_plan(components, reading, intake, named)
        return edit.plan, edit.translation
    translation = intake.translation
    if translation.value is None:
        raise refusal(translation.issues, unsafe=translation.is_unsafe)
    return translation.value, translation


def _resources(
    components: Components, intake: Intake, plan: Plan, subject: Subject, person: str | None, source: str | None
) -> Sequence[JsonObject]:
    """The plan's, and the Patient where nobody of that number is on record."""
    patient = person or components.ids()
    context = Context(
        plan_id=components.ids(),
        patient=f"Patient/{patient}",
        family=intake.mapping.definition.family,
        recorded=instant(components.clock()),
        source=source,
    )
    made = to_resources(plan, context)
    if person is not None:
        return made
    stated = plan.person.nhs_number
    if subject.number is not None and stated not in (None, subject.number):
        raise Invalid(error(IssueType.CONFLICT, "the NHS number on the form is not the subject's", f"{TYPE}.subject"))
    return (patient_of(put(plan, {"person.nhs_number": subject.number or stated}), id=patient), *made)


def _transaction(components: Components, resources: Sequence[JsonObject]) -> JsonObject:
    """For any server to store: ids are its own to give, so resources refer to each other by `urn:uuid`."""
    urns = {f"{each['resourceType']}/{each['id']}": f"urn:uuid:{components.ids()}" for each in resources}
    entries = [
        {
            "fullUrl": urns[f"{each['resourceType']}/{each['id']}"],
            "resource": _readdressed({name: part for name, part in each.items() if name != "id"}, urns),
            "request": {"method": "POST", "url": str(each["resourceType"])},
        }
        for each in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _readdressed(value: JsonValue, urns: Mapping[str, str]) -> JsonValue:
    if isinstance(value, dict):
        return {
            name: urns.get(part, part) if name == "reference" and isinstance(part, str) else _readdressed(part, urns)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_readdressed(each, urns) for each in value]
    return value
