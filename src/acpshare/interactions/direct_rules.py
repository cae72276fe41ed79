"""What a plan's resources may not be changed into, by whoever changes them: every reason at once, with its place.

A change is taken as it is, or refused; nothing of it is guessed. The safety rules are those of forms (clinical rules
SR1 to SR18 in docs/explanation/safety.md). https://hl7.org/fhir/R4/http.html#update
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan import from_resources
from acpshare.fhir.plan.goals import FOCUS_TEXT
from acpshare.fhir.plan.read_activities import treatment_path
from acpshare.fhir.systems import SNOMED, VALUES
from acpshare.fhir.three_way import same
from acpshare.interactions.merging import Key, part_of
from acpshare.outcome import Issue, IssueType, Severity, error
from acpshare.plan import CATALOGUE, Plan, get, is_stated
from acpshare.plan.decision import deciding_signatures
from acpshare.plan.values import latest_day
from acpshare.storage import PlanRow, PlanState
from acpshare.translation.update import only_by_signing

ENDED = ("revoked", "completed")
"""What a CarePlan's status says of a plan that no longer stands."""
FIXED = {
    "record.form": ("SR7", "the form on which the plan was made, and was signed"),
    "record.jurisdiction": ("SR16", "the law under which the plan was made"),
    "signatures": ("SR7", "who signed: a signature is given on a form"),
}
"""Elements of a plan that only a form can state."""
_STATUSES: Mapping[str, tuple[str, frozenset[str]]] = {
    "Goal": ("lifecycleStatus", frozenset({"proposed", "planned", "accepted", "active", "on-hold"})),
    "Observation": ("status", frozenset({"registered", "preliminary", "final", "amended", "corrected"})),
    "Communication": ("status", frozenset({"preparation", "in-progress", "on-hold", "completed"})),
}
"""Statuses with which a part of a plan still says what the plan says."""
_ENDED_ACTIVITY = frozenset({"completed", "cancelled", "stopped", "entered-in-error"})


@dataclass(frozen=True, slots=True)
class Change:
    """One resource of a plan, before and after, and the plan as all its resources state it, before and after."""

    row: PlanRow
    key: Key
    before: JsonObject
    after: JsonObject
    was: Plan
    now: Plan
    others: tuple[JsonObject, ...]
    """The plan's other resources."""
    person: str | None
    """Whom the resource is about now."""
    read: tuple[Issue, ...]
    """What reading the plan now had to say."""

    @property
    def type(self) -> str:
        return self.key[0]

    @property
    def is_status_new(self) -> bool:
        return bool(self.before.get("status") != self.after.get("status"))


Found = Iterator[Issue]


def refusals(change: Change) -> tuple[Issue, ...]:
    """Why the change cannot be taken; empty where it can."""
    return tuple(dict.fromkeys(issue for rule in _RULES for issue in rule(change)))


def _refused(what: str, place: str, rule: str | None = None) -> Issue:
    return error(IssueType.BUSINESS_RULE, what, place, rule=rule)


def _same_person(change: Change) -> Found:
    element = "patient" if change.type in ("Consent", "RelatedPerson") else "subject"
    if change.type != "PractitionerRole" and change.person != change.row.person:
        what = "a part of one person's plan cannot become another person's, nor nobody's"
        yield error(IssueType.CONFLICT, what, f"{change.type}.{element}")


def _plan_status(change: Change) -> Found:
    """A plan stands or it does not: a crew cannot act on anything between."""
    if change.type != "CarePlan":
        return
    place, status, state = "CarePlan.status", change.after.get("status"), change.row.state
    if change.is_status_new and state is PlanState.ENTERED_IN_ERROR:
        yield _refused("this plan was entered in error; a decision that stands is recorded by its form", place, "SR10")
    elif change.is_status_new and status == "active":
        what = "a plan that has ended is not brought back by its status: record the form that decides so"
        yield _refused(what, place, "SR10")
    elif change.is_status_new and status not in (*ENDED, "entered-in-error"):
        what = "a plan stands (active), has ended (revoked), or was entered in error; this status says none of these"
        yield _refused(what, place, "SR10")
    if change.before.get("intent") != change.after.get("intent"):
        yield _refused("the intent of a plan does not change", "CarePlan.intent")
    ends = change.after.get("period", {}).get("end")
    if ends != change.before.get("period", {}).get("end") and status not in (*ENDED, "entered-in-error"):
        what = "a plan ends when it is cancelled (status revoked) and not by a date: a review date ends nothing"
        yield _refused(what, "CarePlan.period.end", "SR9")


def _part_status(change: Change) -> Found:
    part = part_of(change.before)
    if part is None:
        return
    if part_of(change.after) is not part:
        what = "the extension that says which part of the plan this is was changed or taken out"
        yield _refused(what, f"{change.type}.extension", "SR17")
    element, standing = _STATUSES.get(change.type, ("", frozenset()))
    if (
        element
        and change.before.get(element) != change.after.get(element)
        and change.after.get(element) not in standing
    ):
        what = "with this status it would say nothing, and the plan still says it: delete the resource to take it out"
        yield _refused(what, f"{change.type}.{element}", "SR17")
    if change.after.get("active") is False:
        what = "the plan names this contact: delete the resource to take it out of the plan"
        yield _refused(what, f"{change.type}.active", "SR17")
    if change.type == "Consent" and change.is_status_new and change.after.get("status") not in (
        "active", "inactive", "rejected",
    ):  # fmt: skip
        what = "a legal instrument stands (active) or was withdrawn (inactive); this status says neither"
        yield _refused(what, "Consent.status", "SR5")


