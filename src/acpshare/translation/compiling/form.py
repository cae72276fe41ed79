"""From a mapping file's `form` and `items` to the form's definition, noting every problem."""

from __future__ import annotations

import re
from datetime import date

from acpshare.forms import Ages, EnableWhen, FormDefinition, Item, ItemType, Mark, Option
from acpshare.plan.answers import CARRIED
from acpshare.plan.record import Jurisdiction
from acpshare.translation.compiling.source import Node, Problems, Section

FAMILIES = ("respect", "tep", "teal", "dnacpr")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_MARKS = tuple(mark.value for mark in Mark)
_TYPES = tuple(each.value for each in ItemType)


def compile_form(root: Section, file: str, problems: Problems) -> FormDefinition:
    """The definition, as far as it could be understood; what could not is among the problems."""
    header_node = root.get("form")
    header = Section(header_node or Node({}, root.node.line, "form"), problems)
    form_id = header.text("id")
    if form_id and not _ID.fullmatch(form_id):
        problems.add(header.get("id") or header.node, "an id is lower case letters, digits and hyphens, at most 63")
    family = header.one_of("family", FAMILIES)
    items = tuple(
        _item(each, f"https://acpshare.example/fhir/CodeSystem/{form_id}", problems) for each in root.sections("items")
    )
    definition = FormDefinition(
        id=form_id,
        family=family,
        title=header.text("title"),
        edition=header.text("edition"),
        publisher=header.text("publisher"),
        version=header.text("version"),
        released=_released(header, problems),
        jurisdiction=Jurisdiction(header.one_of("jurisdiction", tuple(each.value for each in Jurisdiction))),
        ages=_ages(header, problems),
        source=header.text("source"),
        mark=Mark(header.one_of("mark", _MARKS)),
        clinical_review=header.text("clinical_review"),
        wording=header.text("wording"),
        file=file,
        items=items,
    )
    header.finish()
    if not items:
        problems.add(root.node, "items is missing: a form has at least one")
    _check_items(definition, problems)
    return definition


def _released(header: Section, problems: Problems) -> date:
    text = header.text("released")
    try:
        return date.fromisoformat(text)
    except ValueError:
        if text:
            problems.add(header.get("released") or header.node, "a date is written YYYY-MM-DD")
        return date(1970, 1, 1)


def _ages(header: Section, problems: Problems) -> Ages:
    node = header.get("ages")
    if node is None:
        problems.add(header.node, "ages is missing: {from: 0} for a form for all ages")
        return Ages()
    ages = Section(node, problems)
    found = Ages(ages.number("from") or 0, ages.number("below"))
    if found.below is not None and found.below <= found.start:
        problems.add(node, "no age is from the one and below the other")
    ages.finish()
    return found


def _item(section: Section, system: str, problems: Problems) -> Item:
    item_type = ItemType(section.one_of("type", _TYPES))
    item = Item(
        link_id=section.text("linkId"),
        text=section.text("text"),
        type=item_type,
        mark=Mark(section.one_of("mark", _MARKS)),
        required=section.flag("required"),
        repeats=section.flag("repeats"),
        options=tuple(_option(key, node, system, problems) for key, node in section.pairs("options")),
        enable_when=_when(section, "when", problems),
        required_when=_when(section, "required_when", problems),
        items=tuple(_item(each, system, problems) for each in section.sections("items")),
        line=section.node.line,
    )
    if (item_type is ItemType.CHOICE) != bool(item.options):
        problems.add(section.node, "a choice, and only a choice, has options")
    if (item_type is ItemType.GROUP) != bool(item.items):
        problems.add(section.node, "a group, and only a group, has items")
    if item_type is ItemType.GROUP and (item.enable_when or item.required_when):
        problems.add(section.node, "a group has no condition: give it to the items in it")
    if item.repeats and item_type not in (ItemType.GROUP, ItemType.CHOICE):
        problems.add(section.node, "only a group or a choice repeats")
    section.finish()
    return item


def _option(key: str, node: Node, system: str, problems: Problems) -> Option:
    if isinstance(node.value, str):
        return Option(key, node.value, system)
    section = Section(node, problems)
    option = Option(key, section.text("display"), section.text("system", system))
    section.finish()
    return option


def _when(section: Section, key: str, problems: Problems) -> EnableWhen | None:
    node = section.get(key)
    if node is None:
        return None
    when = Section(node, problems)
    found = EnableWhen(when.text("item"), tuple(text for text, _ in when.texts("is")))
    when.finish()
    if not found.answers:
        problems.add(node, "is: needs at least one answer")
    return found


def _check_items(definition: FormDefinition, problems: Problems) -> None:
    seen: dict[str, Item] = {}
    for item in definition.walk():
        place = Node(None, item.line, f"items {item.link_id}")
        if item.link_id in seen:
            problems.add(place, f"linkId {item.link_id} is used twice (first on line {seen[item.link_id].line})")
        if item.link_id == CARRIED:
            problems.add(place, f"linkId {CARRIED} is kept for what the service carries")
        codes = [(option.system, option.code) for option in item.options]
        if len(set(codes)) != len(codes) or len({option.code for option in item.options}) != len(codes):
            problems.add(place, "two options have the same code")
        for key, condition in (("when", item.enable_when), ("required_when", item.required_when)):
            if condition is not None:
                _check_when(key, condition, seen, place, problems)
        seen[item.link_id] = item


def _check_when(key: str, condition: EnableWhen, earlier: dict[str, Item], place: Node, problems: Problems) -> None:
    question = earlier.get(condition.question)
    if question is None:
        problems.add(place, f"{key}: there is no earlier item {condition.question}")
        return
    known = {"true", "false"} if question.type is ItemType.BOOLEAN else {option.code for option in question.options}
    for answer in condition.answers:
        if answer not in known:
            answers = ", ".join(sorted(known))
            what = f"{key}: {answer} is not an answer of item {condition.question}; its answers are: {answers}"
            problems.add(place, what)
