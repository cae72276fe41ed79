"""A filled form as it arrives: read, checked as FHIR and taken apart, with every problem at once.

https://hl7.org/fhir/R4/questionnaireresponse.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.fhir.questionnaire_response import form_id, read_response
from acpshare.fhir.validation import validate
from acpshare.forms import FormResponse
from acpshare.interactions.components import Components
from acpshare.interactions.modifiers import not_ignored
from acpshare.outcome import Invalid, Issue, IssueType, error
from acpshare.plan import Plan
from acpshare.translation import CompiledMapping, Translation, read

TYPE = "QuestionnaireResponse"


_ITEM = re.compile(r"QuestionnaireResponse(?:\.item\[[0-9]+\])*", re.ASCII)
_CHOICE = re.compile(r"\.value[A-Z][A-Za-z]*$", re.ASCII)
PASSES = 4
"""How often what is wrong is left out and the rest is looked at again: a fault can hide another behind it."""

MOST_ITEMS = 5_000
"""Items and answers of one form; no edition has more than a few hundred, and every fault is looked into."""


@dataclass(frozen=True, slots=True)
class Intake:
    """A form that can be read: the resource, what was filled in, the plan it states, and what was noticed.

    The translation may still be a refusal, but for a safety rule only.
    """

    resource: JsonObject
    response: FormResponse
    mapping: CompiledMapping
    translation: Translation[Plan]
    issues: tuple[Issue, ...]


def examine(components: Components, resource: JsonObject) -> tuple[Intake | None, tuple[Issue, ...]]:
    """The form, or None when anything is wrong with it, and everything that was noticed, each fault once."""
    if _is_too_long(resource):
        what = f"the form has more than {MOST_ITEMS} items and answers"
        return None, (error(IssueType.TOO_COSTLY, what, f"{TYPE}.item"),)
    issues = not_ignored(validate(resource, expected_type=TYPE))
    if resource.get("resourceType") != TYPE:
        return None, tuple(issues)
    response, more = read_response(resource)
    issues += _new(more, issues)
    form = components.mappings.get(form_id(str(resource.get("questionnaire"))) or "")
    if form is None:
        what = "no form of this name is known here; Questionnaire lists those that are"
        issues += _new([error(IssueType.NOT_FOUND, what, f"{TYPE}.questionnaire")], issues)
        return None, tuple(issues)
    translation = read(form, response, components.today()) if response is not None else None
    if translation is not None:
        issues += _new(_faults(translation), issues)
    if response is None or translation is None or any(issue.is_error for issue in issues):
        return None, (*issues, *_behind(form, resource, issues))
    return Intake(resource, response, form, translation, tuple(issues)), tuple(issues)


def _is_too_long(resource: JsonObject) -> bool:
    """Whether there are more items and answers than any form has, at whatever depth."""
    count, pending = 0, [resource]
    while pending:
        holder = pending.pop()
        for listed in (holder.get("item"), holder.get("answer")):
            if isinstance(listed, list):
                count += len(listed)
                if count > MOST_ITEMS:
                    return True
                pending += (each for each in listed if isinstance(each, dict))
    return False


def take_in(components: Components, body: bytes, max_bytes: int) -> Intake:
    """The form in a body. Raises Malformed, TooLarge or Invalid."""
    return take_in_resource(components, parse(body, max_bytes=max_bytes))


def take_in_resource(components: Components, resource: JsonObject, beside: Iterable[Issue] = ()) -> Intake:
    """The form in a resource. Raises Invalid with every problem, those found `beside` included."""
    found, issues = examine(components, resource)
    wrong = tuple(beside)
    if found is None or any(issue.is_error for issue in wrong):
        raise Invalid(*issues, *_new(wrong, issues))
    return found


def _faults(translation: Translation[Plan]) -> list[Issue]:
    """What is wrong with the answers themselves; what a safety rule says is said of a form that is right."""
    return [issue for issue in translation.issues if issue.is_error and issue.rule is None]


def _new(found: Iterable[Issue], known: Iterable[Issue]) -> list[Issue]:
    """What says something about a place of which nothing was said yet: one fault is reported once."""
    places = {_place(place) for issue in known if issue.is_error for place in issue.expression}
    return [issue for issue in found if not (issue.is_error and places & {_place(each) for each in issue.expression})]


def _place(expression: str) -> str:
    """FHIRPath calls a choice by its stem: `value`, whichever type it has."""
    return _CHOICE.sub(".value", expression)


def _behind(form: CompiledMapping, resource: JsonObject, issues: list[Issue]) -> list[Issue]:
    """What is wrong with the other answers, so that all can be mended in one go.

    The faulty answers are left out, so what is missing is not to be complained of: it may be one of them. Last, the
    faulty items are taken out altogether; what is then found is named by its linkId, for the places have moved.
    """
    found: list[Issue] = []
    for moved in (*[False] * PASSES, True):
        broken = {_item(place) for issue in (*issues, *found) if issue.is_error for place in issue.expression}
        left_out: set[str] = set()
        items = _pruned(resource.get("item"), f"{TYPE}.item", broken, left_out, drop=moved)
        response, _ = read_response({"resourceType": TYPE, "questionnaire": form.definition.url, "item": items})
        if response is None or not items:
            continue
        fresh = (each for each in _new(_faults(read(form, response)), (*issues, *found)) if _is_sure(each, left_out))
        found += (each for each in fresh if not (moved and any(".item[" in place for place in each.expression)))
    return found


def _is_sure(issue: Issue, left_out: set[str]) -> bool:
    """Whether the issue would be there too if nothing had been left out."""
    on_gap = any(holder in left_out for place in issue.expression for holder in _holders(_item(place)))
    return issue.code is not IssueType.REQUIRED and not on_gap


def _item(place: str) -> str:
    """The innermost item in which a place is."""
    match = _ITEM.match(place)
    return match[0] if match else place


def _holders(item: str) -> Iterable[str]:
    """The item, and every item round it."""
    while item:
        yield item
        item = item.rpartition(".")[0]


def _pruned(items: Any, place: str, broken: set[str], left_out: set[str], *, drop: bool) -> list[JsonObject]:
    """The items without those of which something is wrong, which leave their place empty or go altogether."""
    kept: list[JsonObject] = []
    for index, item in enumerate(items if isinstance(items, list) else ()):
        at = f"{place}[{index}]"
        link_id = item.get("linkId") if isinstance(item, dict) else None
        if at in broken or not isinstance(item, dict) or not isinstance(link_id, str):
            left_out.add(at)
            if not drop:
                kept.append({"linkId": link_id if isinstance(link_id, str) and link_id.strip() else "?"})
            continue
        copy = dict(item)
        if item.get("item"):
            copy["item"] = _pruned(item["item"], f"{at}.item", broken, left_out, drop=drop)
            if not copy["item"]:
                continue
        kept.append(copy)
    return kept
