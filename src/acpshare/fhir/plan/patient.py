"""The person, as a Patient made from what a form states: for a person whom the store does not know yet.

The plan keeps its own statement of the person; this resource is derived from it and is never read back into a plan.
https://hl7.org/fhir/R4/patient.html
"""

from __future__ import annotations

from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.systems import (
    NHS_NUMBER,
    NHS_NUMBER_VERIFICATION,
    NHS_NUMBER_VERIFICATION_CODES,
    PATIENT_DISABILITY,
    PATIENT_INTERPRETER,
    coding,
    concept,
)
from acpshare.plan import Plan
from acpshare.plan.person import Communication, Person
from acpshare.plan.values import YesNo

PRESENT_NOT_TRACED = "02"
VERIFICATION = {
    "01": "Number present and verified",
    "02": "Number present but not traced",
    "03": "Trace required",
    "04": "Trace attempted - No match or multiple match found",
    "05": "Trace needs to be resolved - (NHS Number or PATIENT detail conflict)",
    "06": "Trace in progress",
    "07": "Number not present and trace not required",
    "08": "Trace postponed (baby under six weeks old)",
}


def to_patient(
    person: Person, communication: Communication | None = None, *, id: str, verification: str = PRESENT_NOT_TRACED
) -> JsonObject:
    """The person as stated. `verification` is the NHS number's status code: present and not traced, unless it was."""
    resource: dict[str, Any] = {"resourceType": "Patient", "id": id}
    needs = communication or Communication()
    if extensions := list(_extensions(needs)):
        resource["extension"] = extensions
    if identifiers := list(_identifiers(person, verification)):
        resource["identifier"] = identifiers
    if names := list(_names(person)):
        resource["name"] = names
    if person.phone is not None:
        resource["telecom"] = [{"system": "phone", "value": person.phone}]
    if person.gender is not None:
        resource["gender"] = person.gender.value
    if person.birth_date is not None:
        resource["birthDate"] = person.birth_date
    if person.address is not None:
        resource["address"] = [{"text": person.address}]
    if needs.language is not None:
        resource["communication"] = [{"language": {"text": needs.language}, "preferred": True}]
    return resource


def patient_of(plan: Plan, *, id: str, verification: str = PRESENT_NOT_TRACED) -> JsonObject:
    """The person whom the plan is about, with their communication needs and practice."""
    resource = to_patient(plan.person, plan.communication, id=id, verification=verification)
    doctors = [text for text in (plan.contacts.gp, plan.contacts.gp_practice) if text is not None]
    if doctors:
        resource["generalPractitioner"] = [{"display": text} for text in doctors]
    return resource


def _extensions(needs: Communication) -> Any:
    if needs.interpreter_needed is not None:
        yield {"url": PATIENT_INTERPRETER, "valueBoolean": needs.interpreter_needed is YesNo.YES}
    if needs.disability is not None:
        yield {"url": PATIENT_DISABILITY, "valueCodeableConcept": {"text": needs.disability}}


def _identifiers(person: Person, verification: str) -> Any:
    if person.nhs_number is not None:
        status = concept(coding(NHS_NUMBER_VERIFICATION_CODES, verification, VERIFICATION[verification]))
        yield {
            "extension": [{"url": NHS_NUMBER_VERIFICATION, "valueCodeableConcept": status}],
            "system": NHS_NUMBER,
            "value": person.nhs_number,
        }
    if person.other_number is not None:
        yield {"type": {"text": "Other number, as stated on the form"}, "value": person.other_number}


def _names(person: Person) -> Any:
    if person.full_name is not None:
        yield {"use": "official", "text": person.full_name}
    if person.preferred_name is not None:
        yield {"use": "usual", "text": person.preferred_name}
