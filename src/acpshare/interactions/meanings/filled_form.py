"""A QuestionnaireResponse: of a form that is known here it makes or corrects a plan, any other is kept as it is.

A form that was recorded is evidence of what was received, so its content never changes: a correction is another form,
sent with `basedOn`. https://hl7.org/fhir/R4/questionnaireresponse.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from acpshare.fhir.json_text import JsonObject, dump, parse
from acpshare.interactions.intake import TYPE
from acpshare.interactions.meanings.plain import PlainMeaning
from acpshare.interactions.meant import is_form
from acpshare.interactions.record import file, received, refusals_logged
from acpshare.interactions.unit import Meaning, Recorded, Unit
from acpshare.outcome import Conflict, Invalid, IssueType, error, warning
from acpshare.storage import PlanState, Reading, StoredResource

EVIDENCE_FREE = ("id", "meta")
"""What of a recorded form may be replaced: its labels, not its content."""


class FilledForm(Meaning):
    """See the module."""

    def __init__(self) -> None:
        self._plain = PlainMeaning()

    def create(self, unit: Unit, resource: JsonObject, text: str, id: str) -> Recorded:
        if not is_form(unit.components, resource):
            done = self._plain.create(unit, resource, text, id)
            return _unread(done)
        with refusals_logged():
            return file(unit, received(unit.components, resource, text.encode()), id)

    def update(self, unit: Unit, before: StoredResource, resource: JsonObject, text: str) -> Recorded:
        was = parse(before.text or b"{}")
        if is_form(unit.components, was):
            if _content(was) != _content(resource):
                what = (
                    "a form that was recorded stays as it was received: send the correction as a new form, with "
                    "basedOn naming the plan; cancel the plan, or enter it in error, by its CarePlan"
                )
                raise Conflict(error(IssueType.BUSINESS_RULE, what, TYPE))
            return Recorded(unit.keep(TYPE, before.id, text, before.person), False, change="update")
        if is_form(unit.components, resource):
            what = "this response is not one of a form that plans are made of; such a form is recorded by a create"
            raise Invalid(error(IssueType.BUSINESS_RULE, what, f"{TYPE}.questionnaire"))
        return _unread(self._plain.update(unit, before, resource, text))

    def delete(self, unit: Unit, before: StoredResource) -> Recorded:
        if before.person is not None and _makes_a_plan(unit.writing, before.person, f"{TYPE}/{before.id}"):
            what = (
                "a plan in force is from this form: cancel the plan (its CarePlan's status revoked), or enter it in "
                "error (entered-in-error), before the form is deleted"
            )
            raise Conflict(error(IssueType.BUSINESS_RULE, what, TYPE, rule="SR10"))
        return self._plain.delete(unit, before)


def _unread(done: Recorded) -> Recorded:
    what = "no form of this name is known here: the response is kept as it is, and no plan is made from it"
    said = warning(IssueType.NOT_SUPPORTED, what, f"{TYPE}.questionnaire")
    return Recorded(done.stored, done.is_new, change=done.change, issues=(said,))


def _content(resource: JsonObject) -> Mapping[str, str]:
    """Each element as text, so that 1.0 is not 1.00."""
    return {name: dump(value) for name, value in resource.items() if name not in EVIDENCE_FREE}


def _makes_a_plan(reading: Reading, person: str, reference: str) -> bool:
    """Whether any version of a plan in force was made from this form."""
    return any(
        reference in _sources(version)
        for row in reading.plans_of(person)
        if row.state is PlanState.CURRENT
        for version in reading.history("Provenance", f"{row.plan_id}-provenance")
    )


def _sources(provenance: StoredResource) -> list[str]:
    said: dict[str, Any] = json.loads(provenance.text or b"{}")
    return [str(entity["what"].get("reference")) for entity in said.get("entity", ())]
