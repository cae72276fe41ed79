"""A filled form as it arrives: read, checked as FHIR and taken apart, with every problem at once.

https://hl7.org/fhir/R4/questionnaireresponse.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.fhir.questionnaire_response import read_response
from acpshare.fhir.validation import validate
from acpshare.forms import FormResponse
from acpshare.interactions.components import Components
from acpshare.outcome import Invalid, Issue, IssueType, error
from acpshare.translation import CompiledMapping, read

TYPE = "QuestionnaireResponse"


@dataclass(frozen=True, slots=True)
class Intake:
    """A form that can be read: the resource, what was filled in, and what was noticed without being wrong."""

    resource: JsonObject
    response: FormResponse
    mapping: CompiledMapping
    issues: tuple[Issue, ...]


def take_in(components: Components, body: bytes, max_bytes: int) -> Intake:
    """The form in a body. Raises Malformed, TooLarge or Invalid."""
    return take_in_resource(components, parse(body, max_bytes=max_bytes))


def take_in_resource(components: Components, resource: JsonObject) -> Intake:
    """The form in a resource. Raises Invalid with every problem."""
    found, issues = examine(components, resource)
    if found is None:
        raise Invalid(*issues)
    return found


def examine(components: Components, resource: JsonObject) -> tuple[Intake | None, tuple[Issue, ...]]:
    """The form, or None, with everything that was noticed."""
    issues = list(validate(resource, expected_type=TYPE))
    response, more = read_response(resource) if resource.get("resourceType") == TYPE else (None, ())
    issues += _new(more, issues)
    mapping = components.mappings.get(response.form) if response is not None else None
    if response is not None and mapping is None:
        what = "no form of this name is known here; Questionnaire lists those that are"
        issues.append(error(IssueType.NOT_FOUND, what, f"{TYPE}.questionnaire"))
    if response is None:
        issues += _new(_of_sound_answers(components, resource, issues), issues)
    if mapping is None or response is None or any(issue.is_error for issue in issues):
        return None, tuple(issues)
    return Intake(resource, response, mapping, tuple(issues)), tuple(issues)


def _new(found: Iterable[Issue], known: list[Issue]) -> list[Issue]:
    """What says something about a place of which nothing was said yet: one fault is reported once."""
    places = {place for issue in known if issue.is_error for place in issue.expression}
    return [issue for issue in found if not (issue.is_error and places & set(issue.expression))]


def _of_sound_answers(components: Components, resource: JsonObject, issues: list[Issue]) -> list[Issue]:
    """What is wrong with the answers that can be read, when others cannot: so that all is mended in one go.

    The unreadable answers are left out, so what is missing is not to be complained of: it may be one of them.
    """
    broken = {place for issue in issues if issue.is_error for place in issue.expression}
    pruned = {**resource, "item": _pruned(resource.get("item"), f"{TYPE}.item", broken)}
    if not pruned["item"]:
        return []
    response, _ = read_response(pruned)
    mapping = components.mappings.get(response.form) if response is not None else None
    if response is None or mapping is None:
        return []
    found = read(mapping, response).issues
    return [each for each in found if each.is_error and each.rule is None and each.code is not IssueType.REQUIRED]


def _pruned(items: Any, place: str, broken: set[str]) -> list[JsonObject]:
    """The items without every answer, and every item, of which something is wrong."""
    kept = []
    for index, item in enumerate(items if isinstance(items, list) else ()):
        at = f"{place}[{index}]"
        if not isinstance(item, dict) or any(
            each in broken for each in (at, f"{at}.linkId", f"{at}.answer", f"{at}.item")
        ):
            continue
        copy = dict(item)
        if isinstance(item.get("answer"), list):
            copy["answer"] = [
                answer for number, answer in enumerate(item["answer"])
                if not any(each.startswith(f"{at}.answer[{number}]") for each in broken)
            ]  # fmt: skip
        if "item" in item:
            copy["item"] = _pruned(item["item"], f"{at}.item", broken)
        copy = {name: value for name, value in copy.items() if value or name not in ("answer", "item")}
        if "answer" in copy or "item" in copy:
            kept.append(copy)
    return kept
