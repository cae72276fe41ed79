"""A Consent: a legal instrument of its own (SR5), a part of a plan, or any other agreement, which is kept as it is.

An advance decision to refuse treatment, and an attorney's authority, join what a crew sees in the same transaction; no
form makes them, changes them or ends them. https://hl7.org/fhir/R4/consent.html
"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.interactions import once
from acpshare.interactions.instrument_intake import TYPE, checked_instrument, person_for
from acpshare.interactions.instruments import NOT_SAID, advance_decision, is_advance_decision, is_attorney
from acpshare.interactions.meanings.plan_part import PlanPart, row_of
from acpshare.interactions.unit import Recorded, Unit
from acpshare.outcome import Conflict, Invalid, Issue, IssueType, error, information
from acpshare.storage import StoredResource


class ConsentMeaning(PlanPart):
    """See the module."""

    def create(self, unit: Unit, resource: JsonObject, text: str, id: str) -> Recorded:
        if not is_instrument(resource):
            return super().create(unit, resource, text, id)
        subject, issues = checked_instrument(unit.components, resource)
        keys, _ = once.keys_of(TYPE, resource, None)
        known = once.known(unit.writing, unit.known, TYPE, keys, (), text.encode(), edited=False)
        if known is not None:
            what = "this Consent was recorded before; nothing was stored again"
            return Recorded(known.stored, is_new=False, issues=(information(IssueType.INFORMATIONAL, what),))
        person = person_for(unit, subject)
        done = Recorded(unit.keep(TYPE, id, text, person), is_new=True, change="create", issues=issues)
        unit.persons.add(person)
        unit.remember(keys, text.encode(), done)
        return done

    def update(self, unit: Unit, before: StoredResource, resource: JsonObject, text: str) -> Recorded:
        was = parse(before.text or b"{}")
        if row_of(unit, before) is not None or not (is_instrument(was) or is_instrument(resource)):
            return super().update(unit, before, resource, text)
        subject, issues = checked_instrument(unit.components, resource)
        person = person_for(unit, subject)
        if is_instrument(was):
            wrong = [*_another(was, resource), *_wider(was, resource)]
            wrong += [_other_person()] if person != before.person else []
            if wrong:
                raise Invalid(*wrong)
        unit.persons |= {person, *([before.person] if before.person is not None else [])}
        return Recorded(unit.keep(TYPE, before.id, text, person), False, change="update", issues=issues)

    def delete(self, unit: Unit, before: StoredResource) -> Recorded:
        was = parse(before.text or b"{}")
        if row_of(unit, before) is None and is_instrument(was) and was.get("status") not in NOT_SAID:
            what = (
                "a legal instrument is not deleted: set its status to inactive when it was withdrawn, or to "
                "entered-in-error when it never was one"
            )
            raise Conflict(error(IssueType.BUSINESS_RULE, what, TYPE, rule="SR5"))
        return super().delete(unit, before)


def is_instrument(consent: JsonObject) -> bool:
    """Whether a crew is shown it: an advance decision, or an attorney's authority."""
    return is_advance_decision(consent) or is_attorney(consent)


def _another(was: JsonObject, now: JsonObject) -> list[Issue]:
    """A binding refusal must not vanish by becoming something else."""
    issues = []
    if is_advance_decision(was) is not is_advance_decision(now) or is_attorney(was) is not is_attorney(now):
        what = "a legal instrument does not become another, or none: set its status to inactive, and record the other"
        issues.append(error(IssueType.BUSINESS_RULE, what, f"{TYPE}.category", rule="SR5"))
    if was.get("status") not in NOT_SAID and now.get("status") in NOT_SAID - {"entered-in-error"}:
        what = (
            "a recorded instrument is no draft: inactive says that it was withdrawn, entered-in-error that it never was"
        )
        issues.append(error(IssueType.BUSINESS_RULE, what, f"{TYPE}.status", rule="SR5"))
    return issues


def _other_person() -> Issue:
    return error(IssueType.CONFLICT, "one person's instrument cannot become another person's", f"{TYPE}.patient")


def _wider(was: JsonObject, now: JsonObject) -> list[Issue]:
    """A refusal in certain circumstances, or for a time, must not become one in all because an update left them out."""
    if not advance_decision(was).circumstances or advance_decision(now).circumstances or now.get("status") in NOT_SAID:
        return []
    what = (
        "the circumstances of this advance decision were taken out: it would refuse more than the person did. If it "
        "was recorded wrongly, set it to entered-in-error and record what was decided"
    )
    return [error(IssueType.BUSINESS_RULE, what, f"{TYPE}.modifierExtension", rule="SR6")]
