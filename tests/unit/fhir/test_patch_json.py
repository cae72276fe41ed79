"""JSON Patch of a resource: what it does, and what it refuses by naming the operation and nothing of the resource."""

from __future__ import annotations

from typing import Any

import pytest

from acpshare.fhir.json_text import dump, parse
from acpshare.fhir.patch import json_patch
from acpshare.outcome import Conflict, Failure, Invalid, Malformed, TooLarge

PATIENT = """{"resourceType":"Patient","id":"p1","birthDate":"1920-01-01","name":[{"family":"Nowhere","given":["Ann"]}],
"extension":[{"url":"https://example.org/weight","valueDecimal":72.50}]}"""

REFUSED: dict[str, tuple[bytes, type[Failure], str]] = {
    "an object is no patch": (b"{}", Malformed, "a JSON array is expected"),
    "text after the array": (b'[], "x": []', Malformed, "more text"),
    "a member twice": (b'[{"op":"add","op":"remove","path":"/x"}]', Malformed, "repeated"),
    "no such operation": (b'[{"op":"merge","path":"/x"}]', Malformed, "operation 0: an operation is an object whose op"),
    "no value": (b'[{"op":"add","path":"/x"}]', Malformed, "operation 0 (add): value is required"),
    "not a pointer": (b'[{"op":"remove","path":"x"}]', Malformed, "operation 0 (remove): path must be a JSON Pointer"),
    "another value than the one tested for": (b'[{"op":"test","path":"/birthDate","value":"1930"}]', Conflict, "operation 0 (test)"),
    "a truth is not a number": (b'[{"op":"test","path":"/id","value":true}]', Conflict, "operation 0 (test)"),
    "nothing there": (b'[{"op":"remove","path":"/gender"}]', Invalid, "operation 0 (remove): path, or from, leads to nothing"),
    "no container": (b'[{"op":"add","path":"/contact/0/gender","value":"male"}]', Invalid, "operation 0 (add)"),
    "behind the end of a list": (b'[{"op":"add","path":"/name/7","value":{}}]', Invalid, "operation 0 (add)"),
    "into itself": (b'[{"op":"move","from":"/name","path":"/name/0"}]', Invalid, "operation 0 (move)"),
    "the second of two": (b'[{"op":"remove","path":"/birthDate"},{"op":"remove","path":"/birthDate"}]', Invalid, "operation 1 (remove)"),
    "another id": (b'[{"op":"replace","path":"/id","value":"p2"}]', Invalid, "operation 0 (replace): a patch must not change id"),
    "no id": (b'[{"op":"remove","path":"/id"}]', Invalid, "must not change id"),
    "another type": (b'[{"op":"replace","path":"/resourceType","value":"Person"}]', Invalid, "must not change resourceType"),
    "no resource": (b'[{"op":"replace","path":"","value":7}]', Invalid, "must not change resourceType"),
    "too many operations": (b"[" + b'{"op":"test","path":"/id","value":"p1"},' * 1000 + b'{"op":"remove","path":"/x"}]', TooLarge, "at most 1000"),
}  # fmt: skip


@pytest.mark.parametrize("body, failure, words", REFUSED.values(), ids=REFUSED)
def test_a_patch_that_cannot_be_done_is_refused_by_operation(body: bytes, failure: type[Failure], words: str) -> None:
    resource = parse(PATIENT)
    with pytest.raises(failure) as refusal:
        json_patch(resource, body)
    assert type(refusal.value) is failure
    assert words in str(refusal.value)
    assert "Nowhere" not in str(refusal.value)
    assert "1920" not in str(refusal.value)
    assert dump(resource) == dump(parse(PATIENT))


def test_all_that_is_wrong_with_the_operations_is_said_at_once() -> None:
    with pytest.raises(Malformed) as refusal:
        json_patch({}, [{"op": "zap"}, {"op": "move", "path": "x"}, 3])
    assert len(refusal.value.issues) == 4


def test_numbers_keep_their_text_and_the_resource_that_was_given_is_left_alone() -> None:
    resource = parse(PATIENT)
    body = b'[{"op":"add","path":"/extension/-","value":{"url":"https://example.org/height","valueDecimal":1.80}}]'
    patched = json_patch(resource, body)
    assert '"valueDecimal":72.50' in dump(patched)
    assert '"valueDecimal":1.80' in dump(patched)
    assert dump(resource) == dump(parse(PATIENT))


def test_two_operations_never_share_a_value() -> None:
    operations: list[Any] = [
        {"op": "copy", "from": "/name/0", "path": "/name/-"},
        {"op": "replace", "path": "/name/1/given/0", "value": "Bea"},
    ]
    names = json_patch(parse(PATIENT), operations)["name"]
    assert [name["given"] for name in names] == [["Ann"], ["Bea"]]


@pytest.mark.timeout(10)
def test_copies_of_copies_end_before_they_fill_the_memory() -> None:
    operations: list[Any] = [{"op": "add", "path": "/a", "value": {"b": "c"}}]
    operations += [{"op": "copy", "from": "/a", "path": f"/a/{number}"} for number in range(900)]
    with pytest.raises(TooLarge, match="copies"):
        json_patch({}, operations)


@pytest.mark.timeout(10)
def test_moves_into_moves_end_before_they_are_too_deep() -> None:
    operations: list[Any] = [{"op": "add", "path": "/a0", "value": {}}]
    for number in range(400):
        operations += [
            {"op": "add", "path": f"/a{number + 1}", "value": {}},
            {"op": "move", "from": f"/a{number}", "path": f"/a{number + 1}/in"},
        ]
    with pytest.raises(Invalid, match="levels deep"):
        json_patch({}, operations)
