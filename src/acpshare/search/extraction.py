"""What a resource is found by: all values of all its parameters, in one walk through it.

The paths of a type's parameters are laid into one tree, so that each element is visited once.
https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.outcome import IssueType, TooLarge, error
from acpshare.search.datatypes import emitter
from acpshare.search.found import Emitter, Found
from acpshare.search.parameters import VALUE_OF, Context, SearchParameter, parameters_of
from acpshare.search.paths import PRESENT, Path, Step
from acpshare.search.values import IndexValue, TokenValue, parameter_key


def index_values(resource: JsonObject, base_url: str = "", person: str | None = None) -> tuple[IndexValue, ...]:
    """Every value once. `base_url` is our own address: references that begin with it lead to resources here.

    `person` is the id of the Patient in whose compartment the resource lies: a subject that is only named by an NHS
    number is found as a reference, too.
    Raises TooLarge when some of its codes are too many to be found together, KeyError for a type that is not searched.
    """
    found = Found(base_url.rstrip("/") + "/" if base_url else "", person)
    _walk(_tree(resource["resourceType"]), resource, found)
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Node:
    """An element within its parent: what is made of each of its items, and where to go on."""

    step: Step
    emitters: tuple[Emitter, ...]
    children: tuple[_Node, ...]


def _walk(node: _Node, item: Any, found: Found) -> None:
    for emit in node.emitters:
        emit(item, found)
    if not node.children or not isinstance(item, dict):
        return
    for child in node.children:
        value = item.get(child.step.name)
        if value is None:
            continue
        if isinstance(value, list):
            for each in value:
                _enter(child, each, found)
        else:
            _enter(child, value, found)


def _enter(node: _Node, item: Any, found: Found) -> None:
    step = node.step
    if isinstance(item, dict):
        if step.key and item.get(step.key) != step.value:
            return
        if len(item) == 1 and "extension" in item:
            return  # it says why there is no value: the element is missing
    _walk(node, item, found)


@dataclass(slots=True)
class _Growing:
    emitters: list[Emitter] = field(default_factory=list)
    children: dict[Step, _Growing] = field(default_factory=dict)

    def at(self, steps: Iterable[Step]) -> _Growing:
        node = self
        for step in steps:
            node = node.children.setdefault(step, _Growing())
        return node

    def grown(self, step: Step) -> _Node:
        children = tuple(child.grown(name) for name, child in self.children.items())
        return _Node(step, tuple(self.emitters), children)


@cache
def _tree(type: str) -> _Node:
    root = _Growing()
    for parameter in parameters_of(type).values():
        for path in parameter.paths:
            # Whether something is stated is asked of the resource, which may not have the element.
            steps = () if path.datatype == PRESENT else path.steps
            root.at(steps).emitters.append(emitter(type, parameter.code, parameter.kind, path))
        for context in parameter.contexts:
            root.at(context.steps).emitters.append(_composite(parameter, context))
    return root.grown(Step(""))


def _composite(parameter: SearchParameter, context: Context) -> Emitter:
    """Under a number for each of the first part's codes, with and without their system: the second part's values."""
    first, second = (_part(part.kind, part.paths) for part in context.parts)
    kept = VALUE_OF[context.parts[1].kind]
    key_of = partial(composite_key, parameter.type, parameter.code)

    def emit(item: Any, found: Found) -> None:
        seconds = Found(found.base, found.person)
        _walk(second, item, seconds)
        values = [value for value in seconds if type(value) is kept and value.parameter == _OWN]
        if not values:
            return
        firsts = Found(found.base)
        _walk(first, item, firsts)
        if len(firsts) * len(values) > MOST_COMBINATIONS:
            what = (
                f"{parameter.type} has more than {MOST_COMBINATIONS} pairs of what {parameter.code} searches together"
            )
            raise TooLarge(error(IssueType.TOO_COSTLY, what, parameter.type))
        for token in firsts:
            if isinstance(token, TokenValue) and token.parameter == _OWN and token.code:
                for key in (key_of(token.system, token.code), key_of(None, token.code)):
                    found.extend(replace(value, parameter=key) for value in values)

    return emit


_OWN = parameter_key("", "")
MOST_COMBINATIONS = 5000
"""Two long lists of codes in one small resource would otherwise make millions of values."""


def _part(kind: str, paths: Iterable[Path]) -> _Node:
    root = _Growing()
    for path in paths:
        root.at(path.steps).emitters.append(emitter("", "", kind, path))
    return root.grown(Step(""))


def composite_key(type: str, code: str, system: str | None, first: str) -> int:
    """The number under which the second part of a composite is kept. `system` None is "in any system"."""
    return parameter_key(type, code, "$", first if system is None else f"{system}|{first}")
