"""Whether a response is a filled form of its edition: every problem, with its place, never what was answered."""

from __future__ import annotations

import re
from collections.abc import Iterable

from acpshare.forms import Answer, FormResponse, Item, ItemType, ResponseItem
from acpshare.outcome import Issue, IssueType, error, warning
from acpshare.plan.values import fhir_date
from acpshare.translation.mapping import CompiledMapping
from acpshare.translation.rows import Said
from acpshare.translation.rows.base import answer_type, said_value

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,9})?")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,9}", re.ASCII)
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
"""A decimal as FHIR writes it, of a size that a form can ask for."""
_DATE_TIME = re.compile(r"([0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)(?:T(.+)(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9]))?")
MOST_REPETITIONS = 200
"""No printed form has more rows in a group; more is a mistake or an attack."""


def check_response(mapping: CompiledMapping, response: FormResponse) -> tuple[Issue, ...]:
    """All problems of the response against the form's definition; warnings do not refuse it (SR14)."""
    issues: list[Issue] = []
    if response.form != mapping.id:
        issues.append(
            error(IssueType.VALUE, f"this is not a response of {mapping.id}", "QuestionnaireResponse.questionnaire")
        )
        return tuple(issues)
    _check_level(mapping, mapping.definition.items, response.items, "QuestionnaireResponse", issues)
    _check_enabled(mapping, response, issues)
    return tuple(issues)


def said_by(mapping: CompiledMapping, response: FormResponse) -> Said:
    """The answered items by linkId, down to the groups that rows own."""
    found: dict[str, tuple[ResponseItem, ...]] = {}

    def collect(items: Iterable[ResponseItem]) -> None:
        for item in items:
            if item.link_id in mapping.row_of:
                found[item.link_id] = (*found.get(item.link_id, ()), item)
            else:
                collect(item.items)

    collect(response.items)
    return found


def is_enabled(item: Item, said: Said) -> bool:
    """Whether the item is asked, given what was said."""
    condition = item.enable_when
    return condition is None or said_value(said, condition.question) in condition.answers


def _check_level(
    mapping: CompiledMapping, known: tuple[Item, ...], items: tuple[ResponseItem, ...], path: str, issues: list[Issue]
) -> None:
    by_link = {item.link_id: item for item in known}
    count: dict[str, int] = {}
    for index, said in enumerate(items):
        place = f"{path}.item[{index}]"
        item = by_link.get(said.link_id)
        if item is None:
            elsewhere = said.link_id in mapping.items
            what = (
                "this item belongs in another group of the form"
                if elsewhere
                else f"the form {mapping.id} has no such item"
            )
            issues.append(error(IssueType.STRUCTURE if elsewhere else IssueType.NOT_FOUND, what, f"{place}.linkId"))
            continue
        count[said.link_id] = count.get(said.link_id, 0) + 1
        if count[said.link_id] == 2 and not (item.repeats and item.type is ItemType.GROUP):
            issues.append(error(IssueType.STRUCTURE, f"item {item.link_id} may be given once", place))
        if count[said.link_id] == MOST_REPETITIONS + 1:
            issues.append(
                error(IssueType.TOO_LONG, f"item {item.link_id} may be given at most {MOST_REPETITIONS} times", place)
            )
        _check_item(mapping, item, said, place, issues)
    issues.extend(
        warning(IssueType.REQUIRED, f"item {item.link_id} of {mapping.id} is not filled in", path, rule="SR14")
        for item in known
        if item.required and item.link_id not in count and item.enable_when is None
    )


def _check_item(mapping: CompiledMapping, item: Item, said: ResponseItem, place: str, issues: list[Issue]) -> None:
    if item.type is ItemType.GROUP:
        if said.answers:
            what = f"item {item.link_id} is a group and has no answer of its own"
            issues.append(error(IssueType.STRUCTURE, what, f"{place}.answer"))
        if not said.items:
            issues.append(error(IssueType.STRUCTURE, f"group {item.link_id} is empty: leave it out", place))
        _check_level(mapping, item.items, said.items, place, issues)
        return
    if said.items:
        what = f"item {item.link_id} is a question and has no items below it"
        issues.append(error(IssueType.STRUCTURE, what, f"{place}.item"))
    if item.type is ItemType.DISPLAY:
        if said.answers:
            what = f"item {item.link_id} is display text and has no answer"
            issues.append(error(IssueType.STRUCTURE, what, f"{place}.answer"))
        return
    _check_answers(item, said, place, issues)


