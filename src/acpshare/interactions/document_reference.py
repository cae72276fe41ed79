"""Pointers to plans, as DocumentReferences in the shape that the National Record Locator takes (NRL v3, V S1, S1b).

One points to the form as it was received, and one, which `transforms` it, to the plan as FHIR resources: a translation,
not the signed form. https://hl7.org/fhir/R4/documentreference.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.systems import FAMILIES, FORM_FAMILY, NHS_NUMBER, ODS_ORGANISATION, SNOMED, coding, concept
from acpshare.interactions.components import Components
from acpshare.interactions.derived import keep_made, said_before, served
from acpshare.plan.codec import load_plan
from acpshare.plan.decision import deciding_signatures
from acpshare.plan.values import YesNo
from acpshare.storage import PlanRow, PlanState, StoredResource, Writing

TYPE = "DocumentReference"
POINTER, TRANSLATION = "pointer", "pointer-plan"
"""What the ids of a plan's pointers end with."""
CARE_PLAN = {"system": SNOMED, "code": "734163000", "display": "Care plan"}
FORMAT = {
    "system": "https://fhir.nhs.uk/England/CodeSystem/England-NRLFormatCode",
    "code": "urn:nhs-ic:unstructured",
    "display": "Unstructured Document",
}
STABILITY = "https://fhir.nhs.uk/England/StructureDefinition/Extension-England-ContentStability"
STABILITY_CODES = "https://fhir.nhs.uk/England/CodeSystem/England-NRLContentStability"
FHIR_JSON = "application/fhir+json"

_STATUS: Mapping[PlanState, str] = {
    PlanState.CURRENT: "current",
    PlanState.SUPERSEDED: "superseded",
    PlanState.CANCELLED: "superseded",
    PlanState.ENTERED_IN_ERROR: "entered-in-error",
}
"""R4 has no status for a document that was revoked: one that must not be found as current is `superseded`."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who keeps the plans: without an ODS code and a practice setting a pointer is not one that the NRL takes."""

    base_url: str
    ods_code: str | None
    practice_setting: str | None
    """`code|display`, of SNOMED CT."""

    @property
    def organisation(self) -> JsonObject | None:
        if self.ods_code is None:
            return None
        return {"type": "Organization", "identifier": {"system": ODS_ORGANISATION, "value": self.ods_code}}


def keep_pointers(
    writing: Writing, components: Components, person: str, rows: Iterable[PlanRow], now: datetime
) -> None:
    """Have every plan of the person pointed to as it stands now."""
    listed = tuple(rows)
    if not listed:
        return
    publisher = Publisher(components.base_url, components.ods_code, components.practice_setting)
    held = {each.id: each for each in writing.resources_of(person, TYPE)}
    numbers = (row for row in writing.identifiers_of(person) if row.system == NHS_NUMBER and row.replaced_by is None)
    number = next((row.value for row in numbers), None)
    fresh: list[StoredResource] = []
    for row in listed:
        for pointer in pointers(writing, components, publisher, row, number):
            before = held.get(pointer["id"])
            if before is None and row.version_id == 1:
                fresh.append(StoredResource(TYPE, pointer["id"], 1, now, served(pointer, 1, now), person))
            elif before is None or before.text != served(pointer, before.version_id, before.last_updated):
                keep_made(writing, pointer, person, now, None)
    if fresh:
        writing.put_new(fresh)


def pointers(
    writing: Writing, components: Components, publisher: Publisher, row: PlanRow, number: str | None
) -> Iterator[JsonObject]:
    """The pointers of one plan: to its form if it has one, and to the plan."""
    said = said_before(writing, row.plan_id)
    mapping = components.mappings.get(row.form)
    title = mapping.definition.title if mapping is not None else row.form
    form = _pointer(row, POINTER, number, publisher, said.recorded)
    replaced = [_related("replaces", row.replaces, POINTER)] if row.replaces else []
    if said.source:
        content = _content(f"{publisher.base_url}/{said.source}", title, said.recorded, "static")
        yield form | ({"relatesTo": replaced} if replaced else {}) | {"description": title, "content": [content]}
    plan = _pointer(row, TRANSLATION, number, publisher, said.recorded)
    related = [_related("transforms", row.plan_id, POINTER)] if said.source else []
    related += [_related("replaces", row.replaces, TRANSLATION)] if row.replaces else []
    title = f"{title}: the plan as FHIR resources, a translation and not the signed form"
    content = _content(f"{publisher.base_url}/CarePlan/{row.plan_id}", title, said.recorded, "dynamic")
    yield plan | ({"relatesTo": related} if related else {}) | {"description": title, "content": [content]}


def _pointer(row: PlanRow, suffix: str, number: str | None, publisher: Publisher, recorded: str) -> JsonObject:
    subject: JsonObject = {"reference": f"Patient/{row.person}"}
    if number is not None:
        subject["identifier"] = {"system": NHS_NUMBER, "value": number}
    known = [FAMILIES[row.family].coding()] if row.family in FAMILIES else [coding(FORM_FAMILY, row.family)]
    made: JsonObject = {
        "resourceType": TYPE,
        "id": f"{row.plan_id}-{suffix}",
        "status": _STATUS[row.state],
        "docStatus": _document_status(row),
        "type": concept(*known),
        "category": [concept(CARE_PLAN)],
        "subject": subject,
    }
    if recorded:
        made["date"] = recorded
    if publisher.organisation is not None:
        made |= {"author": [publisher.organisation], "custodian": publisher.organisation}
    if publisher.practice_setting is not None:
        code, _, term = publisher.practice_setting.partition("|")
        made["context"] = {"practiceSetting": concept(coding(SNOMED, code, term or None))}
    return made


def _document_status(row: PlanRow) -> str:
    """A plan that nobody signed is preliminary; one that was changed and not signed again is amended."""
    plan = load_plan(row.plan)
    if row.state is PlanState.ENTERED_IN_ERROR:
        return "entered-in-error"
    if plan.record.amended_since_signed is YesNo.YES:
        return "amended"
    return "final" if deciding_signatures(plan) else "preliminary"


def _related(code: str, plan_id: str | None, suffix: str) -> JsonObject:
    return {"code": code, "target": {"reference": f"{TYPE}/{plan_id}-{suffix}", "type": TYPE}}


def _content(url: str, title: str, created: str, stability: str) -> JsonObject:
    attachment: JsonObject = {"contentType": FHIR_JSON, "language": "en-GB", "url": url, "title": title}
    if created:
        attachment["creation"] = created
    stable = concept(coding(STABILITY_CODES, stability, stability.capitalize()))
    return {
        "extension": [{"url": STABILITY, "valueCodeableConcept": stable}],
        "attachment": attachment,
        "format": FORMAT,
    }
