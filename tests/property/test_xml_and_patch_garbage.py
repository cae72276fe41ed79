"""Whatever is sent as XML or as a patch is answered: read, or refused with an issue; never an error of ours."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acpshare.fhir.json_text import Number
from acpshare.fhir.patch import fhirpath_patch, json_patch
from acpshare.fhir.xml import dump, parse
from acpshare.outcome import Failure

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>a &amp; b</p></div>'},
    "name": [{"given": ["a", "b"], "_given": [None, {"id": "g"}]}],
    "birthDate": "1920",
    "_birthDate": {"extension": [{"url": "https://example.org/x", "valueDecimal": Number("1.50")}]},
    "contained": [{"resourceType": "Organization", "id": "o", "name": "n"}],
}
XML = dump(PATIENT)
PIECES = [
    b"<", b">", b"/", b'"', b"&#0;", b"&amp;", b"&x;", b"<div>", b"</div>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?x ?>", b"\x00", b"\xff",
    b' xmlns="urn:x"', b' xmlns:h="http://www.w3.org/1999/xhtml"', b"<name/>", b"<contained/>", b' value="1e9"', b"<!DOCTYPE a>", b"<Basic/>", b'<multipleBirthInteger value="1"/>',
]  # fmt: skip

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(["operation", "path", "Patient", "name", "/name/0", Number("1e99")]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "part", "type", "value", "valueString", "valueInteger", "resource", "op", "path", "from", "id"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
STEPS = ["Patient", "name", "given", "birthDate", "contained", "extension('https://example.org/x')", "value", "where(id = 'o')", "first()", "ofType(Organization)",
         "where(", ")", "[0]", "[", "and", "=", "'a", "'a'", "1.5", "$this", "as Patient", "is", "(", "exists()", "not()", "`id`", "id", "text", "div", "{}", "{", "%x", "matches('(a+)+')"]  # fmt: skip
PATHS = st.lists(st.sampled_from(STEPS), max_size=6).map(".".join) | st.lists(st.sampled_from(STEPS), max_size=6).map(" ".join) | st.text(max_size=20)  # fmt: skip
VALUES = st.sampled_from([{"valueString": "x"}, {"valueHumanName": {"text": "x"}}, {"resource": {"resourceType": "Basic"}}, {"part": [{"name": "text", "valueString": "x"}]}, {"valueDate": "1930"}, {"valueInteger": 1}, {}, {"part": []}, {"valueString": None}])  # fmt: skip
POINTERS = st.lists(st.sampled_from(["name", "0", "1", "-", "given", "birthDate", "", "~1", "~0", "~", "contained", "01", "-1"]), max_size=4).map(lambda steps: "".join(f"/{step}" for step in steps))  # fmt: skip


def done(act: Callable[..., Any], *arguments: Any) -> Any:
    """What comes of it; None when it is refused, which always says why."""
    try:
        return act(*arguments)
    except Failure as failure:
        refusal = failure
    assert refusal.issues
    return None


@st.composite
def operations(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["add", "insert", "delete", "replace", "move"]))
    parts: dict[str, Any] = {"type": {"valueCode": kind}, "path": {"valueString": draw(PATHS)}}
    parts |= {
        "add": {
            "name": {
                "valueString": draw(
                    st.sampled_from(["name", "birthDate", "given", "extension", "contained", "id", "x"])
                )
            }
        }
    }.get(kind, {})
    parts |= {"value": draw(VALUES)} if kind in ("add", "insert", "replace") else {}
    numbers = {"insert": ("index",), "move": ("source", "destination")}.get(kind, ())
    parts |= {name: {"valueInteger": draw(st.integers(0, 3))} for name in numbers}
    return {"name": "operation", "part": [{"name": name, **part} for name, part in parts.items()]}


@given(st.lists(st.tuples(st.integers(0, len(XML)), st.integers(0, 6), st.sampled_from(PIECES)), max_size=4))
@settings(max_examples=400)
def test_broken_xml_is_read_or_refused(edits: list[tuple[int, int, bytes]]) -> None:
    broken = XML
    for place, length, piece in edits:
        broken = broken[:place] + piece + broken[place + length :]
    read = done(parse, broken)
    if read is not None:
        done(dump, read)


@given(st.lists(operations(), max_size=4) | JSON)
@settings(max_examples=400)
def test_any_fhirpath_patch_is_done_or_refused(parameter: Any) -> None:
    before = copy.deepcopy(PATIENT)
    patched = done(fhirpath_patch, PATIENT, {"resourceType": "Parameters", "parameter": parameter})
    assert patched is None or (patched["resourceType"], patched["id"]) == ("Patient", "p")
    assert before == PATIENT


@given(
    st.lists(st.fixed_dictionaries({"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]), "path": POINTERS, "from": POINTERS, "value": JSON}), max_size=4)
    | st.lists(JSON, max_size=3)
)  # fmt: skip
@settings(max_examples=400)
def test_any_json_patch_is_done_or_refused(body: list[Any]) -> None:
    before = copy.deepcopy(PATIENT)
    patched = done(json_patch, PATIENT, body)
    assert patched is None or (patched["resourceType"], patched["id"]) == ("Patient", "p")
    assert before == PATIENT


@pytest.mark.parametrize("deep", [60, 5_000])
def test_nesting_ends(deep: int) -> None:
    with pytest.raises(Failure):
        parse(b'<Patient xmlns="http://hl7.org/fhir"><x>' + b"<name>" * deep)