def _check_answers(item: Item, said: ResponseItem, place: str, issues: list[Issue]) -> None:
    if not said.answers:
        issues.append(error(IssueType.STRUCTURE, f"item {item.link_id} has no answer: leave it out", place))
    if len(said.answers) > 1 and not item.repeats:
        issues.append(error(IssueType.STRUCTURE, f"item {item.link_id} takes one answer", f"{place}.answer[1]"))
    if len(said.answers) > 1 and len({(each.type, each.value) for each in said.answers}) != len(said.answers):
        issues.append(error(IssueType.DUPLICATE, f"item {item.link_id} has the same answer twice", f"{place}.answer"))
    for index, answer in enumerate(said.answers):
        problem = _answer_problem(item, answer)
        if problem is not None:
            code = IssueType.CODE_INVALID if item.type is ItemType.CHOICE else IssueType.VALUE
            issues.append(error(code, f"item {item.link_id} {problem}", f"{place}.answer[{index}].value"))


def _answer_problem(item: Item, answer: Answer) -> str | None:
    expected = answer_type(item)
    if answer.type is not expected:
        return f"takes a {expected.value} answer"
    match item.type:
        case ItemType.CHOICE:
            if item.option(answer.value) is None:
                return f"has no such option; its options are: {', '.join(option.code for option in item.options)}"
            if answer.system not in (None, next(o.system for o in item.options if o.code == answer.value)):
                return "has no such option in that code system"
        case ItemType.DATE:
            return _date_problem(answer.value)
        case ItemType.DATE_TIME:
            match = _DATE_TIME.fullmatch(answer.value)
            sound = match is not None and (match.group(2) is None or _TIME.fullmatch(match.group(2)))
            return _date_problem(match.group(1)) if match is not None and sound else "is not a date and time"
        case ItemType.TIME:
            return None if _TIME.fullmatch(answer.value) else "is not a time of day: hh:mm:ss"
        case ItemType.INTEGER | ItemType.DECIMAL:
            return _number_problem(answer.value, whole=item.type is ItemType.INTEGER)
        case ItemType.STRING | ItemType.TEXT:
            return None if answer.value.strip() else "has an empty answer: leave it out"
        case _:
            return None if answer.value in ("true", "false") else "takes true or false"
    return None


def _date_problem(text: str) -> str | None:
    try:
        fhir_date(text)
    except ValueError:
        return "is not a date that exists: YYYY, YYYY-MM or YYYY-MM-DD"
    return None


def _number_problem(text: str, *, whole: bool) -> str | None:
    if whole:
        return None if _INTEGER.fullmatch(text) and -(2**31) <= int(text) < 2**31 else "takes a whole number"
    return None if NUMBER.fullmatch(text) else "is not a number"


def _check_enabled(mapping: CompiledMapping, response: FormResponse, issues: list[Issue]) -> None:
    """Conditions between items: nothing is answered that is not asked, and nothing is left out that must be said."""
    said = {item.link_id: (item,) for item in response.walk()}
    for item in mapping.conditional:
        place = f"QuestionnaireResponse.repeat(item).where(linkId='{item.link_id}')"
        if item.link_id in said and not is_enabled(item, said) and item.enable_when is not None:
            question = item.enable_when.question
            what = f"item {item.link_id} is answered, but the answer to item {question} says that it is not asked"
            issues.append(error(IssueType.BUSINESS_RULE, what, place))
        needed = item.required_when
        if needed is not None and item.link_id not in said and said_value(said, needed.question) in needed.answers:
            what = f"item {item.link_id} must be answered, or the answer to item {needed.question} would be misread"
            issues.append(error(IssueType.REQUIRED, what, place))
