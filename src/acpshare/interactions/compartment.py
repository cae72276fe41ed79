"""In whose compartment a resource lies: the one person whom it is about, as R4 lists the elements that say so.

A resource that names several people equally (a Group of patients) lies in nobody's: erasing one of them must not take
it from the others. https://hl7.org/fhir/R4/compartmentdefinition-patient.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.interactions import nhs_number
from acpshare.interactions.components import Components
from acpshare.interactions.subject import local_id
from acpshare.outcome import Issue, IssueType, error
from acpshare.storage import Reading

ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "AuditEvent": ("entity.what", "agent.who"),
    "CarePlan": ("subject", "activity.detail.performer"),
    "Communication": ("subject", "sender", "recipient"),
    "Composition": ("subject", "author", "attester.party"),
    "Condition": ("subject", "asserter"),
    "Consent": ("patient",),
    "DocumentReference": ("subject", "author"),
    "Flag": ("subject",),
    "Goal": ("subject",),
    "Group": ("member.entity",),
    "List": ("subject", "source"),
    "MeasureReport": ("subject",),
    "Observation": ("subject", "performer"),
    "Provenance": ("target",),
    "QuestionnaireResponse": ("subject", "author"),
    "RelatedPerson": ("patient",),
    "ServiceRequest": ("subject", "performer"),
    "Task": ("for",),
}
"""The elements, in the order in which they decide. R4 has no Task here; one that is for a person is of their record.

Of the elements that R4 lists, a Patient's `link` is left out: a Patient lies in their own compartment.
"""


def person_of_resource(components: Components, reading: Reading, resource: JsonObject) -> str | None:
    """The id of the Patient whom the resource is about, if there is exactly one."""
    if resource["resourceType"] == "Patient":
        return str(resource["id"]) if "id" in resource else None
    for path in ELEMENTS.get(resource["resourceType"], ()):
        people = {
            person
            for reference in _values(resource, path.split("."))
            if (person := _person(components, reading, reference)) is not None
        }
        if people:
            return people.pop() if len(people) == 1 else None
    return None


def two_people(components: Components, reading: Reading, resource: JsonObject) -> Iterator[Issue]:
    """Where a resource says whom it is about in two ways that lead to two people: which of them is meant?"""
    for path in ELEMENTS.get(resource["resourceType"], ())[:1]:
        for said in _values(resource, path.split(".")):
            identifier = said.get("identifier", {}) if isinstance(said, dict) else {}
            number = identifier.get("value")
            if not isinstance(number, str) or identifier.get("system") != nhs_number.SYSTEM:
                continue
            person = local_id(str(said.get("reference", "")), components.base_url)
            if person is not None and not _is_number_of(reading, number, person):
                what = "the reference and the NHS number are not of one person"
                yield error(IssueType.CONFLICT, what, f"{resource['resourceType']}.{path}")


def _is_number_of(reading: Reading, number: str, person: str) -> bool:
    """Whether a number leads to the person; one that nobody has may be of somebody whose number is not known here."""
    found = reading.person_by_identifier(nhs_number.SYSTEM, number)
    if found is not None:
        return found.person == person
    return not any(row.system == nhs_number.SYSTEM for row in reading.identifiers_of(person))


def _person(components: Components, reading: Reading, reference: Any) -> str | None:
    """The Patient of this server to whom a Reference leads, by address or by NHS number."""
    if not isinstance(reference, dict):
        return None
    said, identifier = reference.get("reference"), reference.get("identifier")
    if isinstance(said, str):
        return local_id(said, components.base_url)
    if not isinstance(identifier, dict) or identifier.get("system") != nhs_number.SYSTEM:
        return None
    value = identifier.get("value")
    found = reading.person_by_identifier(nhs_number.SYSTEM, value) if isinstance(value, str) and value else None
    return found.person if found is not None else None


def _values(holder: Any, path: list[str]) -> Iterator[Any]:
    for each in holder if isinstance(holder, list) else (holder,):
        if not path:
            yield each
        elif isinstance(each, dict) and path[0] in each:
            yield from _values(each[path[0]], path[1:])
