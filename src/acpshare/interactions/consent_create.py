"""POST Consent: an advance decision to refuse treatment, or an attorney's authority, as an object of its own (SR5).

It joins what a crew sees in the same transaction; no form makes it, changes it or ends it.
https://hl7.org/fhir/R4/consent.html
"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.fhir.plan import to_patient
from acpshare.fhir.systems import CONSENT_SCOPE
from acpshare.fhir.validation import validate
from acpshare.interactions import once
from acpshare.interactions.components import Components
from acpshare.interactions.derived import keep_made
from acpshare.interactions.instruments import is_advance_decision, is_attorney
from acpshare.interactions.modifiers import not_ignored
from acpshare.interactions.nhs_number import SYSTEM
from acpshare.interactions.subject import Subject, person_of, subject_in
from acpshare.interactions.unit import Recorded, unit
from acpshare.outcome import Invalid, Issue, IssueType, error, information
from acpshare.plan.person import Person
from acpshare.storage import Writing

TYPE = "Consent"


def create_consent(
    components: Components,
    body: bytes,
    *,
    if_none_exist: str | None = None,
    max_bytes: int = 5_000_000,
    client: str = "not known",
) -> Recorded:
    """Record a legal instrument. Raises Malformed, Invalid or Duplicate; then nothing is stored."""
    resource = parse(body, max_bytes=max_bytes)
    subject, issues = _checked(components, resource)
    keys, conditional = once.keys_of(TYPE, resource, if_none_exist)
    with unit(components, client) as opened:
        known = once.known(opened.writing, opened.known, TYPE, keys, conditional, body, edited=False)
        if known is not None:
            what = "this Consent was recorded before; nothing was stored again"
            return Recorded(known.stored, is_new=False, issues=(information(IssueType.INFORMATIONAL, what),))
        person = person_of(opened.writing, subject, f"{TYPE}.patient") or _new_person(
            components, opened.writing, subject
        )
        stored = opened.keep(TYPE, opened.new_id(TYPE), body.decode(), person)
        done = Recorded(stored, is_new=True, issues=issues)
        opened.persons.add(person)
        opened.remember((*keys, *conditional), body, done)
        opened.note("create", done)
    return opened.finished(done)


def _checked(components: Components, resource: JsonObject) -> tuple[Subject, tuple[Issue, ...]]:
    issues = not_ignored(validate(resource, expected_type=TYPE))
    if any(issue.is_error for issue in issues):
        raise Invalid(*issues)
    subject, found = subject_in(components, resource, "patient")
    issues += found
    scopes = {(each.get("system"), each.get("code")) for each in resource.get("scope", {}).get("coding", ())}
    kinds = [is_advance_decision(resource), is_attorney(resource)]
    if (CONSENT_SCOPE, "adr") not in scopes or sum(kinds) != 1:
        what = (
            "a Consent recorded here is an advance decision (scope adr, category acd) or an attorney's authority "
            "(scope adr, its own category), one of the two"
        )
        issues.append(error(IssueType.NOT_SUPPORTED, what, f"{TYPE}.scope", f"{TYPE}.category"))
    elif kinds[0] and resource.get("provision", {}).get("type") != "deny":
        what = "an advance decision refuses: its provision has the type deny, and says what is refused"
        issues.append(error(IssueType.INVARIANT, what, f"{TYPE}.provision.type", rule="SR5"))
    if any(issue.is_error for issue in issues):
        raise Invalid(*issues)
    return subject, tuple(issues)


def _new_person(components: Components, writing: Writing, subject: Subject) -> str:
    id = components.ids()
    keep_made(writing, to_patient(Person(nhs_number=subject.number), id=id), id, components.clock(), 1)
    if subject.number is not None:
        writing.put_identifier(id, SYSTEM, subject.number)
    return id
