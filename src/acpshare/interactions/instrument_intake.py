"""What a legal instrument that comes by itself must say, and whose it is. https://hl7.org/fhir/R4/consent.html"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan import to_patient
from acpshare.fhir.systems import CONSENT_SCOPE
from acpshare.interactions.components import Components
from acpshare.interactions.derived import keep_made
from acpshare.interactions.instruments import is_advance_decision, is_attorney
from acpshare.interactions.nhs_number import SYSTEM
from acpshare.interactions.subject import Subject, person_of, subject_in
from acpshare.interactions.unit import Unit
from acpshare.outcome import Invalid, Issue, IssueType, error
from acpshare.plan.person import Person

TYPE = "Consent"


def checked_instrument(components: Components, resource: JsonObject) -> tuple[Subject, tuple[Issue, ...]]:
    """Whose the instrument is. Raises Invalid with everything that keeps it from being one."""
    subject, found = subject_in(components, resource, "patient")
    issues = list(found)
    scopes = {(each.get("system"), each.get("code")) for each in resource.get("scope", {}).get("coding", ())}
    if (CONSENT_SCOPE, "adr") not in scopes or (is_advance_decision(resource) and is_attorney(resource)):
        what = (
            "an advance decision (category acd) and an attorney's authority (its own category) have the scope adr, "
            "and are one of the two"
        )
        issues.append(error(IssueType.NOT_SUPPORTED, what, f"{TYPE}.scope", f"{TYPE}.category", rule="SR5"))
    elif is_advance_decision(resource) and resource.get("provision", {}).get("type") != "deny":
        what = "an advance decision refuses: its provision has the type deny, and says what is refused"
        issues.append(error(IssueType.INVARIANT, what, f"{TYPE}.provision.type", rule="SR5"))
    if any(issue.is_error for issue in issues):
        raise Invalid(*issues)
    return subject, tuple(issues)


def person_for(unit: Unit, subject: Subject) -> str:
    """The person whose instrument it is; somebody new where the NHS number is new here."""
    return person_of(unit.writing, subject, f"{TYPE}.patient") or _new_person(unit, subject)


def _new_person(unit: Unit, subject: Subject) -> str:
    id = unit.new_id("Patient")
    keep_made(unit.writing, to_patient(Person(nhs_number=subject.number), id=id), id, unit.now, 1)
    if subject.number is not None:
        unit.writing.put_identifier(id, SYSTEM, subject.number)
    return id
