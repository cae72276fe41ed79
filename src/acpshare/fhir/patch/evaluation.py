"""What a path leads to in a resource: places, and inside a criterion also texts, numbers and truths.

Every step is counted, so that a path from outside ends. An element that its type does not have is a fault even where
there is nothing to look at, so that a misspelt name never passes as one that is absent. https://hl7.org/fhirpath/N1
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeAlias

from acpshare.fhir.patch.location import Location, compiled, keys_named, type_of
from acpshare.fhir.patch.path import Call, Expression, Fault, Index, Literal, Member, Operation, This
from acpshare.fhir.validation.structure import Node, node
from acpshare.outcome import IssueType

MAX_STEPS = 100_000

Item: TypeAlias = Location | str | bool | Decimal
Kinds: TypeAlias = frozenset[Node] | None
"""The types that a path may be at; None where anything can stand."""

_FILTERS: Final = frozenset({"where", "first", "last", "single"})
_TRUTHS: Final = frozenset({"true", "false"})


def check_names(path: Expression, kinds: Kinds, root: str = "") -> Kinds:
    """The types at the end of a path. Raises Fault for an element that none of the types on the way has."""
    match path:
        case This():
            return kinds
        case Member(base, name):
            if isinstance(base, This) and name in (root, "Resource", "DomainResource"):
                return kinds
            return _child_kinds(check_names(base, kinds, root), name)
        case Index(base, _):
            return check_names(base, kinds, root)
        case Call(base, name, arguments):
            return _call_kinds(check_names(base, kinds, root), name, arguments)
        case Operation(operator, left, right):
            at = check_names(left, kinds, root)
            if operator == "as":
                return at
            check_names(right, kinds, root)
    return frozenset()


def _call_kinds(kinds: Kinds, name: str, arguments: tuple[Expression, ...]) -> Kinds:
    if name == "extension":
        return frozenset({node("Extension", "")})
    for argument in arguments:
        check_names(argument, kinds)
    return kinds if name in _FILTERS or name in ("ofType", "as") else frozenset()


def _child_kinds(kinds: Kinds, name: str) -> Kinds:
    if kinds is None:
        return None
    found = [_element_kind(kind, key) for kind in kinds for key in keys_named(kind, name)]
    if not found:
        raise Fault(_no_element(kinds, name), IssueType.NOT_FOUND)
    if None in found:
        return None
    return frozenset(kind for kind in found if kind is not None)


@cache
def _element_kind(kind: Node, key: str) -> Node | None:
    element = compiled(kind).elements[key]
    return node("Element", "") if element.primitive is not None else element.node


def _no_element(kinds: frozenset[Node], name: str) -> str:
    for kind in kinds:
        element = compiled(kind).elements.get(name)
        if element is not None and element.choice is not None:
            return f"FHIRPath writes the element {element.choice} as {element.name}, whatever its type"
    types = sorted({kind.type_name for kind in kinds})
    if not types:
        return "the path goes on after something that has no elements"
    return f"the path names an element that {' or '.join(types[:3])} does not have"


class Evaluation:
    """Paths over one resource."""

    def __init__(self, resource: dict[str, Any]) -> None:
        self.root = Location(None, str(resource.get("resourceType")), None, None, resource)
        self.steps = 0

    def locations(self, path: Expression) -> list[Location]:
        """The places that a path leads to. Raises Fault where it leads to none by its nature."""
        kind = self.root.kind
        check_names(path, None if kind is None else frozenset({kind}), self.root.key)
        found = self.items(path, [self.root])
        places = [item for item in found if isinstance(item, Location)]
        if len(places) < len(found):
            raise Fault("the path leads to a value that is computed, not to an element")
        return places

    def items(self, path: Expression, context: list[Item]) -> list[Item]:
        self.count(1)
        match path:
            case This():
                return context
            case Literal(value):
                return [] if value is None else [value]
            case Member(base, name):
                if isinstance(base, This) and self.is_root(name, context):
                    return context
                return self.children(self.items(base, context), name)
            case Index(base, index):
                return self.items(base, context)[index : index + 1]
            case Call(base, name, arguments):
                return self.call(name, self.items(base, context), arguments)
            case Operation():
                return self.operation(path, context)

    def count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise Fault("the paths take too many steps over this resource", IssueType.TOO_COSTLY)

    def is_root(self, name: str, context: list[Item]) -> bool:
        return context == [self.root] and name in (self.root.key, "Resource", "DomainResource")

    def children(self, items: list[Item], name: str) -> list[Item]:
        found: list[Item] = []
        for item in items:
            if isinstance(item, Location):
                found += item.children(name)
        self.count(len(items) + len(found))
        return found

    def call(self, name: str, items: list[Item], arguments: tuple[Expression, ...]) -> list[Item]:
        if name in ("first", "last", "single"):
            if name == "single" and len(items) > 1:
                raise Fault("single() stands after more than one element", IssueType.MULTIPLE_MATCHES)
            return items[-1:] if name == "last" else items[:1]
        if name == "where" or (name == "exists" and arguments):
            kept = [item for item in items if self.truth(self.items(arguments[0], [item])) is True]
            return kept if name == "where" else [bool(kept)]
        if name in ("ofType", "as"):
            return _of_type(items, arguments[0])
        if name == "extension":
            url = self.values(self.items(arguments[0], []))
            return [
                e for e in self.children(items, "extension") if isinstance(e, Location) and [e.object.get("url")] == url
            ]
        if name in ("exists", "empty"):
            return [bool(items) is (name == "exists")]
        return self.answer(name, items, arguments)

    def answer(self, name: str, items: list[Item], arguments: tuple[Expression, ...]) -> list[Item]:
        if name == "count":
            return [Decimal(len(items))]
        if name == "hasValue":
            return [len(items) == 1 and bool(self.values(items))]
        if name == "not":
            truth = self.truth(items)
            return [] if truth is None else [not truth]
        texts, wanted = self.values(items), self.values(self.items(arguments[0], items))
        if not texts or not wanted:
            return []
        if len(texts) > 1 or not isinstance(texts[0], str) or not isinstance(wanted[0], str):
            raise Fault(f"{name} compares one text with one text")
        return [_TEXT[name](texts[0], wanted[0])]

    def operation(self, path: Operation, context: list[Item]) -> list[Item]:
        left = self.items(path.left, context)
        if path.operator == "as":
            return _of_type(left, path.right)
        if path.operator == "is":
            return [bool(_of_type(left, path.right))] if left else []
        right = self.items(path.right, context)
        if path.operator not in ("=", "!="):
            answer = _LOGIC[path.operator](self.truth(left), self.truth(right))
            return [] if answer is None else [answer]
        if not left or not right:
            return []
        return [self.equal(left, right) is (path.operator == "=")]

    def equal(self, left: list[Item], right: list[Item]) -> bool:
        if len(left) != len(right):
            return False
        return all(_same(_value(a), _value(b)) for a, b in zip(left, right, strict=True))

    def values(self, items: list[Item]) -> list[Any]:
        return [value for value in map(_value, items) if value is not None]

    def truth(self, items: list[Item]) -> bool | None:
        if not items:
            return None
        if len(items) > 1:
            raise Fault("a criterion is about one truth, and this one gives several", IssueType.MULTIPLE_MATCHES)
        value = _value(items[0])
        return value if isinstance(value, bool) else True


def _url(extension: Item) -> list[Any]:
    return [extension.object.get("url")] if isinstance(extension, Location) else []


def _value(item: Item) -> Any:
    return item.pair[0] if isinstance(item, Location) else item


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return a is not None and bool(a == b)


def _of_type(items: list[Item], wanted: Expression) -> list[Item]:
    name = wanted.value if isinstance(wanted, Literal) else None
    return [item for item in items if isinstance(item, Location) and name in _types(item)]


def _types(place: Location) -> tuple[str, ...]:
    if place.element is None or type_of(place.element) == "Resource":
        return (str(place.object.get("resourceType")), "Resource")
    return (type_of(place.element),)


_TEXT: Final[dict[str, Callable[[str, str], bool]]] = {
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": lambda text, part: part in text,
}


def _and(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def _not(a: bool | None) -> bool | None:
    return None if a is None else not a


_LOGIC: Final[dict[str, Callable[[bool | None, bool | None], bool | None]]] = {
    "and": _and,
    "or": lambda a, b: _not(_and(_not(a), _not(b))),
    "xor": lambda a, b: None if a is None or b is None else a is not b,
    "implies": lambda a, b: _not(_and(a, _not(b))),
}
