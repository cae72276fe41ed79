"""Search expressions compiled to plain paths, when the parameters are generated: no FHIRPath runs when a resource does.

The subset is what R4's parameters use: paths, unions, casts (`as`, `ofType`) and two kinds of `where`. Whatever else
stands in an expression stops the generator. https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from acpshare.fhir.validation.definitions import ElementDefinition, NodeDefinition, binding, nodes
from acpshare.search.paths import DATATYPES, PRESENT, Path, Step

_PRESENT = re.compile(r"(\w+)\.(\w+)\.exists\(\) and \1\.\2 != false")
_CAST = re.compile(r"\((.+) as (\w+)\)(.*)")
_STEP = re.compile(
    r"(?:(?:as|ofType)\((?P<cast>\w+)\)|where\((?P<key>\w+)='(?P<value>[^']*)'\)"
    r"|where\(resolve\(\) is (?P<target>\w+)\)|(?P<name>\w+))(?:\.|$)"
)


class NotUnderstood(Exception):
    """The generator must be taught this, or the parameter listed as left out."""


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a path has been followed: the node of a type, or (where `element` is set) one element of it."""

    type: str
    node: str
    steps: tuple[Step, ...]
    element: ElementDefinition | None = None
    target: str = ""


def compiled(type: str, expression: str, kind: str, node: str = "") -> tuple[tuple[Path, ...], frozenset[str]]:
    """The paths of an expression within a type, and the datatypes that were left aside as not of the kind."""
    if found := _PRESENT.fullmatch(expression):
        return (Path((Step(found[2]),), PRESENT),), frozenset()
    paths: list[Path] = []
    ignored: set[str] = set()
    for alternative in expression.split(" | "):
        for path in _alternative(type, alternative.strip(), node):
            if path.datatype in DATATYPES[kind]:
                paths.append(path)
            else:
                ignored.add(path.datatype)
    if not paths:
        raise NotUnderstood(f"{type}: {expression}: nothing that a {kind} parameter is searched in")
    return tuple(dict.fromkeys(paths)), frozenset(ignored)


def context(type: str, expression: str) -> tuple[tuple[tuple[Step, ...], str], ...]:
    """The backbone elements that a composite's expression leads to, as steps and the node's path."""
    found = []
    for alternative in expression.split(" | "):
        place = _followed(type, alternative.strip(), "")
        node = place.node
        if place.element is not None:
            if len(place.element.types) != 1:
                raise NotUnderstood(f"{type}: {expression}: a composite within a choice")
            node = place.element.types[0]
        found.append((place.steps, node))
    return tuple(found)


def _alternative(type: str, text: str, node: str) -> Iterator[Path]:
    if found := _CAST.fullmatch(text):
        text = f"{found[1]}.as({found[2]}){found[3]}"
    place = _followed(type, text, node)
    if place.element is None:
        raise NotUnderstood(f"{type}: {text}: leads to no element")
    yield from _typed(place)


def _followed(type: str, text: str, node: str) -> _Place:
    """The place that a path leads to. `node` is where it starts: the type, or `#path` of a backbone, or a datatype."""
    place = _at(type, node, ())
    position = 0
    if not node and text.partition(".")[0] == type:
        position = min(len(type) + 1, len(text))
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            raise NotUnderstood(f"{type}: {text}: at {position}")
        place = _stepped(place, step, text)
        position = step.end()
    return place


def _at(type: str, node: str, steps: tuple[Step, ...]) -> _Place:
    if node.startswith("#"):
        return _Place(type, node[1:], steps)
    return _Place(node or type, "", steps)


def _stepped(place: _Place, step: re.Match[str], text: str) -> _Place:
    if step["name"]:
        return _child(place, step["name"], text)
    if place.element is None:
        raise NotUnderstood(f"{text}: a function before any element")
    if step["key"]:
        last = Step(place.steps[-1].name, step["key"], step["value"])
        return _Place(place.type, place.node, (*place.steps[:-1], last), place.element, place.target)
    if step["target"]:
        return _Place(place.type, place.node, place.steps, place.element, step["target"])
    return _cast(place, step["cast"], text)


def _cast(place: _Place, cast: str, text: str) -> _Place:
    if place.element is None or not place.element.name.endswith("[x]"):
        raise NotUnderstood(f"{text}: a cast of what is no choice")
    wanted = cast if cast in {_bare(t) for t in place.element.types} else cast[0].lower() + cast[1:]
    types = [t for t in place.element.types if _bare(t) == wanted]
    if len(types) != 1:
        raise NotUnderstood(f"{text}: {cast} is no type of {place.element.name}")
    name = place.element.name[:-3] + wanted[0].upper() + wanted[1:]
    element = ElementDefinition(name, place.element.min, place.element.max, tuple(types))
    return _Place(place.type, place.node, (*place.steps[:-1], Step(name)), element, place.target)


def _child(place: _Place, name: str, text: str) -> _Place:
    if place.element is not None:
        if len(place.element.types) != 1:
            raise NotUnderstood(f"{text}: goes on after a choice")
        type_name = place.element.types[0]
        place = _at(place.type, type_name if type_name.startswith("#") else _bare(type_name), place.steps)
    for element in _nodes(place.type)[place.node].elements:
        if element.name in (name, f"{name}[x]"):
            return _Place(place.type, place.node, (*place.steps, Step(name)), element)
    raise NotUnderstood(f"{text}: {place.type} has no {name}")


def _typed(place: _Place) -> Iterator[Path]:
    """The place once for each datatype that its element may have."""
    element = place.element
    if element is None:
        return
    for type_name in element.types:
        datatype = _bare(type_name)
        steps = place.steps
        if element.name.endswith("[x]"):
            last = steps[-1]
            steps = (*steps[:-1], Step(last.name + datatype[0].upper() + datatype[1:], last.key, last.value))
        yield Path(steps, datatype, place.target, _implied_system(type_name))


def _implied_system(type_name: str) -> str:
    code, _, name = type_name.partition(":")
    if code != "code" or not name:
        return ""
    systems = list(binding(name).systems)
    return systems[0] if len(systems) == 1 else ""


def _bare(type_name: str) -> str:
    return type_name.partition(":")[0]


@cache
def _nodes(type: str) -> dict[str, NodeDefinition]:
    return nodes(type)
