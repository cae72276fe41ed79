"""A view of a plan that comes back edited: what was edited, applied to the plan as it is now.

`basedOn` names the version that was shown, so it is the edit's token: only elements that both this edit and another one
changed meanwhile are in conflict. https://hl7.org/fhir/R4/questionnaireresponse-definitions.html#QuestionnaireResponse.basedOn
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from acpshare.fhir.json_text import JsonObject
from acpshare.interactions.components import Components
from acpshare.interactions.intake import TYPE, Intake
from acpshare.interactions.withheld_plan import is_cut, is_hidden, with_places, without_places
from acpshare.outcome import Conflict, Invalid, Issue, IssueType, Unsafe, error
from acpshare.plan import CATALOGUE, Plan, changed, get, put
from acpshare.plan.codec import load_plan
from acpshare.storage import PlanRow, PlanState, Reading
from acpshare.translation import Translation, update
from acpshare.translation.safety import plan_issues

_CARE_PLAN = re.compile(r"CarePlan/([A-Za-z0-9\-.]{1,64})(?:/_history/([1-9][0-9]{0,8}))?", re.ASCII)
_REQUEST = re.compile(r"(?:^|/)ServiceRequest/", re.ASCII)
"""What else a form may be based on. Whatever is neither could be the plan that it was meant to edit."""
PLACE = f"{TYPE}.basedOn"


@dataclass(frozen=True, slots=True)
class Named:
    """The plan, and its version if that was said, on which a response is based."""

    plan_id: str
    version_id: int | None


@dataclass(frozen=True, slots=True)
class Edit:
    """The plan as it was last, the plan with the edit in it, and the elements that the edit changed."""

    row: PlanRow
    plan: Plan
    changes: frozenset[str]
    translation: Translation[Plan]


def is_care_plan(reference: object, base_url: str) -> bool:
    """Whether a Reference leads to a CarePlan of this server."""
    said = reference.get("reference") if isinstance(reference, dict) else None
    return isinstance(said, str) and _CARE_PLAN.fullmatch(said.removeprefix(f"{base_url}/")) is not None


def plan_named(resource: JsonObject, base_url: str) -> Named | None:
    """The plan that the response is an edit of, if it is one. Raises Invalid for two."""
    references = [str(each.get("reference", "")).removeprefix(f"{base_url}/") for each in resource.get("basedOn", ())]
    found = [match for reference in references if (match := _CARE_PLAN.fullmatch(reference))]
    if len(found) > 1:
        raise Invalid(error(IssueType.BUSINESS_RULE, "a form is an edit of one plan only (SR18)", PLACE, rule="SR18"))
    if not found:
        if any(_REQUEST.search(reference) is None for reference in references):
            raise Invalid(error(IssueType.VALUE, "basedOn is not a reference to a CarePlan of this server", PLACE))
        return None
    return Named(found[0][1], int(found[0][2]) if found[0][2] else None)


def edited_plan(components: Components, reading: Reading, intake: Intake, named: Named) -> Edit:
    """The edit, applied to the plan as it is now. Raises Invalid, Unsafe or Conflict."""
    row, baseline = _versions(reading, named)
    shown = load_plan(baseline.plan)
    hidden = is_cut(intake.resource) or is_hidden(reading, row.person)
    seen = without_places(shown) if hidden else shown
    translation = update(intake.mapping, seen, intake.response, components.today())
    if translation.value is None:
        errors = tuple(issue for issue in translation.issues if issue.is_error)
        raise (Unsafe if translation.is_unsafe else Invalid)(*errors)
    if row.state is PlanState.SUPERSEDED and (translation.changes or translation.signed):
        what = "this plan has been superseded meanwhile: show the person's current plan and edit that"
        raise Conflict(error(IssueType.CONFLICT, what, PLACE))
    now = load_plan(row.plan)
    if translation.signed and changed(shown, now):
        what = (
            "the plan was changed after this form was shown: a signature is for what was shown. "
            "Show the form again, look at what is different, and sign that"
        )
        raise Conflict(error(IssueType.CONFLICT, what, PLACE, rule="SR7"))
    edited = with_places(translation.value, shown) if hidden else translation.value
    if row.version_id == baseline.version_id:
        return Edit(row, edited, translation.changes, translation)
    merged = _merged(shown, edited, now, translation.changes)
    unsafe = [issue for issue in plan_issues(merged, components.today()) if issue.is_error]
    if unsafe:
        raise Conflict(*unsafe)
    changes = frozenset(path for path in translation.changes if get(now, path) != get(merged, path))
    return Edit(row, merged, changes, translation)


def _versions(reading: Reading, named: Named) -> tuple[PlanRow, PlanRow]:
    """The plan as it is now, and as it was shown."""
    care_plan = reading.resource("CarePlan", named.plan_id)
    person = care_plan.person if care_plan is not None else None
    row = reading.plan(person, named.plan_id) if person is not None else None
    if row is None:
        raise Invalid(error(IssueType.NOT_FOUND, "there is no such plan here", PLACE))
    if row.state is PlanState.ENTERED_IN_ERROR:
        raise Conflict(error(IssueType.CONFLICT, "this plan was entered in error", PLACE))
    if named.version_id is None:
        return row, row
    baseline = reading.plan_version(row.person, row.plan_id, named.version_id)
    if baseline is None:
        raise Invalid(error(IssueType.NOT_FOUND, "there is no such version of the plan", PLACE))
    return row, baseline


def _merged(shown: Plan, edited: Plan, now: Plan, changes: frozenset[str]) -> Plan:
    """The plan now, with the edit's elements. Raises Conflict, naming every element that both have changed."""
    both = [
        path
        for path in CATALOGUE
        if path in changes and get(now, path) != get(shown, path) and get(now, path) != get(edited, path)
    ]
    if both:
        issues: list[Issue] = [
            error(IssueType.CONFLICT, f"{path} was changed meanwhile by another edit, to something else", path)
            for path in both
        ]
        raise Conflict(*issues)
    return put(now, {path: get(edited, path) for path in changes})
