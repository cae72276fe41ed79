"""FHIRPath Patch: operations in a Parameters resource, done in their order on a copy, all of them or none.

https://hl7.org/fhir/R4/fhirpatch.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.patch.evaluation import Evaluation, check_names
from acpshare.fhir.patch.identity import MAX_OPERATIONS, changed_identity, copied
from acpshare.fhir.patch.location import Location, compiled, keys_named, pairs, write_pairs
from acpshare.fhir.patch.path import Expression, Fault, Member, This, parse_path
from acpshare.fhir.patch.value import Value, is_fitting, made, place_for, value_of
from acpshare.fhir.validation.structure import Element, Node
from acpshare.outcome import Invalid, Issue, IssueType, Malformed, TooLarge, error

_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "add": ("path", "name", "value"),
    "insert": ("path", "index", "value"),
    "delete": ("path",),
    "replace": ("path", "value"),
    "move": ("path", "source", "destination"),
}
_TEXT_KEYS = ("valueCode", "valueString")
_NUMBER_KEYS = ("valueInteger", "valueUnsignedInt", "valuePositiveInt")


@dataclass(frozen=True, slots=True)
class _Operation:
    type: str
    path: Expression
    name: str
    value: Value
    numbers: dict[str, int]


def fhirpath_patch(resource: JsonObject, parameters: JsonObject) -> JsonObject:
    """The patched copy. Raises Malformed, TooLarge or Invalid, which name operations by index and never a value."""
    operations = _read(parameters)
    patched = copied(resource)
    evaluation = Evaluation(patched)
    for index, operation in enumerate(operations):
        try:
            _DO[operation.type](evaluation, operation)
            if (name := changed_identity(resource, patched)) is not None:
                raise Fault(f"a patch must not change {name}", IssueType.BUSINESS_RULE)
        except Fault as fault:
            raise Invalid(_issue(index, operation.type, fault)) from None
    return dict(patched)


def _read(parameters: JsonObject) -> list[_Operation]:
    """All operations. Raises Malformed with all that is wrong with them."""
    listed = parameters.get("parameter", [])
    if parameters.get("resourceType") != "Parameters" or type(listed) is not list:
        words = "a FHIRPath Patch is a Parameters resource with one parameter for each operation"
        raise Malformed(error(IssueType.STRUCTURE, words, "Parameters"))
    if len(listed) > MAX_OPERATIONS:
        raise TooLarge(error(IssueType.TOO_COSTLY, f"a patch has at most {MAX_OPERATIONS} operations", "Parameters"))
    operations: list[_Operation] = []
    issues: list[Issue] = []
    for index, parameter in enumerate(listed):
        try:
            operations.append(_operation(parameter))
        except Fault as fault:
            issues.append(_issue(index, "", fault))
    if issues:
        raise Malformed(*issues)
    return operations


def _operation(parameter: Any) -> _Operation:
    parts = _parts(parameter)
    type = _text(parts, "type")
    if type not in _PARTS:
        raise Fault(f"type must be one of: {', '.join(_PARTS)}", IssueType.VALUE)
    wanted = {"type", *_PARTS[type]}
    if missing := sorted(wanted - parts.keys()):
        raise Fault(f"{type} needs the parts {', '.join(missing)}", IssueType.REQUIRED)
    if parts.keys() - wanted:
        raise Fault(f"{type} takes the parts {', '.join(_PARTS[type])} and no others")
    return _Operation(
        type,
        parse_path(_text(parts, "path")),
        _text(parts, "name") if "name" in wanted else "",
        value_of({k: v for k, v in parts["value"].items() if k != "name"}) if "value" in wanted else Value(None),
        {name: _number(parts, name) for name in ("index", "source", "destination") if name in wanted},
    )


def _parts(parameter: Any) -> dict[str, dict[str, Any]]:
    if type(parameter) is not dict or parameter.get("name") != "operation" or type(parameter.get("part")) is not list:
        raise Fault("a parameter is named operation and has parts")
    parts: dict[str, dict[str, Any]] = {}
    for part in parameter["part"]:
        name = part.get("name") if type(part) is dict else None
        if not isinstance(name, str) or name in parts:
            raise Fault("each part of an operation has a name of its own")
        parts[name] = part
    return parts


def _text(parts: dict[str, dict[str, Any]], name: str) -> str:
    part = parts.get(name, {})
    text = next((part[key] for key in _TEXT_KEYS if key in part), None)
    if not isinstance(text, str) or not text:
        raise Fault(f"{name} has a {_TEXT_KEYS[name != 'type']}", IssueType.REQUIRED)
    return text


def _number(parts: dict[str, dict[str, Any]], name: str) -> int:
    number = next((parts[name][key] for key in _NUMBER_KEYS if key in parts[name]), None)
    if type(number) is not int or number < 0:
        raise Fault(f"{name} has a valueInteger of 0 or more", IssueType.VALUE)
    return number


def _one(found: list[Location]) -> Location:
    if not found:
        raise Fault("the path leads to no element of the resource", IssueType.NOT_FOUND)
    if len(found) > 1:
        raise Fault(f"the path leads to {len(found)} elements, where one is needed", IssueType.MULTIPLE_MATCHES)
    return found[0]


def _kind(place: Location) -> Node:
    if (kind := place.kind) is None:
        raise Fault("what the path leads to is of no R4 resource type")
    return compiled(kind)


def _add(evaluation: Evaluation, operation: _Operation) -> None:
    place = _one(evaluation.locations(operation.path))
    kind = _kind(place)
    key, element = place_for(kind, operation.name, operation.value)
    pair = made(element, operation.value)
    if element.repeats:
        holder = place.writable()
        write_pairs(holder, key, [*pairs(holder, key), pair])
    elif any(True for _ in place.children(element.name)):
        raise Fault(f"{element.name} is there already; replace changes it", IssueType.DUPLICATE)
    else:
        place.writable()
        Location(place, key, None, element).write(pair)


def _insert(evaluation: Evaluation, operation: _Operation) -> None:
    place, key, element = _collection(evaluation, operation.path)
    if not is_fitting(element, operation.value):
        raise Fault(f"{element.name} takes a value of another type")
    items = pairs(place.object, key)
    at = operation.numbers["index"]
    if at > len(items):
        raise Fault(f"index is greater than the number of elements, {len(items)}", IssueType.VALUE)
    items.insert(at, made(element, operation.value))
    write_pairs(place.writable(), key, items)


def _move(evaluation: Evaluation, operation: _Operation) -> None:
    place, key, _ = _collection(evaluation, operation.path)
    items = pairs(place.object, key)
    source, destination = operation.numbers["source"], operation.numbers["destination"]
    if max(source, destination) >= len(items):
        raise Fault(f"source and destination must be less than the number of elements, {len(items)}", IssueType.VALUE)
    items.insert(destination, items.pop(source))
    write_pairs(place.object, key, items)


def _collection(evaluation: Evaluation, path: Expression) -> tuple[Location, str, Element]:
    """The one place whose element of this name repeats, be it there or not."""
    if not isinstance(path, Member):
        raise Fault("the path ends with the name of an element that repeats")
    if isinstance(path.base, This) and path.name == evaluation.root.key:
        raise Fault("the path ends with the name of an element that repeats")
    place = _one(evaluation.locations(path.base))
    kind = _kind(place)
    check_names(Member(This(), path.name), frozenset({kind}))
    key = keys_named(kind, path.name)[0]
    if not kind.elements[key].repeats:
        raise Fault(f"{path.name} does not repeat", IssueType.VALUE)
    return place, key, kind.elements[key]


def _delete(evaluation: Evaluation, operation: _Operation) -> None:
    found = evaluation.locations(operation.path)
    if found:
        _not_root(_one(found)).remove()


def _replace(evaluation: Evaluation, operation: _Operation) -> None:
    place = _not_root(_one(evaluation.locations(operation.path)))
    if place.element is None or place.parent is None or place.element.choice is None:
        if place.element is None or not is_fitting(place.element, operation.value):
            raise Fault("the element takes a value of another type", IssueType.VALUE)
        place.write(made(place.element, operation.value))
        return
    key, element = place_for(_kind(place.parent), place.element.name, operation.value)
    pair = made(element, operation.value)
    _rename(place.parent.object, place.key, key)
    Location(place.parent, key, None, element).write(pair)


def _rename(holder: dict[str, Any], old: str, new: str) -> None:
    """A choice that changes its type keeps its place."""
    members = list(holder.items())
    names = {old: new, f"_{old}": f"_{new}"}
    holder.clear()
    holder.update((names.get(key, key), value) for key, value in members)


def _not_root(place: Location) -> Location:
    if place.parent is None:
        raise Fault("the path leads to the resource itself; delete and update change the whole")
    return place


_DO: Final[dict[str, Callable[[Evaluation, _Operation], None]]] = {
    "add": _add,
    "insert": _insert,
    "delete": _delete,
    "replace": _replace,
    "move": _move,
}


def _issue(index: int, type: str, fault: Fault) -> Issue:
    named = f" ({type})" if type else ""
    return error(fault.code, f"operation {index}{named}: {fault.reason}", f"Parameters.parameter[{index}]")