def _activities(change: Change) -> Found:
    if change.type != "CarePlan" or change.is_status_new:
        return
    known = [each.get("detail", {}) for each in change.before.get("activity", ())]
    for index, activity in enumerate(change.after.get("activity", ())):
        detail = activity.get("detail", {})
        place = f"CarePlan.activity[{index}].detail"
        if treatment_path(detail) is None or any(same(detail, each) for each in known):
            continue
        if detail.get("status") in _ENDED_ACTIVITY and change.before.get("status") not in ENDED:
            what = (
                "a decision is taken out of the plan by leaving its activity out; this status would leave it standing"
            )
            yield _refused(what, f"{place}.status", "SR2")
        codings = detail.get("code", {}).get("coding", ())
        paths = {treatment_path({"code": {"coding": [each]}}) for each in codings} - {None}
        if len(paths) > 1:
            yield _refused("the codes name different treatments", f"{place}.code", "SR2")


def _read_as_before(change: Change) -> Found:
    """What is new in how the plan reads: a warning there is something that would be lost or misread."""
    wrong = [issue for issue in change.read if issue.severity is not Severity.INFORMATION]
    noticed = set(from_resources([*change.others, change.before])[1]) if wrong else set()
    for issue in wrong:
        if issue not in noticed:
            yield error(issue.code, issue.diagnostics, *issue.expression, rule=issue.rule)


def _lost(change: Change) -> Found:
    """A value that the plan had, and that stands now where nobody reads it."""
    part = part_of(change.before)
    for slot in part.slots if part is not None else ():
        root = slot.home.partition(".")[0].partition("[")[0].partition(" ")[0]
        was, now = slot.get(change.before), slot.get(change.after)
        if was is not None and now is None and _holds(change.after, root):
            yield _refused(f"the plan reads {slot.home}, and finds nothing there", f"{change.type}.{root}", "SR17")
    if change.type == "CarePlan":
        unread = [_unread(each) for each in (change.before, change.after)]
        if unread[1] > unread[0]:
            yield from (
                _refused(f"this decision was in the plan, and its code cannot be read now: {path}", place, "SR17")
                for path, place in _decisions_gone(change)
            )


def _holds(resource: JsonObject, root: str) -> bool:
    stem = "value" if root.startswith("value") else root
    return any(name == stem or (stem == "value" and name.startswith(stem)) for name in resource)


def _unread(care_plan: JsonObject) -> int:
    return sum(treatment_path(each.get("detail", {})) is None for each in care_plan.get("activity", ()))


def _decisions_gone(change: Change) -> Iterator[tuple[str, str]]:
    for path in (each for each in CATALOGUE if each.startswith("treatments.") or each == "cpr.decision"):
        if is_stated(get(change.was, path)) and not is_stated(get(change.now, path)):
            yield path, "CarePlan.activity"


def _codes_agree(change: Change) -> Found:
    """Words or SNOMED codes that were changed beside a code of ours that was not: which of them is meant?"""
    part = part_of(change.before)
    if part is None:
        return
    for slot in part.slots:
        value, root = slot.get(change.after), slot.home.partition(" ")[0]
        said = change.after.get(root)
        if not isinstance(value, str) or "(" not in slot.home or not isinstance(said, dict):
            continue
        snomed = {each.get("code") for each in said.get("coding", ()) if each.get("system") == SNOMED}
        others = {term.code for (path, code), term in VALUES.items() if path == part.prefix and code != value}
        if snomed & others:
            yield _refused("the codes say different things: change them all", f"{change.type}.{root}.coding", "SR2")
        unchanged = slot.get(change.before) == value
        if value in FOCUS_TEXT and unchanged and said.get("text") != change.before[root].get("text"):
            yield _refused("the words were changed and the code was not", f"{change.type}.{root}.text", "SR2")


def _telephone(change: Change) -> Found:
    part = part_of(change.before)
    if part is None or not any(slot.home == "telecom[0].value" for slot in part.slots):
        return
    first: JsonObject = next(iter(change.after.get("telecom", ())), {})
    if first.get("system") not in (None, "phone"):
        what = "the first contact point is the telephone: others stand after it"
        yield _refused(what, f"{change.type}.telecom[0].system", "SR17")


def _fixed(change: Change) -> Found:
    for path, (rule, what) in FIXED.items():
        if get(change.was, path) != get(change.now, path):
            yield _refused(f"{path} is {what}: only a form can state it", f"CarePlan.extension('{path}')", rule)


def _review(change: Change) -> Found:
    """A decision for seven days must not become one without an end because a records system says so."""
    was, now = change.was.review, change.now.review
    if was is None or was.date is None or now == was or not deciding_signatures(change.was):
        return
    if now is None or now.date is None or latest_day(now.date) > latest_day(was.date):
        what = "the review of a signed plan is not put off nor taken out by a direct change: a form states the review"
        yield _refused(what, "CarePlan.extension('review')", "SR9")


def _safety(change: Change) -> Found:
    yield from only_by_signing(change.was, change.now)
    pairs: tuple[tuple[Any, Any], ...] = tuple(
        zip(change.was.legal.advance_decisions, change.now.legal.advance_decisions, strict=False)
    )
    for index, (was, now) in enumerate(pairs):
        if was.circumstances and not now.circumstances:
            what = "the circumstances of an advance decision were taken out: it would refuse more than it does"
            yield _refused(what, f"legal.advance_decisions[{index}]", "SR6")
    if len(change.now.legal.advance_decisions) < len(change.was.legal.advance_decisions):
        yield _refused("an advance decision is not taken out: it is withdrawn (inactive)", change.type, "SR5")


_RULES: tuple[Callable[[Change], Found], ...] = (
    _same_person,
    _plan_status,
    _part_status,
    _activities,
    _read_as_before,
    _lost,
    _codes_agree,
    _telephone,
    _fixed,
    _review,
    _safety,
)
