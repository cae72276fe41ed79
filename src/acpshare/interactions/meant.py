"""Whether a QuestionnaireResponse is, or was meant to be, one of the forms that plans are made of.

Meant to be: its `questionnaire` is missing or misspelt, but it is based on a plan, holds our codes, or has its answers
where one of our forms has them. To keep such a response unread would be to lose a plan (SR17).
https://hl7.org/fhir/R4/questionnaireresponse-definitions.html#QuestionnaireResponse.questionnaire
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.questionnaire_response import form_id
from acpshare.forms.definition import Item, ItemType
from acpshare.interactions.components import Components
from acpshare.interactions.edit import is_care_plan

OURS = "https://acpshare.example/fhir/"

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:", re.ASCII)
"""A canonical address that is not ours and not relative to this server."""
_TYPES: Mapping[str, frozenset[ItemType]] = {
    "valueBoolean": frozenset({ItemType.BOOLEAN}),
    "valueInteger": frozenset({ItemType.INTEGER, ItemType.DECIMAL}),
    "valueDecimal": frozenset({ItemType.DECIMAL}),
    "valueDate": frozenset({ItemType.DATE}),
    "valueDateTime": frozenset({ItemType.DATE_TIME}),
    "valueTime": frozenset({ItemType.TIME}),
    "valueString": frozenset({ItemType.STRING, ItemType.TEXT}),
}


def is_form(components: Components, resource: JsonObject) -> bool:
    """Whether a plan is, or was meant to be, made of the response."""
    named = resource.get("questionnaire")
    if isinstance(named, str) and (form_id(named) in components.mappings or named.startswith(OURS)):
        return True
    based_on = resource.get("basedOn")
    if any(is_care_plan(each, components.base_url) for each in based_on or () if isinstance(based_on, list)):
        return True
    answers = list(_answers(resource.get("item")))
    if any(_is_our_code(value) for _, _, value in answers):
        return True
    if isinstance(named, str) and _ELSEWHERE.match(named):
        return False
    return any(
        2 * sum(_fits(mapping.items.get(link_id), key, value) for link_id, key, value in answers) > len(answers)
        for mapping in components.mappings.values()
    )


def _is_our_code(value: Any) -> bool:
    return isinstance(value, dict) and str(value.get("system")).startswith(OURS)


def _fits(item: Item | None, key: str, value: Any) -> bool:
    if item is None:
        return False
    if key == "valueCoding":
        return isinstance(value, dict) and item.option(str(value.get("code"))) is not None
    return item.type in _TYPES.get(key, ())


def _answers(items: Any) -> Iterator[tuple[str, str, Any]]:
    """Every answer at whatever depth: its item's linkId, its type, its value."""
    pending = _objects(items)
    while pending:
        item = pending.pop()
        pending += _objects(item.get("item"))
        for answer in _objects(item.get("answer")):
            pending += _objects(answer.get("item"))
            yield from ((str(item.get("linkId")), key, value) for key, value in answer.items() if key in _VALUES)


_VALUES = frozenset(_TYPES) | {"valueCoding", "valueQuantity", "valueReference", "valueAttachment", "valueUri"}


def _objects(listed: Any) -> list[dict[str, Any]]:
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
