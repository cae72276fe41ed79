"""A filled form from answers by linkId: the QuestionnaireResponse that a client would send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.questionnaire_response import write_response
from acpshare.fhir.systems import NHS_NUMBER
from acpshare.forms import FormDefinition, FormResponse, Item, ItemType, ResponseItem
from acpshare.translation.rows.base import make_answer

Said: TypeAlias = Mapping[str, "str | Sequence[str] | Sequence[Mapping[str, str]] | None"]
"""Answers by linkId: a text or option code; several options; or the entries of a repeating group. None is no answer."""

IDENTIFIERS = "https://acpshare.example/demo"


def questionnaire_response(
    definition: FormDefinition, said: Said, *, number: str, authored: str, identifier: str
) -> JsonObject:
    """The completed form. A misspelt linkId is an error of this package, not of anybody's input."""
    known = {item.link_id for item in definition.walk()}
    if unknown := said.keys() - known:
        raise LookupError(f"{definition.id} has no item {', '.join(sorted(unknown))}")
    response = FormResponse(definition.id, _items(definition.items, said))
    subject = {"identifier": {"system": NHS_NUMBER, "value": number}}
    written = write_response(response, definition, subject=subject, authored=authored, status="completed")
    return {"resourceType": written.pop("resourceType"), "identifier": identified(identifier), **written}


def identified(value: str) -> JsonObject:
    return {"system": IDENTIFIERS, "value": value}


def _items(known: Sequence[Item], said: Said) -> tuple[ResponseItem, ...]:
    found: list[ResponseItem] = []
    for item in known:
        value = said.get(item.link_id)
        if item.type is ItemType.GROUP and value is not None and not isinstance(value, str):
            entries = [_items(item.items, entry) for entry in value if isinstance(entry, Mapping)]
            found += [ResponseItem(item.link_id, items=entry) for entry in entries if entry]
        elif item.type is ItemType.GROUP:
            inner = _items(item.items, said)
            found += [ResponseItem(item.link_id, items=inner)] if inner else []
        elif value is not None:
            values = [value] if isinstance(value, str) else [str(each) for each in value]
            found.append(ResponseItem(item.link_id, tuple(make_answer(item, each) for each in values)))
    return tuple(found)
