"""The R4 definitions as they were generated: shared tables, and one type's nodes at a time, read when first needed.

https://hl7.org/fhir/R4/elementdefinition.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

UNBOUNDED = "*"


@dataclass(frozen=True, slots=True)
class ElementDefinition:
    """One element as the specification lists it.

    `types` reads `code:BINDING`, `Reference:A|B`, `#backbone.path`, or the name of a type.
    """

    name: str
    min: int
    max: int | None
    types: tuple[str, ...]
    rules: tuple[str, ...] = ()

    @property
    def repeats(self) -> bool:
        return self.max != 1


@dataclass(frozen=True, slots=True)
class NodeDefinition:
    """A type's root (path `""`) or one of its backbone elements."""

    elements: tuple[ElementDefinition, ...]
    rules: tuple[str, ...]
    summary: frozenset[str] = frozenset()
    """Elements of a summary: those that are marked so, and what is mandatory."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A required value set: the codes of each code system. Empty where the specification lists none."""

    name: str
    systems: dict[str, frozenset[str]]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """An invariant's severity (error or warning) and its statement, in the specification's own words."""

    key: str
    is_error: bool
    human: str


@cache
def _lines() -> tuple[str, ...]:
    source = resources.files("acpshare.fhir") / "data" / "r4-definitions.jsonl"
    return tuple(source.read_text("utf-8").splitlines())


@cache
def _shared() -> dict[str, Any]:
    shared: dict[str, Any] = json.loads(_lines()[0])
    return shared


@cache
def _places() -> dict[str, int]:
    """Which line holds which type: each line begins `{"type":"NAME"`."""
    return {line.split('"', maxsplit=4)[3]: number for number, line in enumerate(_lines()) if number}


@cache
def resource_types() -> frozenset[str]:
    return frozenset(_shared()["resourceTypes"])


@cache
def binding(name: str) -> Binding:
    groups = _shared()["bindings"][name]
    systems = {system: frozenset(codes) for system, codes in groups}
    return Binding(name, systems, tuple(code for _, codes in groups for code in codes))


@cache
def rule(key: str) -> Rule:
    severity, human = _shared()["invariants"][key]
    return Rule(key, severity == "error", human)


def rule_keys() -> frozenset[str]:
    return frozenset(_shared()["invariants"])


def nodes(type_name: str) -> dict[str, NodeDefinition]:
    definition = json.loads(_lines()[_places()[type_name]])
    return {path: _node(node) for path, node in definition["nodes"].items()}


def _node(node: dict[str, Any]) -> NodeDefinition:
    elements = tuple(_element(name, row) for name, row in node["elements"].items())
    return NodeDefinition(elements, tuple(node.get("rules", ())), frozenset(node.get("summary", ())))


def _element(name: str, row: list[Any]) -> ElementDefinition:
    minimum, maximum, types, *rules = row
    limit = None if maximum == UNBOUNDED else int(maximum)
    return ElementDefinition(name, minimum, limit, tuple(types), tuple(rules[0]) if rules else ())
