"""Code systems and value sets: the options of each form, and the coded elements of the plan.

https://hl7.org/fhir/R4/codesystem.html, https://hl7.org/fhir/R4/valueset.html
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from enum import Enum

from acpshare.artefacts.definition import of_form, of_plan
from acpshare.fhir import systems
from acpshare.fhir.json_text import JsonObject
from acpshare.forms import FormDefinition
from acpshare.outcome import SAFETY_RULES, LedgerOutcome
from acpshare.plan import CATALOGUE, Element, Kind
from acpshare.translation import CompiledMapping

Codes = Mapping[str, str]


def form_terminology(mapping: CompiledMapping) -> Iterator[JsonObject]:
    """The form's own code system, where it has options of its own, and a value set for each choice."""
    form = mapping.definition
    own = _own_options(form)
    if own:
        head = of_form("CodeSystem", form.id, f"Options of {form.title}", form, "Answer options as printed.")
        yield _code_system(head, own)
    for item in form.walk():
        if item.options:
            title = f"{form.title}, {item.link_id}: options"
            head = of_form(
                "ValueSet", value_set_id(form.id, item.link_id), title, form, f"Options of item {item.link_id}."
            )
            by_system: dict[str, list[JsonObject]] = {}
            for option in item.options:
                by_system.setdefault(option.system, []).append({"code": option.code, "display": option.display})
            include = [{"system": system, "concept": codes} for system, codes in by_system.items()]
            yield head | {"compose": {"include": include}}


def value_set_id(form_id: str, link_id: str) -> str:
    """The id of the value set of one choice."""
    return f"{form_id}-{link_id}".lower()[:64]


def _own_options(form: FormDefinition) -> Codes:
    """The form's options by code. One code may stand under several items; its display is then the code's own words."""
    displays: dict[str, set[str]] = {}
    for item in form.walk():
        for option in item.options:
            if option.system == form.code_system:
                displays.setdefault(option.code, set()).add(option.display)
    return {code: found.pop() if len(found) == 1 else code.replace("-", " ") for code, found in displays.items()}


def plan_terminology() -> Iterator[JsonObject]:
    """The code systems of the plan's coded elements, treatments, reasons and ledger outcomes; a value set each."""
    for values in coded_types():
        name = systems.code_system(values).rsplit("/", 1)[1]
        codes = {str(member.value): systems.display(member) for member in values}
        yield from _both(name, f"Plan: {name.replace('-', ' ')}", f"Values of {_elements_of(values)}.", codes)
    for other in _OTHERS:
        yield from _both(*other)


def _below(prefix: str) -> Codes:
    """The plan's elements under a path, as codes."""
    found = {path.removeprefix(prefix): element.label for path, element in CATALOGUE.items() if path.startswith(prefix)}
    return {path.replace("_", "-"): label for path, label in found.items()}


def _sections() -> dict[str, str]:
    """The groups of elements: some resources are about a whole group."""
    prefixes = {path.rsplit(".", depth)[0] for path in CATALOGUE for depth in range(1, path.count(".") + 1)}
    return {prefix: prefix.replace(".", ", ").replace("_", " ").capitalize() for prefix in sorted(prefixes)}


_OTHERS: tuple[tuple[str, str, str, Codes], ...] = (
    ("treatment", "Plan: treatments", "Treatments that a plan decides about.", {"cpr": "CPR", **_below("treatments.")}),
    (
        "cpr-reason",
        "Plan: reasons for a CPR decision",
        "Reason categories, one for each printed meaning.",
        _below("cpr.reasons."),
    ),
    (
        "plan-element",
        "Plan: elements",
        "Every element of the plan, by its path.",
        _sections() | {path: element.label for path, element in CATALOGUE.items()},
    ),
    (
        "ledger-outcome",
        "Ledger: outcomes",
        "What became of an element in a translation.",
        {outcome.value: outcome.value.replace("-", " ").capitalize() for outcome in LedgerOutcome},
    ),
    (
        "safety-rule",
        "Safety rules",
        "Rules of translation that an OperationOutcome names where one speaks.",
        SAFETY_RULES,
    ),
    (
        "form-family",
        "Plan: families of forms",
        "Families of forms that this service knows.",
        {"respect": "ReSPECT", "tep": "Treatment escalation plan", "teal": "TEAL", "dnacpr": "DNACPR"},
    ),
    (
        "decision-category",
        "Plan: categories of Consent",
        "What a Consent is about where no standard category says it.",
        systems.DECISION_CATEGORIES,
    ),
)


def coded_types() -> tuple[type[Enum], ...]:
    """The enumerations of the plan's coded elements, columns included, each once."""
    found: dict[type[Enum], None] = {}
    for element in CATALOGUE.values():
        for each in (element, *element.columns.values()):
            if each.kind in (Kind.CODE, Kind.CODES):
                found[typing.cast("type[Enum]", each.type)] = None
            elif each.kind is Kind.STATEMENT:
                found[kinds_of(each)] = None
    return tuple(found)


def kinds_of(statement: Element) -> type[Enum]:
    """The enumeration of a statement's kinds."""
    return typing.cast("type[Enum]", typing.get_type_hints(statement.type)["kind"])


def _elements_of(values: type[Enum]) -> str:
    return ", ".join(path for path, element in CATALOGUE.items() if _holds(element, values))


def _holds(element: Element, values: type[Enum]) -> bool:
    if element.kind is Kind.STATEMENT:
        return kinds_of(element) is values
    return element.type is values or any(column.type is values for column in element.columns.values())


def _both(id: str, title: str, what: str, codes: Codes) -> Iterator[JsonObject]:
    yield _code_system(of_plan("CodeSystem", id, title, what), codes)
    yield of_plan("ValueSet", id, title, what) | {
        "compose": {"include": [{"system": f"{systems.BASE}/CodeSystem/{id}"}]}
    }


def _code_system(head: JsonObject, codes: Codes) -> JsonObject:
    concepts = [{"code": code, "display": display} for code, display in codes.items()]
    return head | {
        "caseSensitive": True,
        "valueSet": f"{systems.BASE}/ValueSet/{head['id']}",
        "content": "complete",
        "count": len(concepts),
        "concept": concepts,
    }
