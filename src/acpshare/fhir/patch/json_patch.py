"""JSON Patch (RFC 6902) of a resource: all operations, in their order, or none.

A failing `test` is a Conflict (409): the resource is not in the state that the client thinks (RFC 5789, section 2.2).
Whatever else cannot be done is Invalid (422), and what is no patch at all is Malformed (400).
https://www.rfc-editor.org/rfc/rfc6902 https://hl7.org/fhir/R4/http.html#patch
"""

from __future__ import annotations

from typing import Any

import jsonpatch
from jsonpointer import JsonPointer, JsonPointerException

from acpshare.fhir.json_text import MAX_BYTES, MAX_DEPTH, JsonObject, parse_array
from acpshare.fhir.patch.identity import MAX_OPERATIONS, changed_identity, copied
from acpshare.outcome import Conflict, Invalid, Issue, IssueType, Malformed, TooLarge, error

NODE_BYTES = 32
"""What each value of a copy counts beside its text: many small ones cost more than one long one."""

_MEMBERS = {
    "add": ("path", "value"),
    "remove": ("path",),
    "replace": ("path", "value"),
    "move": ("path", "from"),
    "copy": ("path", "from"),
    "test": ("path", "value"),
}


def json_patch(resource: JsonObject, body: bytes | list[Any], *, max_bytes: int = MAX_BYTES) -> JsonObject:
    """The patched copy. Raises Malformed, TooLarge, Conflict or Invalid, which name operations by index, no values."""
    operations = parse_array(body, max_bytes=max_bytes) if isinstance(body, bytes) else body
    _check(operations)
    patched: Any = copied(resource)
    copied_bytes = 0
    for index, operation in enumerate(operations):
        if operation["op"] == "copy":
            levels, size = _extent(JsonPointer(operation["from"]).resolve(patched, None))
            copied_bytes += size
            if copied_bytes > max_bytes or levels > MAX_DEPTH:
                raise TooLarge(_issue(index, operation, "the copies are larger than a resource may be"))
        patched = _applied(patched, operation, index)
        if (name := changed_identity(resource, patched)) is not None:
            raise Invalid(_issue(index, operation, f"a patch must not change {name}", IssueType.BUSINESS_RULE))
    if _extent(patched)[0] > MAX_DEPTH:
        words = f"the patched resource would be nested more than {MAX_DEPTH} levels deep"
        raise Invalid(error(IssueType.TOO_COSTLY, words))
    return dict(patched)


def _check(operations: list[Any]) -> None:
    """That each operation is one, before any is done."""
    if len(operations) > MAX_OPERATIONS:
        raise TooLarge(error(IssueType.TOO_COSTLY, f"a patch has at most {MAX_OPERATIONS} operations"))
    issues = [issue for index, operation in enumerate(operations) for issue in _faults(operation, index)]
    if issues:
        raise Malformed(*issues)


def _faults(operation: Any, index: int) -> list[Issue]:
    if type(operation) is not dict or type(operation.get("op")) is not str or operation["op"] not in _MEMBERS:
        words = f"operation {index}: an operation is an object whose op is one of: {', '.join(_MEMBERS)}"
        return [error(IssueType.STRUCTURE, words)]
    found = []
    for name in _MEMBERS[operation["op"]]:
        if name not in operation:
            found.append(_issue(index, operation, f"{name} is required", IssueType.REQUIRED))
        elif name != "value" and not _is_pointer(operation[name]):
            found.append(_issue(index, operation, f"{name} must be a JSON Pointer: empty, or beginning with /"))
    return found


def _is_pointer(value: Any) -> bool:
    try:
        return type(value) is str and JsonPointer(value) is not None
    except JsonPointerException:
        return False


def _applied(patched: Any, operation: dict[str, Any], index: int) -> Any:
    try:
        return jsonpatch.apply_patch(patched, [operation], in_place=True)
    except jsonpatch.JsonPatchTestFailed:
        words = "the resource does not hold the value that is tested for"
        raise Conflict(_issue(index, operation, words, IssueType.CONFLICT)) from None
    except (jsonpatch.JsonPatchPathNotFound, JsonPointerException):
        words = "path, or from, leads to nothing in the resource; missing objects and arrays are not made"
        raise Invalid(_issue(index, operation, words, IssueType.NOT_FOUND)) from None
    except (jsonpatch.JsonPatchException, TypeError):
        words = "path, or from, is not a place where this can be done"
        raise Invalid(_issue(index, operation, words, IssueType.VALUE)) from None


def _issue(index: int, operation: dict[str, Any], words: str, code: IssueType = IssueType.STRUCTURE) -> Issue:
    return error(code, f"operation {index} ({operation['op']}): {words}")


def _extent(value: Any) -> tuple[int, int]:
    """How many levels deep a value is, and about how many bytes it takes. Not recursive: moves can nest very deeply."""
    deepest = size = 0
    waiting = [(value, 1)]
    while waiting:
        item, level = waiting.pop()
        if type(item) is dict:
            size += sum(len(key) + 4 for key in item)
            waiting += [(inner, level + 1) for inner in item.values()]
        elif type(item) is list:
            waiting += [(inner, level + 1) for inner in item]
        else:
            size += NODE_BYTES + len(str(item))
            continue
        size += NODE_BYTES + len(item)
        deepest = max(deepest, level)
    return deepest, size
