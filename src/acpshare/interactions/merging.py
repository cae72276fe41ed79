"""What is kept of each resource of a plan: what the service makes, with what clients added to it.

A client's element that the plan has no place for stays on its resource when the plan changes. Entries of a list (an
emergency contact) are known by what they are about and never by their number: nobody gets another's telephone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.fhir.plan import from_resources
from acpshare.fhir.plan.parts import Part, base_mark
from acpshare.fhir.plan.plan_element import marked
from acpshare.fhir.plan.read_activities import treatment_path
from acpshare.fhir.plan.table import BY_MARK
from acpshare.fhir.three_way import merged, same, without_server_elements
from acpshare.outcome import Invalid, IssueType, error
from acpshare.plan import Plan

Key = tuple[str, str]
"""Type and id."""


MADE = frozenset(
    {
        "CarePlan",
        "Consent",
        "Flag",
        "Goal",
        "Observation",
        "Communication",
        "RelatedPerson",
        "PractitionerRole",
        "Provenance",
    }
)
"""The types that a plan is made into."""


_NARRATIVE = ("text",)
_ONLY_MADE: Mapping[str, tuple[str, ...]] = {
    "CarePlan": ("text", "subject", "created", "author", "replaces"),
    "Flag": ("text", "subject"),
    "Consent": ("text", "patient"),
    "Goal": ("text", "subject"),
    "Observation": ("text", "subject"),
    "Communication": ("text", "subject"),
    "RelatedPerson": ("text", "patient"),
}
"""Elements that are made from the plan and never taken from a client, by type."""
_AT_LEAST: Mapping[str, tuple[str, ...]] = {"CarePlan": ("category", "goal", "supportingInfo")}
"""Lists by which a plan and its parts are found: a client adds to them, and takes nothing out."""


@dataclass(frozen=True, slots=True)
class Put:
    """One resource of a plan as a client sends it, with the text that it came in."""

    resource: JsonObject
    text: str

    @property
    def key(self) -> Key:
        return key_of(self.resource)


def is_of_plan(id: str, plan_id: str) -> bool:
    """Whether an id is of a resource that is made from the plan."""
    return id == plan_id or id.startswith(f"{plan_id}-")


def made_again(sent: JsonObject, made: JsonObject) -> JsonObject:
    """What a client sends, with what is only ever made from the plan as it is made: nobody reads the plan from there.

    Words beside a decision that say something else, another author, another name beside the person: somebody who looks
    at nothing else would act on them. What is new beside a decision is made too, so it is left out here.
    """
    type = made["resourceType"]
    own = {name: made[name] for name in _ONLY_MADE.get(type, _NARRATIVE) if name in made}
    kept = {name: value for name, value in sent.items() if name in own or name not in _ONLY_MADE.get(type, _NARRATIVE)}
    again = kept | own
    for name in _AT_LEAST.get(type, ()):
        missing = [each for each in made.get(name, ()) if not any(same(each, held) for held in again.get(name, ()))]
        if missing:
            again[name] = [*again.get(name, ()), *missing]
    if type == "CarePlan" and "activity" in again:
        decided = {marked(detail) or treatment_path(detail): detail for detail in _details(made)}
        again["activity"] = [_activity_again(each, decided) for each in again["activity"]]
    return again


def _details(care_plan: JsonObject) -> Iterator[JsonObject]:
    return (each["detail"] for each in care_plan.get("activity", ()) if "detail" in each)


def _activity_again(activity: JsonObject, decided: Mapping[str | None, JsonObject]) -> JsonObject:
    detail = activity.get("detail")
    path = treatment_path(detail) if detail is not None else None
    if detail is None or path is None:
        return activity
    made = decided.get(marked(detail) or path, {})
    words = {"description": made["description"]} if "description" in made else {}
    left = {name: value for name, value in detail.items() if name != "description"}
    return activity | {"detail": left | words | {"code": _code_again(path, detail["code"], made.get("code", {}))}}


def _code_again(path: str, code: JsonObject, made: JsonObject) -> JsonObject:
    """The code of a decision with its own words; those of a treatment that the plan does not list are its name."""
    words = {each["code"]: each.get("display") for each in made.get("coding", ())}
    codings = [
        {name: value for name, value in each.items() if name != "display" or each.get("code") not in words}
        | ({"display": words[each["code"]]} if words.get(each.get("code")) else {})
        for each in code.get("coding", ())
    ]
    again = code | ({"coding": codings} if codings else {})
    if path == "treatments.other":
        return again
    return {name: value for name, value in again.items() if name != "text"} | (
        {"text": made["text"]} if "text" in made else {}
    )


def key_of(resource: JsonObject) -> Key:
    return resource["resourceType"], resource["id"]


def brought_together(
    plan: Plan,
    made: Iterable[JsonObject],
    earlier: Mapping[Key, JsonObject],
    changed: Mapping[Key, bytes],
    put: Put | None,
) -> list[JsonObject]:
    """Every resource as it is to be kept. `changed` holds those that are not as they were made `earlier`.

    What is kept must read as the plan again: else a client's resource is refused, and otherwise what is made is kept.
    """
    ours = list(made)
    theirs = {key: without_server_elements(parse(text)) for key, text in changed.items()}
    if put is not None:
        theirs[put.key] = put.resource
    if not theirs:
        return ours
    together = [_together(each, earlier, theirs, put) for each in ours]
    if from_resources(together)[0] == plan:
        return together
    if put is not None:
        what = "this change cannot be kept as it is and read again as the same plan"
        raise Invalid(error(IssueType.NOT_SUPPORTED, what, put.key[0]))
    return ours


def _together(
    made: JsonObject, earlier: Mapping[Key, JsonObject], theirs: Mapping[Key, JsonObject], put: Put | None
) -> JsonObject:
    key = key_of(made)
    if put is not None and key == put.key:
        return merged(earlier.get(key, made), put.resource, made, prefer_theirs=True)
    part = part_of(made)
    if part is None or not part.repeats:
        if key not in theirs or key not in earlier:
            return made
        return _follows(earlier[key], theirs[key], made)
    found = _entry(part, made, earlier, {each: theirs[each] for each in theirs if put is None or each != put.key})
    if found is None:
        return made
    moved = {"id": made["id"], "extension": made["extension"]}
    base, said = earlier[found], theirs[found]
    return merged(base | moved, said | _remarked(said, base, made), made)


def _entry(
    part: Part, made: JsonObject, earlier: Mapping[Key, JsonObject], theirs: Mapping[Key, JsonObject]
) -> Key | None:
    """The entry of a list that is what is made now: the same one unchanged, or one that is about the same."""
    own = key_of(made)
    if own in theirs and own in earlier and same(earlier[own], made):
        return own
    known = [each for each in earlier if part_of(earlier[each]) is part and _is_about(part, earlier[each], made)]
    found = own if own in known else known[0] if len(known) == 1 else None
    return found if found in theirs else None


def _follows(base: JsonObject, theirs: JsonObject, made: JsonObject) -> JsonObject:
    """An alert, or the Consent of a CPR decision, is about one decision: when that changes, all of it is made anew."""
    if part_of(made) is not None or made["resourceType"] not in ("Flag", "Consent") or same(base, made):
        return merged(base, theirs, made)
    return {name: value for name, value in theirs.items() if name not in base} | made


def _remarked(said: JsonObject, base: JsonObject, made: JsonObject) -> JsonObject:
    """The client's extensions on an entry whose number has changed: the plan's own are made anew."""
    own = base.get("extension", ())
    added = [each for each in said.get("extension", ()) if not any(same(each, known) for known in own)]
    return {"id": made["id"], "extension": [*made.get("extension", ()), *added]}


def part_of(resource: JsonObject) -> Part | None:
    """The part of the plan that a resource is; the CarePlan, alerts and Provenance are none."""
    mark = marked(resource)
    return BY_MARK.get((resource["resourceType"], base_mark(mark))) if mark is not None else None


def _is_about(part: Part, one: JsonObject, other: JsonObject) -> bool:
    """Whether two entries of a list are about the same: the first thing that they say of themselves is equal."""

    def first(resource: JsonObject) -> Any:
        return next((value for slot in part.slots if (value := slot.get(resource)) is not None), None)

    return first(one) is not None and same(first(one), first(other))
