"""JSON to XML and back is the same resource, for every R4 type: made-up resources, and those that others published.

The made-up ones follow the definitions' structure, not their invariants: what XML must keep is the structure.
ACPSHARE_R4_EXAMPLES may name the folder of HL7's own examples (`make examples`). https://hl7.org/fhir/R4/xml.html
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import canonicalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acpshare.fhir import validation
from acpshare.fhir.json_text import Number, parse
from acpshare.fhir.json_text import dump as json_text
from acpshare.fhir.validation.definitions import resource_types
from acpshare.fhir.validation.structure import Element, Node, node
from acpshare.fhir.xml import dump
from acpshare.fhir.xml import parse as read_xml

CONFORMANCE = Path(__file__).resolve().parents[3] / "shared" / "conformance"
EXAMPLES = os.environ.get("ACPSHARE_R4_EXAMPLES", "")
LARGEST = 100_000_000
DEEPEST = 3
TYPES = sorted(resource_types())

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF]))), min_size=1, max_size=12)  # fmt: skip
NUMBER = st.integers(-(10**9), 10**9) | st.from_regex(r"\A-?(0|[1-9][0-9]{0,20})\.[0-9]{1,9}([eE][+-]?[0-9]{1,2})?\Z").map(Number)  # fmt: skip
DIV = st.sampled_from(["x", "\n x &amp;&#9;é ", "<p class='a&#9;b'>x<br/></p>", '<a href="#b">x</a><!-- c -->']).map(
    lambda inner: f'<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>'
)
PLACES = {"id", "url"}


def values(element: Element) -> st.SearchStrategy[Any]:
    assert element.primitive is not None
    if element.primitive.name == "xhtml":
        return DIV
    return {"string": TEXT, "number": NUMBER, "boolean": st.booleans()}[element.primitive.json]


@st.composite
def objects(draw: st.DrawFn, kind: Node, depth: int = 0) -> dict[str, Any]:
    """Some of the elements that a type has, with whatever may stand in them."""
    if not kind.compiled:
        kind.compile()
    made: dict[str, Any] = {"resourceType": kind.type_name} if kind.is_resource else {}
    keys = [key for key, element in kind.elements.items() if depth < DEEPEST or element.primitive is not None]
    taken: set[str] = set()
    for key in draw(st.lists(st.sampled_from(keys), min_size=1, max_size=6, unique=True)):
        element = kind.elements[key]
        if element.name not in taken:
            taken.add(element.name)
            draw_member(draw, made, key, element, kind, depth)
    return made


def draw_member(draw: st.DrawFn, made: dict[str, Any], key: str, element: Element, kind: Node, depth: int) -> None:
    count = draw(st.integers(1, 3)) if element.repeats else 1
    if element.primitive is None:
        items = [draw(objects(element.node or node(draw(st.sampled_from(TYPES)), ""), depth + 1)) for _ in range(count)]
        made[key] = items if element.repeats else items[0]
        return
    is_plain = (key in PLACES and not kind.is_resource) or element.primitive.name == "xhtml" or depth >= DEEPEST
    halves = [draw_halves(draw, element, depth, is_plain=is_plain) for _ in range(count)]
    for name, column in ((key, [half[0] for half in halves]), (f"_{key}", [half[1] for half in halves])):
        if any(item is not None for item in column):
            made[name] = column if element.repeats else column[0]


def draw_halves(draw: st.DrawFn, element: Element, depth: int, *, is_plain: bool) -> tuple[Any, Any]:
    value = draw(values(element))
    if is_plain or draw(st.integers(0, 3)):
        return value, None
    return draw(st.sampled_from([value, None])), draw(objects(node("Element", ""), depth + 1))


def keyed(value: Any) -> Any:
    """The same with keys in one order, so that number text can be compared too."""
    if isinstance(value, dict):
        return {key: keyed(value[key]) for key in sorted(value)}
    return [keyed(item) for item in value] if isinstance(value, list) else value


def same_text(value: Any) -> str:
    return json_text(keyed(value))


@given(st.data())
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
)
@pytest.mark.parametrize("pretty", [False, True])
def test_a_resource_comes_back_from_xml_as_it_was(pretty: bool, data: st.DataObject) -> None:
    resource = data.draw(objects(node(data.draw(st.sampled_from(TYPES)), "")))
    again = read_xml(dump(resource, pretty=pretty))
    assert same_text(again) == same_text(resource)


@pytest.mark.parametrize("type_name", TYPES)
def test_every_element_of_every_type_has_its_place_in_xml(type_name: str) -> None:
    kind = node(type_name, "")
    kind.compile()
    for key, element in kind.elements.items():
        if element.primitive is None or element.primitive.json != "string" or element.primitive.name == "xhtml":
            continue
        resource = {"resourceType": type_name, key: ["x"] if element.repeats else "x"}
        assert read_xml(dump(resource)) == resource


@pytest.mark.skipif(not CONFORMANCE.exists(), reason="conformance data absent: ../shared/conformance")
def test_published_xml_comes_back_as_it_was() -> None:
    cases = (CONFORMANCE / "fhir-test-cases" / "patch" / "fhir-patch-tests.xml").read_text("utf-8")
    documents = re.findall(r"<(Patient|Parameters) (xmlns=.*?)</\1>", cases, re.DOTALL)
    assert len(documents) > 80
    for type_name, rest in documents:
        xml = f"<{type_name} {rest}</{type_name}>"
        assert canonicalize(dump(read_xml(xml.encode())).decode(), strip_text=True) == canonicalize(
            xml, strip_text=True
        )


@pytest.mark.skipif(not CONFORMANCE.exists(), reason="conformance data absent: ../shared/conformance")
def test_published_json_comes_back_from_xml_as_it_was() -> None:
    checked = 0
    for path in sorted(CONFORMANCE.rglob("*.json")):
        resource = None if path.read_text("utf-8").startswith(("../", "[")) else parse(path.read_bytes())
        if resource is None or "resourceType" not in resource:
            continue
        if not any(issue.is_error for issue in validation.validate(resource)):
            assert same_text(read_xml(dump(resource))) == same_text(resource), path.name
            checked += 1
    assert checked > 30


@pytest.mark.skipif(not EXAMPLES, reason="conformance data absent: ACPSHARE_R4_EXAMPLES names no folder")
@pytest.mark.timeout(600)
def test_hl7s_own_examples_come_back_from_xml_as_they_were() -> None:
    checked = 0
    for path in sorted(Path(EXAMPLES).glob("*.json")):
        if path.name in ("package.json", ".index.json"):
            continue
        resource = parse(path.read_bytes(), max_bytes=LARGEST)
        narrative = [issue for issue in validation.validate(resource) if "txt-2" in issue.diagnostics]
        if not narrative:
            again = read_xml(dump(resource), max_bytes=LARGEST)
            assert same_text(again) == same_text(resource), path.name
            checked += 1
    assert checked > 5000
