"""Whom a form is about: its subject, as a reference or by NHS number, and never two people at once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from acpshare.fhir.json_text import JsonObject
from acpshare.interactions import nhs_number
from acpshare.interactions.components import Components
from acpshare.interactions.read import present
from acpshare.outcome import Gone, Invalid, Issue, IssueType, NotFound, error
from acpshare.storage import Reading

SET_ASIDE = (
    "this record was set aside for another, whose NHS number superseded this one's: nobody would be shown what is "
    "recorded here, so record it for that person"
)
_REFERENCE = re.compile(r"Patient/([A-Za-z0-9\-.]{1,64})(?:/_history/[0-9]{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Subject:
    """As it was said: the id of a Patient, an NHS number, or both."""

    patient: str | None
    number: str | None


def local_id(reference: str, base_url: str) -> str | None:
    """The id in a reference to a Patient of this server, relative or absolute."""
    match = _REFERENCE.fullmatch(reference.removeprefix(f"{base_url}/"))
    return match[1] if match else None


def subject_in(components: Components, resource: JsonObject, element: str) -> tuple[Subject, tuple[Issue, ...]]:
    """The subject (or a Consent's `patient`) of a resource, with everything that is wrong with it."""
    place = f"{resource['resourceType']}.{element}"
    said = resource.get(element)
    if said is None:
        what = f"{element} is missing: whom is it about? A reference to a Patient, or an identifier with the NHS number"
        return Subject(None, None), (error(IssueType.REQUIRED, what, place, spine="MISSING_VALUE"),)
    issues: list[Issue] = []
    patient = number = None
    if not isinstance(said, dict):
        return Subject(None, None), (error(IssueType.STRUCTURE, f"{element} is a Reference", place),)
    reference, identifier = said.get("reference"), said.get("identifier")
    identifier = identifier if isinstance(identifier, dict) else {}
    if isinstance(reference, str):
        patient = local_id(reference, components.base_url)
        if patient is None:
            issues.append(
                error(IssueType.VALUE, "the reference is not to a Patient of this server", f"{place}.reference")
            )
    if identifier.get("system") == nhs_number.SYSTEM and isinstance(identifier.get("value"), str):
        number = identifier["value"]
        wrong = nhs_number.problem(number, f"{place}.identifier.value", synthetic_only=components.synthetic_only)
        issues += [wrong] if wrong else []
    elif patient is None and not issues:
        what = f"the person is given by a reference, or by an identifier with the system {nhs_number.SYSTEM}"
        issues.append(error(IssueType.VALUE, what, f"{place}.identifier", spine="INVALID_IDENTIFIER_SYSTEM"))
    return Subject(patient, number), tuple(issues)


def person_of(reading: Reading, subject: Subject, place: str) -> str | None:
    """The person on record whom the subject leads to, or None for somebody new. Raises Invalid for a contradiction."""
    found = reading.person_by_identifier(nhs_number.SYSTEM, subject.number) if subject.number else None
    if subject.patient is None:
        return found.person if found else None
    try:
        present(reading.resource("Patient", subject.patient), "Patient")
    except (NotFound, Gone):
        raise Invalid(error(IssueType.NOT_FOUND, "there is no such Patient", f"{place}.reference")) from None
    if subject.number and (found is None or found.person != subject.patient):
        raise Invalid(error(IssueType.CONFLICT, "the reference and the NHS number are not of one person", place))
    if is_set_aside(reading, subject.patient):
        raise Invalid(error(IssueType.BUSINESS_RULE, SET_ASIDE, f"{place}.reference", rule="SR10"))
    return subject.patient


def is_set_aside(reading: Reading, person: str) -> bool:
    """Whether another record has taken this one's place: its number leads there."""
    patient = reading.resource("Patient", person)
    if patient is None or patient.text is None or b"replaced-by" not in patient.text:
        return False
    return any(each.get("type") == "replaced-by" for each in json.loads(patient.text).get("link", ()))


def agrees(reading: Reading, person: str | None, subject: Subject, stated: str | None) -> bool:
    """Whether the NHS number on the form is the person's own, or one that it superseded."""
    if stated is None or stated == subject.number:
        return True
    if person is None:
        return False
    found = reading.person_by_identifier(nhs_number.SYSTEM, stated)
    return found is not None and found.person == person


def patient_by(components: Components, reading: Reading, reference: str | None, number: str | None) -> str:
    """The person whom an operation's parameters name. Raises NotFound, or Invalid when they name nobody or two."""
    if reference is None and number is None:
        what = "whose plan? The parameter subject or identifier is needed"
        raise Invalid(error(IssueType.REQUIRED, what, "subject", "identifier", spine="MISSING_VALUE"))
    patient = local_id(reference, components.base_url) if reference is not None else None
    if reference is not None and patient is None:
        raise Invalid(error(IssueType.VALUE, "the subject is not a reference to a Patient of this server", "subject"))
    if patient is not None:
        present(reading.resource("Patient", patient), "Patient")
    found = reading.person_by_identifier(nhs_number.SYSTEM, number) if number is not None else None
    person = patient or (found.person if found else None)
    if person is None:
        raise NotFound(
            error(IssueType.NOT_FOUND, "nobody with this NHS number is on record here", spine="NO_RECORD_FOUND")
        )
    if number is not None and (found is None or found.person != person):
        raise Invalid(
            error(IssueType.CONFLICT, "subject and identifier are not of one person", "subject", "identifier")
        )
    return person
