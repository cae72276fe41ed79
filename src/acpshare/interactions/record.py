"""POST QuestionnaireResponse: a filled form becomes a plan, a correction of one, or a new decision in its place.

One transaction holds the response as received, the plan, everything made from it, the emergency view, the audit row and
the event for subscribers. https://hl7.org/fhir/R4/http.html#create
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from acpshare.emergency import EmergencyView
from acpshare.fhir.json_text import JsonObject, parse
from acpshare.fhir.plan import patient_of
from acpshare.interactions import once
from acpshare.interactions.components import Components
from acpshare.interactions.derived import Said, instant, keep, keep_made, keep_plan, new_row, next_row, settle
from acpshare.interactions.edit import Edit, edited_plan, plan_named
from acpshare.interactions.emergency_view import rendered, situation_of_person
from acpshare.interactions.events import announce, audit
from acpshare.interactions.identity import identity_of
from acpshare.interactions.intake import TYPE, Intake, take_in_resource
from acpshare.interactions.nhs_number import SYSTEM, problem
from acpshare.interactions.subject import Subject, agrees, person_of, subject_in
from acpshare.interactions.unit import Recorded
from acpshare.observability.events import PLAN_RECORDED, PLAN_REFUSED
from acpshare.observability.log import write
from acpshare.outcome import Failure, Invalid, Issue, IssueType, Unsafe, error, information, warning
from acpshare.plan import Plan, put
from acpshare.storage import PlanRow, Reading, StoredResource, Writing
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
    try:
        done, form = _record(components, body, if_none_exist, max_bytes, client)
    except Failure as refused:
        rules = sorted({issue.rule for issue in refused.issues if issue.rule is not None})
        write(PLAN_REFUSED, failure=type(refused).__name__, issues=len(refused.issues), rules=rules)
        raise
    if done.is_new:
        write(
            PLAN_RECORDED,
            form=form,
            plan=done.plan,
            change=done.change,
            warnings=sum(issue.severity == "warning" for issue in done.issues),
        )
    return done


def _record(
    components: Components, body: bytes, if_none_exist: str | None, max_bytes: int, client: str
) -> tuple[Recorded, str]:
    resource = parse(body, max_bytes=max_bytes)
    subject, wrong = _beside(components, resource)
    intake = take_in_resource(components, resource, wrong)
    translation = intake.translation
    keys, conditional = once.keys_of(TYPE, intake.resource, if_none_exist)
    based_on = plan_named(intake.resource, components.base_url)
    if based_on is None:
        _sound(translation)
    with components.store.write() as writing:
        known = once.known(writing, TYPE, keys, conditional, body, edited=based_on is not None)
        if known is not None:
            return _again(*known), intake.mapping.id
        filing = _Filing(components, writing, intake, subject, client)
        if based_on is not None:
            done = filing.edit(edited_plan(components, writing, intake, based_on), body)
        else:
            done = filing.new_plan(_sound(translation), body, translation)
        once.remember(writing, (*keys, *conditional), body, done.stored, done.plan, filing.now)
    return done, intake.mapping.id


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


def _again(stored: StoredResource, plan: str | None) -> Recorded:
    what = "this form was recorded before; nothing was stored again"
    return Recorded(stored, is_new=False, plan=plan, issues=(information(IssueType.INFORMATIONAL, what),))


@dataclass
class _Filing:
    """One form on its way into the record."""

    components: Components
    writing: Writing
    intake: Intake
    subject: Subject
    client: str

    def __post_init__(self) -> None:
        self.now: datetime = self.components.clock()
        self.issues: list[Issue] = []

    def new_plan(self, plan: Plan, body: bytes, translation: Translation[Plan]) -> Recorded:
        person = self._person(plan)
        stored = self._response(person, body)
        row = new_row(self.components, person, self.components.ids(), plan, self.intake.mapping.id, self.now)
        keep_plan(self.writing, row, plan, self._said(stored), self.now)
        return self._finished(stored, person, row.plan_id, "new", translation)

    def edit(self, edit: Edit, body: bytes) -> Recorded:
        """A correction is a version of the same plan; a form signed anew is a decision that replaces it."""
        row, translation = edit.row, edit.translation
        person = self._person(edit.plan, of_plan=row.person)
        stored = self._response(person, body)
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
        return self._finished(stored, person, plan_id, change, translation)

    def _said(self, stored: StoredResource) -> Said:
        return Said(instant(self.now), f"{TYPE}/{stored.id}")

    def _response(self, person: str, body: bytes) -> StoredResource:
        return keep(self.writing, TYPE, self.components.ids(), body.decode().strip(), person, self.now, 1)

    def _person(self, plan: Plan, of_plan: str | None = None) -> str:
        """The person on record, or a new one. Raises Invalid when form, subject and plan are not of one person."""
        place, stated = f"{TYPE}.subject", plan.person.nhs_number
        person = person_of(self.writing, self.subject, place)
        if stated is not None and (wrong := problem(stated, place, synthetic_only=self.components.synthetic_only)):
            raise Invalid(wrong)
        if not agrees(self.writing, person, self.subject, stated):
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
        id = self.components.ids()
        known = put(plan, {"person.nhs_number": self.subject.number})
        keep_made(self.writing, patient_of(known, id=id), id, self.now, 1)
        if self.subject.number is not None:
            self.writing.put_identifier(id, SYSTEM, self.subject.number)
        return id

    def _finished(
        self, stored: StoredResource, person: str, plan_id: str, change: str, translation: Translation[Plan]
    ) -> Recorded:
        today = self.components.today()
        rows = settle(self.writing, self.components, person, today, self.now)
        view = refresh(self.writing, self.components, person, rows)
        version = next(row.version_id for row in rows if row.plan_id == plan_id)
        plan = f"CarePlan/{plan_id}/_history/{version}"
        response = f"{TYPE}/{stored.id}"
        audit(self.writing, "create", self.client, person, (response, plan), self.now)
        announce(self.writing, "plan.recorded", person, self.now, change=change, plan=plan, response=response)
        done = information(IssueType.INFORMATIONAL, f"recorded as {plan} ({change})", TYPE)
        issues = (done, *self.intake.issues, *self.issues, *translation.issues, *_shown(view))
        return Recorded(stored, True, plan, change, tuple(dict.fromkeys(issues)), translation.ledger)


def refresh(
    writing: Writing, components: Components, person: str, rows: Sequence[PlanRow] | None = None
) -> EmergencyView:
    """Make the person's emergency view ready, in the transaction that changed what it says."""
    situation = situation_of_person(writing, components, person, rows)
    current, view = rendered(components, situation, components.today())
    writing.put_current_view(current)
    return view


def _shown(view: EmergencyView) -> list[Issue]:
    """What the crew is now warned of, by its code: the words may name forms and dates."""
    return [
        warning(IssueType.BUSINESS_RULE, f"the emergency view now warns: {each}")
        for each in dict.fromkeys(each.code for each in view.warnings)
    ]


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
