"""Small requests that would be large inside: refused, or answered within bounds, by a real process that is watched.

https://owasp.org/www-project-top-ten/2017/A4_2017-XML_External_Entities_(XXE)
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.support.attack import CANARY
from tests.support.processes import Process, serving
from tests.support.service import FHIR_JSON
from tests.support.writing import UUID, bundle, entry, practitioner

JSON_PATCH = "application/json-patch+json"
XML = "application/fhir+xml"
SECONDS = 5.0
"""For the slowest, on a machine that does other things, too."""
MEGABYTES = 150
"""More than before, at the most: what one body of 5 MB needs several times over."""


@pytest.fixture(scope="module")
def process(
    databases_of_module: Callable[[str], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Process]:
    with databases_of_module("sqlite") as url, serving(url, tmp_path_factory.mktemp("bombs")) as started:
        for id, names in (("small", 2), ("big", 2_000)):
            name = [{"text": f"n{number}", "given": ["a"] * 10} for number in range(names)]
            assert started.client.put(f"Practitioner/{id}", json=practitioner(id, id=id, name=name)).status_code == 201
        assert started.client.put("Binary/huge", json=HUGE | {"id": "huge"}).status_code == 201
        yield started
        log = started.log.read_text(encoding="utf-8")
        assert CANARY not in log
        assert "http.failure" not in log


def xml(inside: bytes, before: bytes = b"") -> bytes:
    return (
        b'<?xml version="1.0"?>' + before + b'<Practitioner xmlns="http://hl7.org/fhir">' + inside + b"</Practitioner>"
    )


def entities(depth: int) -> bytes:
    """Each entity is ten of the one before."""
    lines = [b'<!ENTITY l0 "canaryzq">']
    lines += [b'<!ENTITY l%d "%s">' % (each, b"&l%d;" % (each - 1) * 10) for each in range(1, depth)]
    return b"<!DOCTYPE Practitioner [" + b"".join(lines) + b"]>"


def narrative(inside: bytes) -> bytes:
    return b'<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">' + inside + b"</div></text>"


FILE = b'<!DOCTYPE Practitioner [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
DTD = b'<!DOCTYPE Practitioner SYSTEM "http://127.0.0.1:9/canaryzq.dtd">'
DIV = f'<div xmlns="http://www.w3.org/1999/xhtml">{"<b>" * 20_000}{"</b>" * 20_000}</div>'
BODIES: dict[str, tuple[str, bytes, set[int]]] = {
    "entities of entities": (XML, xml(b'<gender value="&l8;"/>', entities(9)), {400}),
    "an entity of a file": (XML, xml(b'<gender value="&x;"/>', FILE), {400}),
    "a DTD from elsewhere": (XML, xml(b"", DTD), {400}),
    "elements nested 10,000 deep": (XML, xml(b"<extension url='a'>" * 10_000), {400}),
    "a narrative nested 10,000 deep": (XML, xml(narrative(b"<b>" * 10_000)), {400}),
    "an attribute of 4 MB": (XML, xml(b'<gender value="' + b"a" * 4_000_000 + b'"/>'), {422}),
    "100,000 attributes": (XML, xml(b"<gender " + b" ".join(b'a%d=""' % each for each in range(100_000)) + b"/>"), {400}),
    "50,000 namespaces": (XML, xml(b"<gender " + b" ".join(b'xmlns:a%d="b"' % each for each in range(50_000)) + b"/>"), {400}),
    "a million unknown elements": (XML, xml(b"<x/>" * 1_000_000), {400}),
    "half a surrogate pair as XML": (XML, xml(b'<gender value="&#xD800;canaryzq"/>'), {400}),
    "XML of another encoding": (XML, b'<?xml version="1.0" encoding="utf-7"?><Practitioner/>', {400}),
    "a narrative with a script": (XML, xml(narrative(b"<script>canaryzq</script>")), {422}),
    "a narrative with entities": (FHIR_JSON, json.dumps(practitioner(text={"status": "generated", "div": (entities(9) + narrative(b"&l8;")).decode()})).encode(), {422}),
    "a narrative nested 20,000 deep": (FHIR_JSON, json.dumps(practitioner(text={"status": "generated", "div": DIV})).encode(), {201, 422}),
    "100,000 names that are wrong": (FHIR_JSON, json.dumps(practitioner(name=[{"text": 1}] * 100_000)).encode(), {422}),
    "an id of 100,000 characters": (FHIR_JSON, json.dumps(practitioner(id="a" * 100_000)).encode(), {422}),
    "a text of 2 MB of spaces": (FHIR_JSON, json.dumps(practitioner(name=[{"text": " " * 2_000_000}])).encode(), {422}),
    "base64 of 4 MB with a fault at its end": (FHIR_JSON, json.dumps(practitioner(photo=[{"data": "AAAA " * 800_000 + "!"}])).encode(), {422}),
    "a date of 500,000 characters": (FHIR_JSON, json.dumps(practitioner(birthDate="2026-" * 100_000)).encode(), {422}),
    "10 MB": (FHIR_JSON, b'{"a":"' + b"x" * 10_000_000 + b'"}', {413}),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "statuses"), BODIES.values(), ids=BODIES)
def test_a_body_that_swells_is_bounded(process: Process, kind: str, body: bytes, statuses: set[int]) -> None:
    bounded(process, "POST", "Practitioner", body, kind, statuses)


def bounded(process: Process, method: str, address: str, body: bytes, kind: str, statuses: set[int]) -> Any:
    """What is answered; it took neither long nor much memory."""
    process.forget_memory()
    before, _ = process.memory()
    answer = process.client.request(method, address, content=body, headers={"Content-Type": kind})
    _, most = process.memory()
    assert answer.status_code in statuses, answer.text[:500]
    assert CANARY not in answer.text[:100_000]
    assert answer.elapsed.total_seconds() < SECONDS
    assert most - before < MEGABYTES
    answered = answer.json()
    if answer.status_code >= 400:
        assert all(issue["diagnostics"] for issue in answered["issue"])
    return answered


def fhirpath(path: str) -> bytes:
    parts = [{"name": "type", "valueCode": "delete"}, {"name": "path", "valueString": path}]
    return json.dumps({"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}).encode()


GROWING = [{"op": "add", "path": "/name", "value": [{"text": "x" * 1_000}]}] + [
    {"op": "copy", "from": "/name", "path": "/name/-"}
] * 60
CONTAINED = [{"op": "add", "path": "/contained", "value": [{"a": "x" * 50}]}] + [
    {"op": "copy", "from": "/contained", "path": "/contained/-"}
] * 40
PATCHES: dict[str, tuple[str, bytes, set[int]]] = {
    "copies of copies": (JSON_PATCH, json.dumps(GROWING).encode(), {413, 422}),
    "copies of copies that are contained": (JSON_PATCH, json.dumps(CONTAINED).encode(), {413, 422}),
    "50,000 operations": (JSON_PATCH, json.dumps([{"op": "add", "path": "/name/0", "value": {}}] * 50_000).encode(), {413}),
    "1,000 moves": (JSON_PATCH, json.dumps([{"op": "move", "from": "/name/1999", "path": "/name/0"}] * 1_000).encode(), {200}),
    "a pointer 10,000 deep": (JSON_PATCH, json.dumps([{"op": "add", "path": "/a" * 10_000, "value": 1}]).encode(), {422}),
    "a value nested 5,000 deep": (JSON_PATCH, b'[{"op":"add","path":"/x","value":' + b"[" * 5_000 + b"]" * 5_000 + b"}]", {400}),
    "an index beyond all bounds": (JSON_PATCH, b'[{"op":"add","path":"/name/99999999999999999999","value":{}}]', {422}),
    "a test of what is not so": (JSON_PATCH, b'[{"op":"test","path":"/name/0/text","value":"canaryzq"}]', {409}),
    "the whole resource replaced": (JSON_PATCH, b'[{"op":"replace","path":"","value":[]}]', {422}),
    "a path of 2 MB": (FHIR_JSON, fhirpath("a" * 2_000_000), {400, 413}),
    "a path of many steps": (FHIR_JSON, fhirpath("Practitioner.name" + ".where(true)" * 150), {400}),
    "a path within a path within a path": (FHIR_JSON, fhirpath("Practitioner.name.where(" + "$this.where(" * 9 + "true" + ")" * 10), {400, 422}),
    "5,000 brackets": (FHIR_JSON, fhirpath("(" * 900 + "Practitioner" + ")" * 900), {400}),
    "an expression that runs back": (FHIR_JSON, fhirpath("Practitioner.name.where(text.matches('(a+)+$'))"), {400}),
    "a path that is none": (FHIR_JSON, fhirpath("canaryzq((("), {400}),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "statuses"), PATCHES.values(), ids=PATCHES)
def test_a_patch_that_swells_is_bounded(process: Process, kind: str, body: bytes, statuses: set[int]) -> None:
    bounded(process, "PATCH", "Practitioner/big", body, kind, statuses)


def patching(operations: list[dict[str, Any]]) -> dict[str, Any]:
    data = base64.b64encode(json.dumps(operations).encode()).decode()
    return {"resourceType": "Binary", "contentType": JSON_PATCH, "data": data}


def organization(part_of: str) -> dict[str, Any]:
    return {"resourceType": "Organization", "name": "Ring", "partOf": {"reference": part_of}}


GET = entry("GET", "Practitioner/small")
BUNDLES: dict[str, tuple[dict[str, Any], set[int], set[str]]] = {
    "10,000 reads": (bundle("batch", *[GET] * 10_000), {413}, set()),
    "10,000 creates": (bundle("transaction", *[entry("POST", "Practitioner", practitioner())] * 10_000), {413}, set()),
    "a thousand reads": (bundle("batch", *[GET] * 1_000), {200}, {"200"}),
    "a hundred reads of what is large": (bundle("batch", *[entry("GET", "Binary/huge")] * 100), {200}, {"200", "413"}),
    "a transaction of them": (bundle("transaction", *[entry("GET", "Binary/huge")] * 100), {413}, set()),
    "searches that find much": (bundle("batch", *[entry("GET", "Practitioner?name:contains=n")] * 300), {200}, {"200", "413"}),
    "a batch in a batch": (bundle("batch", entry("POST", "", bundle("batch", GET)), entry("POST", "Bundle", bundle("batch", GET))), {200}, {"400", "405", "404"}),
    "a ring of urns": (bundle("transaction", entry("POST", "Organization", organization(f"{UUID}1"), f"{UUID}0"), entry("POST", "Organization", organization(f"{UUID}0"), f"{UUID}1")), {200}, {"201"}),
    "an urn of itself": (bundle("transaction", entry("POST", "Organization", organization(f"{UUID}0"), f"{UUID}0")), {200}, {"201"}),
    "an urn of nobody": (bundle("transaction", entry("POST", "Organization", organization(f"{UUID}7"), f"{UUID}0")), {422}, set()),
    "one urn twice": (bundle("transaction", *[entry("POST", "Practitioner", practitioner(), f"{UUID}0")] * 2), {422}, set()),
    "one resource twice": (bundle("transaction", *[entry("PUT", "Practitioner/q", practitioner(id="q"))] * 2), {400}, set()),
    "a condition of everybody": (bundle("transaction", entry("POST", "Organization", organization("Organization?"))), {422}, set()),
    "a patch that swells": (bundle("transaction", entry("PATCH", "Practitioner/small", patching(GROWING))), {413, 422}, set()),
    "patches of what is large": (bundle("transaction", *[entry("PATCH", f"Practitioner/{id}", patching(GROWING[:9])) for id in ("big", "small")]), {413, 422}, set()),
    "methods that there are not": (bundle("batch", *[entry(each, "Practitioner/small") for each in ("TRACE", "get", "", "canaryzq")]), {200}, {"400"}),
    "addresses that there are not": (bundle("batch", *[entry("GET", each) for each in ("/", "//", "?", "%00", "Practitioner/%ff", "../../etc", "Practitioner?%ff=1", "a" * 10_000, "canaryzq/1", "Practitioner/canaryzq:x")]), {200}, {"400", "404"}),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "statuses", "of_entries"), BUNDLES.values(), ids=BUNDLES)
def test_a_bundle_that_swells_is_bounded(
    process: Process, sent: dict[str, Any], statuses: set[int], of_entries: set[str]
) -> None:
    answered = bounded(process, "POST", "", json.dumps(sent).encode(), FHIR_JSON, statuses)
    if of_entries:
        assert len(answered["entry"]) == len(sent["entry"])
        assert {each["response"]["status"][:3] for each in answered["entry"]} <= of_entries


HUGE = {"resourceType": "Binary", "contentType": "text/plain", "data": "QUJD" * 900_000}
PAGES: dict[str, tuple[str, float]] = {
    "a search": ("Binary?_count=1000", MEGABYTES),
    "a search of a usual page": ("Binary?_id=" + ",".join(f"huge{number}" for number in range(30)), MEGABYTES),
    "a sorted search": ("Binary?_count=1000&_sort=-_lastUpdated", MEGABYTES),
    "a search for a part": ("Binary?_count=1000&_elements=contentType", MEGABYTES),
    "a history": ("Binary/_history?_count=1000", 3 * MEGABYTES),
    "the history of everything": ("_history?_count=1000", 3 * MEGABYTES),
}


@pytest.fixture(scope="module")
def full(process: Process) -> Process:
    """With 30 documents of 3.6 MB."""
    for number in range(30):
        assert process.client.put(f"Binary/huge{number}", json=HUGE | {"id": f"huge{number}"}).status_code == 201
    return process


@pytest.mark.parametrize(("first", "most"), PAGES.values(), ids=PAGES)
def test_pages_of_what_is_large_are_short_and_hold_everything_once(full: Process, first: str, most: float) -> None:
    seen: list[str] = []
    following: str | None = first
    full.forget_memory()
    before, _ = full.memory()
    while following is not None:
        answer = full.client.get(following)
        assert answer.status_code == 200, answer.text[:300]
        page = answer.json()
        seen += [each["fullUrl"] for each in page["entry"] if "/Binary/huge" in each["fullUrl"]]
        following = next(
            (link["url"].partition("/fhir/R4/")[2] for link in page["link"] if link["relation"] == "next"), None
        )
    assert len(seen) == len(set(seen)) >= 30
    assert full.memory()[1] - before < most
