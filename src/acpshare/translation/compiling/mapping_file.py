"""A whole mapping file: compiled when every item and plan element has exactly one outcome, else all its problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from acpshare.forms import FormDefinition, Item, ItemType
from acpshare.outcome import Issue
from acpshare.plan import CATALOGUE, Kind
from acpshare.translation.compiling.context import RULES, Context, unknown
from acpshare.translation.compiling.form import FAMILIES, compile_form
from acpshare.translation.compiling.rows import compile_row
from acpshare.translation.compiling.source import Node, Problems, Section, parse
from acpshare.translation.compiling.statement import STATEMENT_PARTS
from acpshare.translation.mapping import SERVICE_OWNED, Blocked, CannotSay, CompiledMapping, under
from acpshare.translation.rows import Row, SameRow, SignatureRow

_NO_CARRIER = "into must be a text item that is always asked, with a row of its own that joins it to a text element"


@dataclass(frozen=True, slots=True)
class Compiled:
    """What became of one file: a mapping, or the problems why there is none."""

    file: str
    mapping: CompiledMapping | None
    issues: tuple[Issue, ...] = field(default=())


def compile_file(path: Path, name: str | None = None) -> Compiled:
    """Compile one mapping file; `name` is how it is called in problems and ledgers (its path by default)."""
    problems = Problems(name or str(path))
    node = parse(path, problems)
    if node is None:
        return Compiled(problems.file, None, tuple(problems.issues))
    root = Section(node, problems)
    definition = compile_form(root, problems.file, problems)
    items = {item.link_id: item for item in definition.walk()}
    context = Context(definition, problems, items)
    rows = tuple(row for each in root.sections("rows") if (row := compile_row(context, each)) is not None)
    cannot_say = tuple(_cannot_say(root, problems, items, rows))
    blocked = tuple(_blocked(root, problems))
    root.finish()
    _check_items(definition, rows, problems)
    _check_into(items, rows, problems)
    _check_elements(rows, cannot_say, problems)
    if problems.issues:
        return Compiled(problems.file, None, tuple(problems.issues))
    return Compiled(problems.file, CompiledMapping(definition, rows, cannot_say, blocked))


def compile_files(paths: Mapping[str, Path]) -> tuple[Compiled, ...]:
    """Compile several files, by the name each is called; no two may describe the same form."""
    compiled = [compile_file(path, name) for name, path in paths.items()]
    families = {each.mapping.id: each.mapping.definition.family for each in compiled if each.mapping}
    seen: dict[str, str] = {}
    finished: list[Compiled] = []
    for each in compiled:
        if each.mapping is None:
            finished.append(each)
        elif each.mapping.id in seen:
            problems = Problems(each.file)
            problems.add(Node(None, 1, "form.id"), f"{each.mapping.id} is described by {seen[each.mapping.id]} already")
            finished.append(Compiled(each.file, None, tuple(problems.issues)))
        else:
            seen[each.mapping.id] = each.file
            finished.append(replace(each, mapping=replace(each.mapping, families=families)))
    return tuple(finished)


def _paths(section: Section, key: str, problems: Problems) -> tuple[str, ...]:
    found: list[str] = []
    for prefix, node in section.texts(key):
        paths = under(prefix)
        if not paths:
            problems.add(node, unknown("plan element", prefix, CATALOGUE))
        owned = [path for path in paths if path in SERVICE_OWNED]
        if paths and len(owned) == len(paths):
            problems.add(node, f"{prefix} is kept by the service and cannot be listed")
        found += [path for path in paths if path not in SERVICE_OWNED]
    return tuple(found)


def _carriers(items: Mapping[str, Item], rows: tuple[Row, ...]) -> frozenset[str]:
    """The items that may carry text: text items with a row that joins them to a text element."""
    joined = {row.item.link_id for row in rows if isinstance(row, SameRow) and CATALOGUE[row.element].kind is Kind.TEXT}
    return frozenset(link for link in joined if items[link].type is ItemType.TEXT and items[link].enable_when is None)


def _check_into(items: Mapping[str, Item], rows: tuple[Row, ...], problems: Problems) -> None:
    for row in rows:
        if row.into is not None and row.into not in _carriers(items, rows):
            problems.add(Node(None, int(row.place.rpartition(":")[2]), "rows"), _NO_CARRIER)


def _cannot_say(
    root: Section, problems: Problems, items: Mapping[str, Item], rows: tuple[Row, ...]
) -> Iterator[CannotSay]:
    carriers = _carriers(items, rows)
    for section in root.sections("cannot_say"):
        elements = _paths(section, "elements", problems)
        reason = section.text("reason")
        rule = section.one_of("rule", RULES, "") if section.has("rule") else None
        into = section.text("into", "") or None
        if into is not None and into not in carriers:
            problems.add(section.get("into") or section.node, _NO_CARRIER)
            into = None
        section.finish()
        if not elements and not section.has("elements"):
            problems.add(section.node, "elements is missing")
        yield CannotSay(elements, reason, f"{problems.file}:{section.node.line}", into, rule)


def _blocked(root: Section, problems: Problems) -> Iterator[Blocked]:
    for section in root.sections("blocked"):
        elements = (*_paths(section, "element", problems), *_paths(section, "any_of", problems))
        families = section.texts("from")
        for family, node in families:
            if family not in FAMILIES:
                problems.add(node, unknown("family", family, FAMILIES))
        when_field = section.text("when_field", "") or None
        unless = section.texts("unless")
        if sum((bool(unless), when_field is not None, section.has("any_of"))) != 1:
            problems.add(section.node, "blocked has one of: unless, when_field, any_of")
        if section.has("element") == section.has("any_of") or not elements:
            problems.add(section.node, "blocked names one element, or several in any_of")
        _check_blocked(section, elements, [*unless], when_field, problems)
        yield Blocked(
            elements,
            section.one_of("rule", RULES),
            section.text("reason"),
            f"{problems.file}:{section.node.line}",
            frozenset(text for text, _ in unless),
            when_field,
            frozenset(family for family, _ in families),
        )
        section.finish()


def _check_blocked(
    section: Section,
    elements: tuple[str, ...],
    unless: list[tuple[str, Node]],
    when_field: str | None,
    problems: Problems,
) -> None:
    if len(elements) > 1 and (unless or when_field is not None):
        problems.add(section.get("element") or section.node, "this must be a single element")
        return
    for path in elements:
        element = CATALOGUE[path]
        for value, node in unless:
            if value not in element.values:
                problems.add(node, unknown("value", value, element.values))
        if when_field is not None:
            known = {name for names in STATEMENT_PARTS.get(element.type, {}).values() for name in names}
            if when_field not in known:
                problems.add(section.get("when_field") or section.node, unknown("field", when_field, known))


def _check_items(definition: FormDefinition, rows: tuple[Row, ...], problems: Problems) -> None:
    """Every item that can be answered has exactly one row; a group that a row owns stands for its children."""
    owners: dict[str, list[str]] = {}
    for row in rows:
        for link in row.items:
            owners.setdefault(link, []).append(row.place)
    for item in definition.items:
        _check_item(item, owners, problems)
    inner = {child.link_id for item in definition.walk() if item.link_id in owners for child in _within(item)}
    for item in definition.walk():
        conditions = [each for each in (item.enable_when, item.required_when) if each is not None]
        if any({item.link_id, each.question} & inner for each in conditions):
            what = "a condition may not look into, or stand in, a group that a row holds as a whole"
            problems.add(Node(None, item.line, f"items {item.link_id}"), what)


def _within(item: Item) -> tuple[Item, ...]:
    return tuple(item.walk())[1:]


def _check_item(item: Item, owners: Mapping[str, list[str]], problems: Problems) -> None:
    owned = owners.get(item.link_id, [])
    what = None
    if len(owned) > 1:
        what = f"item {item.link_id} has more than one row: {', '.join(owned)}"
    elif owned and item.type is ItemType.DISPLAY:
        what = f"item {item.link_id} is display text and has a row"
    elif not owned and item.type is ItemType.GROUP and item.repeats:
        what = f"group {item.link_id} repeats: it needs a list, a signature or a residue row"
    elif not owned and item.type not in (ItemType.GROUP, ItemType.DISPLAY):
        what = f"item {item.link_id} has no outcome: give it a row, or keep it as residue with the reason"
    place = Node(None, item.line, f"items {item.link_id}")
    if what is not None:
        problems.add(place, what)
    for child in _within(item):
        if owned and child.link_id in owners:
            both = ", ".join((*owned, *owners[child.link_id]))
            problems.add(
                place, f"item {child.link_id} has more than one row, with that of group {item.link_id}: {both}"
            )
    if not owned:
        for child in item.items:
            _check_item(child, owners, problems)


def _check_elements(rows: tuple[Row, ...], cannot_say: tuple[CannotSay, ...], problems: Problems) -> None:
    """Every plan element has exactly one outcome."""
    outcomes: dict[str, list[str]] = {path: [] for path in CATALOGUE if path not in SERVICE_OWNED}
    for row in rows:
        if row.element in outcomes:
            outcomes[row.element].append(row.place)
    for each in cannot_say:
        for path in each.elements:
            outcomes[path].append(each.place)
    for path, places in outcomes.items():
        if not places:
            problems.add(
                Node(None, 1, "rows"),
                f"plan element {path} has no outcome: give it a row, or list it in cannot_say with the reason",
            )
        elif len(places) > 1:
            problems.add(Node(None, 1, "rows"), f"plan element {path} has more than one outcome: {', '.join(places)}")
    roles = [row.role for row in rows if isinstance(row, SignatureRow)]
    for role in sorted({role for role in roles if roles.count(role) > 1}):
        problems.add(Node(None, 1, "rows"), f"signature place {role} has more than one row")
