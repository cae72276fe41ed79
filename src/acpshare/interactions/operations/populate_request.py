"""What a $populate is of and about, in whichever of SDC's parameters it was said.

http://hl7.org/fhir/uv/sdc/OperationDefinition-Questionnaire-populate.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from acpshare.fhir.questionnaire_response import form_id
from acpshare.fhir.systems import NHS_NUMBER
from acpshare.interactions.components import Components
from acpshare.interactions.nhs_number import checked
from acpshare.interactions.parameters import Parameters
from acpshare.outcome import Invalid, IssueType, Malformed, NotFound, error

REPEATING = frozenset({"context", "launchContext"})
_FORM_NAMES = ("canonical", "questionnaireRef", "questionnaire")
NAMES = frozenset({"subject", "identifier", "local", *_FORM_NAMES, *REPEATING})
_OF_THE_PERSON = frozenset({"patient", "subject"})
"""Names under which a context may say whom it is about. Others (the user, the encounter) change nothing here."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The form's id; the person, as a reference, by NHS number, or both."""

    form: str
    reference: str | None
    number: str | None


def wanted(components: Components, given: Parameters, id: str | None) -> Wanted:
    """Raises Malformed, Invalid or NotFound."""
    if given.boolean("local") is False:
        what = "a form is populated from what is recorded here: local is true, or left out"
        raise Invalid(error(IssueType.NOT_SUPPORTED, what, "Parameters.local"))
    reference, number = _subject(components, given)
    return Wanted(_form(given, id), reference, number)


def _form(given: Parameters, id: str | None) -> str:
    named = {name: _named(given, name) for name in _FORM_NAMES if name in given}
    forms = {form for form in (id, *named.values()) if form is not None}
    if len(forms) > 1:
        raise Invalid(error(IssueType.CONFLICT, "the form is named twice, differently", *named))
    if not forms:
        what = "which form? canonical, questionnaireRef or questionnaire names one, or the address does"
        kind = NotFound if named else Malformed
        code = IssueType.NOT_FOUND if named else IssueType.REQUIRED
        raise kind(error(code, what, *(named or _FORM_NAMES), spine="MISSING_VALUE" if not named else None))
    return forms.pop()


def _named(given: Parameters, name: str) -> str | None:
    """The id of the form that a parameter names: its own definition is what counts, not one that is sent along."""
    resource = given.resource(name) if name == "questionnaire" else None
    if resource is not None:
        return form_id(str(resource.get("url")))
    if name == "canonical" or (name == "questionnaire" and not _is_reference(given, name)):
        return form_id(given.text(name, "valueCanonical", "valueUri", "valueString") or "")
    reference = given.reference(name) or ""
    return reference.rpartition("Questionnaire/")[2] or None


def _subject(components: Components, given: Parameters) -> tuple[str | None, str | None]:
    """The person: in `subject`, in a `context` of the patient, or by NHS number in `identifier`."""
    said = [given.object("subject", "valueReference")] if _is_reference(given, "subject") else []
    said += [content for name in sorted(REPEATING) for each in given.each(name) if (content := _of_person(each))]
    references = [str(each["reference"]) for each in said if each is not None and "reference" in each]
    if "subject" in given and not _is_reference(given, "subject"):
        references.append(str(given.reference("subject")))
    numbers = [number for each in said if each is not None and (number := _number(components, each)) is not None]
    asked = given.nhs_number("identifier", synthetic_only=components.synthetic_only)
    numbers += [asked] if asked is not None else []
    if len(set(references)) > 1 or len(set(numbers)) > 1:
        raise Invalid(error(IssueType.CONFLICT, "subject, identifier and context are not of one person", "subject"))
    return next(iter(references), None), next(iter(numbers), None)


def _is_reference(given: Parameters, name: str) -> bool:
    return any("valueReference" in entry for entry in given.each(name))


def _of_person(context: Mapping[str, Any]) -> dict[str, Any] | None:
    """The reference in a context whose name says that it is about the person."""
    parts = [each for each in context.get("part", ()) if isinstance(each, dict)]
    names = {str(part.get("valueString", part.get("valueCode"))) for part in parts if part.get("name") == "name"}
    if not names & _OF_THE_PERSON:
        return None
    for part in parts:
        reference, resource = part.get("valueReference"), part.get("resource")
        if part.get("name") == "content" and isinstance(reference, dict):
            return reference
        if part.get("name") == "content" and isinstance(resource, dict) and resource.get("resourceType") == "Patient":
            return {"reference": f"Patient/{resource.get('id')}"}
    return None


def _number(components: Components, reference: Mapping[str, Any]) -> str | None:
    """The NHS number in a reference; where it has no other, it must have that."""
    identifier = reference.get("identifier")
    place = "Parameters.subject"
    if not isinstance(identifier, dict) or identifier.get("system") != NHS_NUMBER:
        if "reference" in reference:
            return None
        what = f"the person is given by a reference, or by an identifier with the system {NHS_NUMBER}"
        raise Malformed(error(IssueType.VALUE, what, place, spine="INVALID_IDENTIFIER_SYSTEM"))
    return checked(str(identifier.get("value")), place, synthetic_only=components.synthetic_only)
