"""Filled forms and plans in a few words, for tables that a clinician can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from acpshare.forms import FormResponse, Item, ItemType, ResponseItem
from acpshare.plan import Plan
from acpshare.translation import Mappings, Translation, load_mappings, read, update, write
from acpshare.translation.rows.base import make_answer

MAPPINGS: Mappings = load_mappings()
TODAY = date(2026, 11, 22)

Said = Mapping[str, "str | Sequence[str] | Sequence[Mapping[str, str]]"]
"""Answers by linkId: a text or option code; several options; or the entries of a repeating group."""

DNACPR_EDITIONS = ("dnacpr-rcuk-2015", "dnacpr-south-central", "dnacpr-deciding-right")
EDITIONS = tuple(MAPPINGS)
BORN = {"respect-v3": "1.3", "respect-v2": "1.3", "teal-working": "1.2", "tep-devon": "P.2", "tep-scotland": "P.2"} | {
    "dnacpr-rcuk-2015": "head.birth-date",
    "dnacpr-south-central": "head.birth-date",
    "dnacpr-deciding-right": "person.birth-date",
}
"""Where each edition has the date of birth."""


def filled(form: str, said: Said) -> FormResponse:
    """The form filled in with these answers, in the form's order; a misspelt linkId is an error of the test."""
    mapping = MAPPINGS[form]
    unknown = set(said) - set(mapping.items)
    assert not unknown, f"{form} has no item {unknown}"
    return FormResponse(form, _items(mapping.definition.items, said))


def _items(known: Sequence[Item], said: Said) -> tuple[ResponseItem, ...]:
    found: list[ResponseItem] = []
    for item in known:
        value = said.get(item.link_id)
        if item.type is ItemType.GROUP and isinstance(value, Sequence) and not isinstance(value, str):
            entries = [_items(item.items, entry) for entry in value if isinstance(entry, Mapping)]
            found += [ResponseItem(item.link_id, items=entry) for entry in entries]
        elif item.type is ItemType.GROUP:
            inner = _items(item.items, said)
            found += [ResponseItem(item.link_id, items=inner)] if inner else []
        elif value is not None:
            values = [value] if isinstance(value, str) else [str(each) for each in value]
            found.append(ResponseItem(item.link_id, tuple(make_answer(item, each) for each in values)))
    return tuple(found)


def answers(response: FormResponse | None) -> dict[str, str]:
    """What a response says, by linkId (several answers joined by commas)."""
    assert response is not None
    found: dict[str, str] = {}
    for item in response.walk():
        if item.answers:
            text = ", ".join(answer.value for answer in item.answers)
            found[item.link_id] = f"{found[item.link_id]}, {text}" if item.link_id in found else text
    return found


def reading(form: str, said: Said) -> Translation[Plan]:
    return read(MAPPINGS[form], filled(form, said), TODAY)


def plan_from(form: str, said: Said) -> Plan:
    """The plan that a filled form states; the form must be one that can be read."""
    result = reading(form, said)
    assert result.value is not None, [issue.diagnostics for issue in result.issues if issue.is_error]
    return result.value


def shown_as(plan: Plan, form: str) -> Translation[FormResponse]:
    return write(MAPPINGS[form], plan, TODAY)


def edited(plan: Plan, form: str, changes: Mapping[str, str | None]) -> Translation[Plan]:
    """Show the plan as a form, change single answers (None takes one out), and take it back."""
    shown = shown_as(plan, form).value
    assert shown is not None
    said: dict[str, str] = {**answers(shown)}
    for link, value in changes.items():
        said.pop(link, None)
        if value is not None:
            said[link] = value
    groups = {item.link_id for item in MAPPINGS[form].definition.walk() if item.repeats}
    assert not groups & set(said), "this builder edits single answers only"
    response = FormResponse(form, _items(MAPPINGS[form].definition.items, said), shown.carried)
    return update(MAPPINGS[form], plan, response, TODAY)


def everything_said(response: FormResponse | None) -> str:
    """All text of a response, with what it carries."""
    assert response is not None
    texts = [answer.display or answer.value for item in response.walk() for answer in item.answers]
    texts += [answer.value for item in response.walk() for answer in item.answers]
    return "\n".join([*texts, *response.carried])


def rules(
    result: Translation[object] | Translation[Plan] | Translation[FormResponse], *, errors: bool = False
) -> set[str]:
    """The safety rules that speak in a result's issues (only those that refuse, if `errors`)."""
    return {issue.rule for issue in result.issues if issue.rule and (issue.is_error or not errors)}
