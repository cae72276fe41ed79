"""POST QuestionnaireResponse: a filled form becomes a plan, a correction of one, or a new decision in its place.

One transaction holds the response as received, the plan, everything made from it, the emergency view, the audit row and
the event for subscribers. https://hl7.org/fhir/R4/http.html#create
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.fhir.plan import patient_of
from acpshare.interactions import matching, once
from acpshare.interactions.components import Components
from acpshare.interactions.derived import Said, instant, keep_made, keep_plan, new_row, next_row
from acpshare.interactions.edit import Edit, Named, edited_plan, plan_named
from acpshare.interactions.identity import identity_of
from acpshare.interactions.intake import TYPE, Intake, take_in_resource
from acpshare.interactions.nhs_number import SYSTEM, problem
from acpshare.interactions.subject import Subject, agrees, person_of, subject_in
from acpshare.interactions.unit import Recorded, Unit, unit
from acpshare.observability.events import PLAN_REFUSED
from acpshare.observability.log import write
from acpshare.outcome import Failure, Invalid, Issue, IssueType, Unsafe, error, information, warning
from acpshare.plan import Plan, put
from acpshare.storage import Reading, StoredResource
from acpshare.translation import Translation

STATUSES = ("completed", "amended")


def record(
    components: Components,
    body: bytes,
    *,
    if_none_exist: str | None = None,
    max_bytes: int = 5_000_000,
    client: str = "not known",
) -> Recorded:
    """Record a form. Raises Malformed, Invalid, Unsafe, Conflict or Duplicate; then nothing is stored."""
    with refusals_logged():
        resource = parse(body, max_bytes=max_bytes)
    return record_resource(components, resource, body, if_none_exist=if_none_exist, client=client)


def record_resource(
    components: Components, resource: JsonObject, body: bytes, *, if_none_exist: str | None, client: str
) -> Recorded:
    """The same of a body that has been read."""
    with refusals_logged():
        by_key = if_none_exist is None or once.names_identifier(if_none_exist)
        condition = matching.pairs_of(if_none_exist, "If-None-Exist") if if_none_exist and not by_key else None
        form = received(components, resource, body, if_none_exist if by_key else None)
        with unit(components, client) as opened:
            done = _unless_found(opened, form, condition)
            if done.is_new:
                opened.note("create", done)
    return opened.finished(done)


def _unless_found(opened: Unit, form: Received, condition: matching.Pairs | None) -> Recorded:
    if condition is not None:
        once.lock(opened.writing, form.keys)
        matching.lock(opened.writing, TYPE, condition)
        found = matching.only_match(opened.components, opened.writing, TYPE, condition)
        if found is not None:
            return _again(once.Known(b"", found, None))
    return file(opened, form, opened.new_id(TYPE))


@contextmanager
def refusals_logged() -> Iterator[None]:
    """The log says that a form was refused, and by which rules."""
    try:
        yield
    except Failure as refused:
        rules = sorted({issue.rule for issue in refused.issues if issue.rule is not None})
        write(PLAN_REFUSED, failure=type(refused).__name__, issues=len(refused.issues), rules=rules)
        raise


@dataclass(frozen=True, slots=True)
class Received:
    """A form that can be recorded, as far as that can be said without the record."""

    intake: Intake
    subject: Subject
    body: bytes
    based_on: Named | None
    keys: tuple[str, ...]
    conditional: tuple[str, ...]


def received(components: Components, resource: JsonObject, body: bytes, if_none_exist: str | None = None) -> Received:
    """The form, taken in outside the transaction. Raises Invalid or Unsafe, with every problem."""
    subject, wrong = _beside(components, resource)
    intake = take_in_resource(components, resource, wrong)
    keys, conditional = once.keys_of(TYPE, intake.resource, if_none_exist)
    based_on = plan_named(intake.resource, components.base_url)
    if based_on is None:
        _sound(intake.translation)
    return Received(intake, subject, body, based_on, keys, conditional)


def file(opened: Unit, form: Received, id: str) -> Recorded:
    """Record the form in a unit, under an id; or answer with what was recorded of it before."""
    edited = form.based_on is not None
    known = once.known(opened.writing, opened.known, TYPE, form.keys, form.conditional, form.body, edited=edited)
    if known is not None:
        return _again(known)
    filing = _Filing(opened, form, id)
    if form.based_on is not None:
        done = filing.edit(edited_plan(opened.components, opened.writing, form.intake, form.based_on))
    else:
        done = filing.new_plan(_sound(form.intake.translation), form.intake.translation)
    opened.remember((*form.keys, *form.conditional), form.body, done)
    return done


def _beside(components: Components, resource: JsonObject) -> tuple[Subject, list[Issue]]:
    """Whom the form is about, and what is wrong with it beside its answers."""
    if resource.get("resourceType") != TYPE:
        return Subject(None, None), []
    subject, found = subject_in(components, resource, "subject")
    issues = list(found)
    if resource.get("status") not in STATUSES:
        what = (
            "a form is recorded when it is completed (or amended, as a correction): an unfinished one says nothing yet"
        )
        issues.append(error(IssueType.BUSINESS_RULE, what, f"{TYPE}.status"))
    return subject, issues


def _sound(translation: Translation[Plan]) -> Plan:
    if translation.value is None:
        errors = tuple(issue for issue in translation.issues if issue.is_error)
        raise (Unsafe if translation.is_unsafe else Invalid)(*errors)
    return translation.value


def _again(known: once.Known) -> Recorded:
    what = "this form was recorded before; nothing was stored again"
    return Recorded(known.stored, is_new=False, plan=known.plan, issues=(information(IssueType.INFORMATIONAL, what),))


class _Filing:
    """One form on its way into the record."""

    def __init__(self, opened: Unit, form: Received, id: str) -> None:
        self.unit, self.form, self.id = opened, form, id
        self.components, self.writing, self.now = opened.components, opened.writing, opened.now
        self.issues: list[Issue] = []

    def new_plan(self, plan: Plan, translation: Translation[Plan]) -> Recorded:
        person = self._person(plan)
        stored = self._response(person)
        row = new_row(self.components, person, self.components.ids(), plan, self.form.intake.mapping.id, self.now)
        keep_plan(self.writing, row, plan, self._said(stored), self.now)
        return self._done(stored, row.plan_id, "new", translation)

    def edit(self, edit: Edit) -> Recorded:
        """A correction is a version of the same plan; a form signed anew is a decision that replaces it."""
        row, translation = edit.row, edit.translation
        person = self._person(edit.plan, of_plan=row.person)
        stored = self._response(person)
        plan_id, change = row.plan_id, "none"
        if translation.signed:
            plan_id, change = self.components.ids(), "new-decision"
            new = new_row(self.components, person, plan_id, edit.plan, edit.plan.record.form or row.form, self.now)
            keep_plan(self.writing, replace(new, replaces=row.plan_id), edit.plan, self._said(stored), self.now)
        elif edit.changes:
            change = "correction"
            keep_plan(self.writing, next_row(row, edit.plan), edit.plan, self._said(stored), self.now)
        else:
            self.issues.append(
                information(IssueType.INFORMATIONAL, "the form says what the plan says already: no change")
            )
        return self._done(stored, plan_id, change, translation)

    def _said(self, stored: StoredResource) -> Said:
        return Said(instant(self.now), f"{TYPE}/{stored.id}")

    def _response(self, person: str) -> StoredResource:
        return self.unit.keep(TYPE, self.id, self.form.body.decode(), person)

    def _person(self, plan: Plan, of_plan: str | None = None) -> str:
        """The person on record, or a new one. Raises Invalid when form, subject and plan are not of one person."""
        place, stated, subject = f"{TYPE}.subject", plan.person.nhs_number, self.form.subject
        person = person_of(self.writing, subject, place)
        if stated is not None and (wrong := problem(stated, place, synthetic_only=self.components.synthetic_only)):
            raise Invalid(wrong)
        if not agrees(self.writing, person, subject, stated):
            raise Invalid(error(IssueType.CONFLICT, "the NHS number on the form is not the subject's", place))
        if of_plan is not None and person != of_plan:
            raise Invalid(
                error(IssueType.CONFLICT, "the plan in basedOn is another person's", place, f"{TYPE}.basedOn")
            )
        if person is None:
            return self._new_person(plan)
        self.issues += _differences(self.writing, person, plan)
        return person

    def _new_person(self, plan: Plan) -> str:
        id, number = self.components.ids(), self.form.subject.number
        known = put(plan, {"person.nhs_number": number})
        keep_made(self.writing, patient_of(known, id=id), id, self.now, 1)
        if number is not None:
            self.writing.put_identifier(id, SYSTEM, number)
        return id

    def _done(self, stored: StoredResource, plan_id: str, change: str, translation: Translation[Plan]) -> Recorded:
        """What was recorded, but for what the end of the unit will show."""
        self.unit.persons.add(str(stored.person))
        issues = (*self.form.intake.issues, *self.issues, *translation.issues)
        form = self.form.intake.mapping.id
        return Recorded(stored, True, f"CarePlan/{plan_id}", change, issues, translation.ledger, form)


def _differences(reading: Reading, person: str, plan: Plan) -> list[Issue]:
    """Where the form describes another person than the record does: a number can be written on the wrong form."""
    stored = reading.resource("Patient", person)
    if stored is None or stored.text is None:
        return []
    identity = identity_of(stored.text)
    known, stated = identity.birth_date, plan.person.birth_date
    if known and stated and known != stated:
        what = "the date of birth on the form is not the one on record: is this the right person?"
        return [warning(IssueType.CONFLICT, what, "person.birth_date")]
    return []
