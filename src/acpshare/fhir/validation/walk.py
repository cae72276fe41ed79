"""The walk over a resource: every key, every list, every value, reporting all that is wrong and going on.

https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

import re
from typing import Any

from acpshare.fhir.validation import definitions
from acpshare.fhir.validation.contained import check_contained, contained_types
from acpshare.fhir.validation.definitions import Rule
from acpshare.fhir.validation.primitives import JSON_WORDS
from acpshare.fhir.validation.report import Place, Report, root
from acpshare.fhir.validation.rules import Check
from acpshare.fhir.validation.structure import Element, Node, node
from acpshare.outcome import IssueType

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}").fullmatch


def check_resource(resource: Any, place: Place | None, report: Report) -> None:
    """A resource, at its own root or inline at `place`."""
    if type(resource) is not dict:
        report.error(IssueType.STRUCTURE, "a resource must be a JSON object", place or root("Resource"))
        return
    type_name = resource.get("resourceType")
    if not isinstance(type_name, str):
        report.error(IssueType.REQUIRED, "resourceType is required", place or root("Resource"))
    elif type_name not in definitions.resource_types():
        report.error(IssueType.VALUE, "resourceType must be an R4 resource type", place or root("Resource"))
    else:
        _check_known(resource, node(type_name, ""), place or root(type_name), report)


def _check_known(resource: dict[str, Any], kind: Node, place: Place, report: Report) -> None:
    outer = report.contained, report.in_contained, report.in_bundle
    is_contained = place[0] is not None and place[1] == "contained"
    report.in_contained = is_contained
    if not is_contained:
        report.contained = contained_types(resource)
    if kind.type_name == "Bundle":
        report.in_bundle = True
    check_object(resource, kind, place, report)
    if "contained" in resource:
        check_contained(resource, place, report)
    report.contained, report.in_contained, report.in_bundle = outer


def check_object(value: dict[str, Any], kind: Node, place: Place, report: Report) -> None:
    if not kind.compiled:
        kind.compile()
    before = len(report.issues)
    elements = kind.elements
    choices: list[str] = []
    for key, item in value.items():
        element = elements.get(key)
        if element is None:
            _check_other_key(key, item, value, kind, place, report)
            continue
        if element.choice is not None:
            choices.append(element.choice)
        if element.repeats:
            _check_list(item, key, element, value, place, report)
        elif (test := element.test) is None:
            _check_complex(item, element, (place, element.name, None), report)
        elif not test(item):
            _explain(item, element, (place, element.name, None), report)
    if len(choices) > 1:
        _check_choices(choices, place, report)
    if kind.is_demanding or not kind.required <= value.keys():
        _check_whole(value, kind, place, report, before)


def _check_whole(value: dict[str, Any], kind: Node, place: Place, report: Report, before: int) -> None:
    """What an object must have, and what is asked of its elements together."""
    _check_required(value, kind, place, report)
    for extra in kind.extras:
        extra(value, place, report)
    if kind.rules:
        _check_rules(value, kind.rules, place, report, is_sound=len(report.issues) == before)


def _check_complex(value: Any, element: Element, place: Place, report: Report) -> None:
    if type(value) is not dict:
        words = "must not be null" if value is None else f"must be a JSON object{_once(value)}"
        report.error(IssueType.STRUCTURE, f"{element.name} {words}", place)
    elif element.node is None:
        check_resource(value, place, report)
    elif not value or (len(value) == 1 and "id" in value):
        report.error(IssueType.INVARIANT, f"ele-1: {element.name} must not be empty", place)
    else:
        before = len(report.issues)
        check_object(value, element.node, place, report)
        for extra in element.extras:
            extra(value, place, report)
        if element.rules:
            _check_rules(value, element.rules, place, report, is_sound=len(report.issues) == before)


def _check_list(items: Any, key: str, element: Element, holder: dict[str, Any], place: Place, report: Report) -> None:
    if type(items) is not list:
        words = "must not be null" if items is None else "must be a JSON array"
        report.error(IssueType.STRUCTURE, f"{element.name} {words}", (place, element.name, None))
        return
    if not items:
        report.error(IssueType.STRUCTURE, f"{element.name} must not be an empty array", (place, element.name, None))
    test = element.test
    for index, item in enumerate(items):
        if test is None:
            _check_complex(item, element, (place, element.name, index), report)
        elif not test(item) and not (item is None and _has_sibling(holder, key, index)):
            _explain(item, element, (place, element.name, index), report)


def _explain(value: Any, element: Element, place: Place, report: Report) -> None:
    """Says what is wrong with a primitive whose test failed."""
    primitive = element.primitive
    if value is None or primitive is None:
        report.error(IssueType.STRUCTURE, f"{element.name} must not be null", place)
    elif not primitive.is_shaped(value):
        words = JSON_WORDS[primitive.json]
        report.error(IssueType.STRUCTURE, f"{element.name} must be {words}{_once(value)}", place)
    elif primitive.name == "xhtml":
        report.error(IssueType.INVARIANT, f"txt-1, txt-2: {element.name} must be {element.wanted}", place)
    else:
        code = IssueType.CODE_INVALID if element.codes else IssueType.VALUE
        report.error(code, f"{element.name} must be {element.wanted}", place)


def _once(value: Any) -> str:
    return ", and there may be only one" if type(value) is list else ""


def _check_choices(choices: list[str], place: Place, report: Report) -> None:
    for choice in sorted({choice for choice in choices if choices.count(choice) > 1}):
        words = f"{choice} may be given only once, in one type"
        report.error(IssueType.STRUCTURE, words, (place, choice.removesuffix("[x]"), None))


def _check_required(value: dict[str, Any], kind: Node, place: Place, report: Report) -> None:
    for name in () if kind.required <= value.keys() else sorted(kind.required - value.keys()):
        if f"_{name}" not in value:
            report.error(IssueType.REQUIRED, f"{name} is required", (place, kind.elements[name].name, None))
    for choice, keys in kind.required_choices:
        if not any(key in value or f"_{key}" in value for key in keys):
            listed = ", ".join(keys)
            report.error(IssueType.REQUIRED, f"one of these is required: {listed}", (place, choice[:-3], None))


def _check_rules(
    value: dict[str, Any], rules: tuple[tuple[Rule, Check], ...], place: Place, report: Report, *, is_sound: bool
) -> None:
    for rule, holds in rules:
        try:
            broken = not holds(value)
        except (TypeError, AttributeError, KeyError, ValueError):
            if is_sound:
                raise
            continue  # what made it unanswerable is reported already
        if broken:
            say = report.error if rule.is_error else report.warning
            say(IssueType.INVARIANT, f"{rule.key}: {rule.human}", place)


def _check_other_key(key: str, value: Any, holder: dict[str, Any], kind: Node, place: Place, report: Report) -> None:
    if key == "resourceType" and kind.is_resource:
        return
    element = kind.elements.get(key[1:]) if key[:1] == "_" else None
    if element is not None and element.primitive is not None and _is_attribute(key[1:], kind):
        words = f"{element.name} is an attribute in XML, and has neither an id nor extensions"
        report.error(IssueType.STRUCTURE, words, (place, element.name, None))
    elif element is not None and element.primitive is not None:
        _check_sibling(key, value, element, holder, place, report)
    elif _NAME(key):
        report.error(IssueType.STRUCTURE, f"{kind.type_name} has no element {key} here", (place, key, None))
    else:
        report.error(IssueType.STRUCTURE, f"{kind.type_name} has no element of this name here", place)


def _is_attribute(name: str, kind: Node) -> bool:
    return not kind.is_resource and (name == "id" or (name == "url" and kind.type_name == "Extension"))


def _check_sibling(
    key: str, value: Any, element: Element, holder: dict[str, Any], place: Place, report: Report
) -> None:
    """The id and extensions of a primitive stand beside it, under its name with an underscore."""
    if not element.repeats:
        _check_extended(value, element, (place, element.name, None), report)
        return
    values = holder.get(key[1:])
    if type(value) is not list or not value or (type(values) is list and len(values) != len(value)):
        words = f"{key} must be a JSON array, as long as {key[1:]}"
        report.error(IssueType.STRUCTURE, words, (place, element.name, None))
        return
    for index, item in enumerate(value):
        if item is not None:
            _check_extended(item, element, (place, element.name, index), report)


def _check_extended(value: Any, element: Element, place: Place, report: Report) -> None:
    if type(value) is not dict or not value:
        report.error(IssueType.STRUCTURE, f"_{element.name} must be a JSON object that is not empty", place)
    else:
        check_object(value, node("Element", ""), place, report)


def _has_sibling(holder: dict[str, Any], key: str, index: int) -> bool:
    siblings = holder.get(f"_{key}")
    return type(siblings) is list and index < len(siblings) and bool(siblings[index])
