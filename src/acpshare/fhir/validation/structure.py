"""The types compiled into tables that the walk reads: which keys an object may have, and what each must hold.

A type is compiled when a resource first needs it. https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from acpshare.fhir.validation import definitions
from acpshare.fhir.validation.codes import coded_check
from acpshare.fhir.validation.definitions import Binding, ElementDefinition, NodeDefinition
from acpshare.fhir.validation.identifiers import check_identifier
from acpshare.fhir.validation.narrative import is_safe
from acpshare.fhir.validation.primitives import GRAMMARS, PRIMITIVES, Primitive, Test
from acpshare.fhir.validation.references import check_extension, reference_check
from acpshare.fhir.validation.report import Place, Report
from acpshare.fhir.validation.rules import CHECKS, Check

Extra = Callable[[dict[str, Any], Place, Report], None]

RESOURCE = "Resource"
TYPE_CHECKS: dict[str, tuple[Extra, ...]] = {"Identifier": (check_identifier,), "Extension": (check_extension,)}
LONGEST_CODE_LIST = 40
NARRATIVE_WORDS = "XHTML: one div of the XHTML namespace with some content, formatting elements only and no script"


@dataclass(slots=True, eq=False)
class Element:
    """What one JSON key of an object must hold."""

    name: str
    """As FHIRPath says it: `value` for the key `valueString`."""
    repeats: bool
    choice: str | None
    """`value[x]` where the key is one of several for the same element."""
    test: Test | None
    """The quick test of a primitive; None for a complex type or a resource."""
    primitive: Primitive | None = None
    wanted: str = ""
    codes: bool = False
    """Whether the test is one of membership, so that a well-shaped value that fails is an invalid code."""
    node: Node | None = None
    """The complex type; None also for an inline resource."""
    extras: tuple[Extra, ...] = ()
    rules: tuple[tuple[definitions.Rule, Check], ...] = ()


@dataclass(slots=True, eq=False)
class Node:
    """A type's root or one of its backbone elements."""

    type_name: str
    path: str
    is_resource: bool = False
    compiled: bool = False
    elements: dict[str, Element] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    required_choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    rules: tuple[tuple[definitions.Rule, Check], ...] = ()
    extras: tuple[Extra, ...] = ()
    is_demanding: bool = False
    """Whether more is asked of an object than that it has what is required."""

    def compile(self) -> None:
        definition = _definitions(self.type_name)[self.path]
        self.is_resource = self.path == "" and self.type_name in definitions.resource_types()
        self.extras = TYPE_CHECKS.get(self.type_name, ()) if not self.path else ()
        self.rules = _rules(definition.rules)
        required: list[str] = []
        choices: list[tuple[str, tuple[str, ...]]] = []
        for element in definition.elements:
            keys = {key: self._element(element, kind) for key, kind in _keys(element)}
            self.elements.update(keys)
            if element.min and len(keys) == 1:
                required += keys
            elif element.min:
                choices.append((element.name, tuple(keys)))
        self.required = frozenset(required)
        self.required_choices = tuple(choices)
        self.is_demanding = bool(choices or self.extras or self.rules)
        self.compiled = True

    def _element(self, element: ElementDefinition, kind: str) -> Element:
        name = element.name.removesuffix("[x]")
        choice = element.name if name != element.name else None
        code, _, detail = kind.partition(":")
        rules = _rules(element.rules)
        if code.startswith("#"):
            return Element(name, element.repeats, choice, None, node=node(self.type_name, code[1:]), rules=rules)
        if code in PRIMITIVES:
            return _primitive(name, element.repeats, choice, PRIMITIVES[code], detail)
        if code == RESOURCE or code in definitions.resource_types():
            return Element(name, element.repeats, choice, None)
        extras: tuple[Extra, ...] = ()
        if code == "Reference":
            extras = (reference_check(frozenset(detail.split("|")) if detail else frozenset()),)
        elif detail and (binding := definitions.binding(detail)).codes:
            extras = (coded_check(binding, is_concept=code == "CodeableConcept"),)
        return Element(name, element.repeats, choice, None, node=node(code, ""), extras=extras, rules=rules)


@cache
def node(type_name: str, path: str) -> Node:
    return Node(type_name, path)


@cache
def _definitions(type_name: str) -> dict[str, NodeDefinition]:
    return definitions.nodes(type_name)


def _keys(element: ElementDefinition) -> list[tuple[str, str]]:
    if not element.name.endswith("[x]"):
        return [(element.name, element.types[0])]
    base = element.name.removesuffix("[x]")
    keys = []
    for kind in element.types:
        code = kind.partition(":")[0].removeprefix("Simple")
        keys.append((base + code[0].upper() + code[1:], kind))
    return keys


def _rules(keys: tuple[str, ...]) -> tuple[tuple[definitions.Rule, Check], ...]:
    return tuple((definitions.rule(key), CHECKS[key]) for key in keys if key in CHECKS)


def _primitive(name: str, repeats: bool, choice: str | None, primitive: Primitive, bound: str) -> Element:
    if primitive.name == "xhtml":
        return Element(name, repeats, choice, is_safe, primitive, NARRATIVE_WORDS)
    if bound in GRAMMARS:
        test, wanted = GRAMMARS[bound]
        return Element(name, repeats, choice, test, primitive, wanted, codes=True)
    if not bound or not (binding := definitions.binding(bound)).codes:
        return Element(name, repeats, choice, primitive.accepts, primitive, primitive.wanted)
    return Element(name, repeats, choice, _member(binding), primitive, _code_words(binding), codes=True)


def _member(binding: Binding) -> Test:
    codes = frozenset(binding.codes)
    return lambda value: type(value) is str and value in codes


def _code_words(binding: Binding) -> str:
    if len(binding.codes) > LONGEST_CODE_LIST:
        return f"a code of http://hl7.org/fhir/ValueSet/{binding.name}"
    return f"one of: {', '.join(binding.codes)}"
