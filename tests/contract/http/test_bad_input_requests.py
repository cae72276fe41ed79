"""Requests that nobody should send: a 4xx OperationOutcome at once, which says what and where, and nothing of the data.

https://hl7.org/fhir/R4/http.html#rejecting
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.support.attack import CANARY, Headers, asked, sent
from tests.support.databases import DATABASES
from tests.support.service import BASE, Service, running

PROMPTLY = 2.0


@pytest.fixture(scope="module", params=DATABASES)
def at(
    request: pytest.FixtureRequest, databases_of_module: Callable[[str], AbstractContextManager[str]]
) -> Iterator[Service]:
    with databases_of_module(request.param) as url, running(url) as started:
        made = asked(started.port, "PUT", f"{BASE}/Practitioner/p", b'{"resourceType":"Practitioner","id":"p"}')
        assert made.status == 201
        yield started
        assert CANARY not in started.logs.getvalue()
        assert [line for line in started.log_lines() if line["event"] == "http.failure"] == []


def observed(value: str) -> bytes:
    return f'{{"resourceType":"Observation","status":"final","code":{{"text":"a"}},{value}}}'.encode()


def quantity(number: str) -> bytes:
    return observed(f'"valueQuantity":{{"value":{number}}}')


def at_instant(text: str) -> bytes:
    return observed(f'"effectiveDateTime":"{text}"')


def named(text: str) -> bytes:
    return f'{{"resourceType":"Practitioner","name":[{{"text":"{text}"}}]}}'.encode()


DEEP = b'{"resourceType":"Practitioner","extension":[' + b'{"url":"a","extension":[' * 1_000 + b"]}" * 1_000 + b"]}"
BODIES: dict[str, tuple[bytes, int, str]] = {
    "a key twice": (b'{"resourceType":"Practitioner","gender":"canaryzq","gender":"male"}', 400, ""),
    "NaN": (quantity("NaN"), 400, ""),
    "Infinity": (quantity("-Infinity"), 400, ""),
    "half a surrogate pair, escaped": (named(r"\ud800 canaryzq"), 400, ""),
    "half a surrogate pair, in bytes": (named("x").replace(b"x", b"\xed\xa0\x80"), 400, ""),
    "U+0000": (named(r"a\u0000 canaryzq"), 422, "Practitioner.name[0].text"),
    "U+FFFF": (named(r"a\uffff canaryzq"), 422, "Practitioner.name[0].text"),
    "a byte order mark": (b"\xef\xbb\xbf" + named("a"), 400, ""),
    "UTF-16": (named("a").decode().encode("utf-16"), 400, ""),
    "no UTF-8": (named("x").replace(b"x", b"\xff"), 400, ""),
    "nested 1,000 deep": (DEEP, 400, ""),
    "a number with a vast exponent": (quantity("1e999999999"), 422, "Observation.value"),
    "a number with a vast negative exponent": (quantity("1e-999999999"), 422, "Observation.value"),
    "a number of 100,000 digits": (quantity("9" * 100_000), 422, "Observation.value"),
    "an integer beyond 32 bits": (observed('"valueInteger":4294967296'), 422, "Observation.value"),
    "year 0": (at_instant("0000"), 422, "Observation.effective"),
    "year 10000": (at_instant("10000-01-01"), 422, "Observation.effective"),
    "30 February": (at_instant("2026-02-30"), 422, "Observation.effective"),
    "24:00": (at_instant("2026-01-01T24:00:00Z"), 422, "Observation.effective"),
    "an offset of 99 hours": (at_instant("2026-01-01T00:00:00+99:99"), 422, "Observation.effective"),
    "an id with a slash": (b'{"resourceType":"Practitioner","id":"canaryzq/x"}', 422, "Practitioner.id"),
    "a reference that leads nowhere": (observed('"subject":{"reference":"#canaryzq"}'), 422, "Observation.subject"),
    "an element without a name": (observed('"":null'), 422, "Observation"),
    "another resource": (b'{"resourceType":"Patient"}', 422, ""),
    "no object": (b'"canaryzq"', 400, ""),
}  # fmt: skip


@pytest.mark.parametrize(("body", "status", "place"), BODIES.values(), ids=BODIES)
def test_a_body_is_refused_at_its_place(at: Service, body: bytes, status: int, place: str) -> None:
    type = "Observation" if b"Observation" in body else "Practitioner"
    answer = asked(at.port, "POST", f"{BASE}/{type}", body)
    said = answer.issues()
    assert answer.status == status, answer.body
    assert place in str([issue.get("expression") for issue in said]), answer.body
    assert answer.seconds < PROMPTLY


TIMES = ("0001-01-01", "9999-12-31", "2016-12-31T23:59:60Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00")


@pytest.mark.parametrize("instant", TIMES)
def test_what_is_at_the_ends_of_time_is_kept_and_found(at: Service, instant: str) -> None:
    made = asked(at.port, "POST", f"{BASE}/Observation", at_instant(instant))
    assert made.status == 201, made.body
    id = json.loads(made.body)["id"]
    text = instant.replace("+", "%2B")
    for prefix in ("", "le", "ge", "ap"):
        assert id in ids(at, f"Observation?date={prefix}{text}"), prefix
    for prefix in ("ne", "lt", "gt", "sa", "eb"):
        assert id not in ids(at, f"Observation?date={prefix}{text}"), prefix
    since = asked(at.port, "GET", f"{BASE}/Observation/_history?_since={text}")
    assert since.status == 200, since.body


def ids(at: Service, query: str) -> list[str]:
    answer = asked(at.port, "GET", f"{BASE}/{query}")
    assert answer.status == 200, answer.body
    return [entry["resource"]["id"] for entry in json.loads(answer.body).get("entry", ())]


IDS = ("a/b", "a%2Fb", "a%00b", "%00", "..", "%2e%2e", "a" * 65, "a%20b", "%ff", "%ed%a0%80", "a;b", "*", "a%0d%0aX:1", "%", "a%zz", "_x")  # fmt: skip


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_an_id_that_is_none_is_refused(at: Service, method: str, id: str) -> None:
    body = {"PUT": b'{"resourceType":"Practitioner","id":"x"}', "PATCH": b"[]"}.get(method, b"")
    headers: Headers = [("Content-Type", b"application/json-patch+json")] if method == "PATCH" else []
    for address in (f"Practitioner/{id}", f"Practitioner/{id}?_format=json"):
        answer = asked(at.port, method, f"{BASE}/{address}", body, headers)
        assert answer.issues()
        assert answer.status in (400, 404)
    for address in (f"Practitioner/{id}/_history", f"Practitioner/p/_history/{id}"):
        assert asked(at.port, "GET", f"{BASE}/{address}").issues()


HEADERS: dict[str, tuple[str, str, bytes, int]] = {
    "an If-Match that is no tag": ("PUT", "If-Match", b"canaryzq", 400),
    "an If-Match of an open quote": ("PUT", "If-Match", b'W/"1', 400),
    "a version beyond all bounds": ("PUT", "If-Match", b'W/"99999999999999999999999999"', 412),
    "a stale version among others": ("PUT", "If-Match", b'W/"7", W/"8"', 412),
    "an If-Match of no text": ("PUT", "If-Match", b"\xff\xfe", 400),
    "a create where something is": ("PUT", "If-None-Match", b"*", 412),
    "a condition that is no search": ("POST", "If-None-Exist", b"canaryzq", 400),
    "a condition that finds everybody": ("POST", "If-None-Exist", b"?", 400),
    "a condition in no UTF-8": ("POST", "If-None-Exist", b"identifier=%ff", 400),
    "an Accept of nothing known": ("GET", "Accept", b"text/canaryzq", 406),
    "an older version of FHIR": ("GET", "Accept", b"application/fhir+json; fhirVersion=1.0", 406),
    "a body in latin-1": ("PUT", "Content-Type", b"application/fhir+json; charset=iso-8859-1", 415),
    "a body of no media type": ("PUT", "Content-Type", b"\xff canaryzq", 415),
    "a compressed body": ("PUT", "Content-Encoding", b"gzip", 415),
}


@pytest.mark.parametrize(("method", "name", "value", "status"), HEADERS.values(), ids=HEADERS)
def test_a_header_that_cannot_be_met_is_refused(at: Service, method: str, name: str, value: bytes, status: int) -> None:
    body = b"" if method == "GET" else b'{"resourceType":"Practitioner","id":"p"}'
    address = f"{BASE}/Practitioner" + ("" if method == "POST" else "/p")
    answer = asked(at.port, method, address, body, [(name, value)])
    assert answer.issues()
    assert answer.status == status, answer.body


PASSED_OVER: list[tuple[str, bytes]] = [
    ("If-Modified-Since", b"canaryzq"),
    ("If-Modified-Since", b"Sat, 29 Oct 9999999994 19:43:31 GMT"),
    ("If-Modified-Since", b"Fri, 31 Dec 9999 23:59:59 -2359"),
    ("If-None-Match", b"canaryzq"),
    ("Prefer", b"return=canaryzq; handling=\xff"),
    ("Range", b"bytes=0-0,5-,-9,canaryzq"),
    ("X-Request-ID", b"canaryzq\tcanaryzq"),
    ("X-HTTP-Method-Override", b"DELETE"),
    ("X-Forwarded-Host", b"canaryzq"),
    ("Cookie", b"\xff=canaryzq"),
    ("Accept", b",".join([b"application/fhir+json;q=0.5"] * 2_000)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), PASSED_OVER)
def test_a_header_that_means_nothing_changes_nothing(at: Service, name: str, value: bytes) -> None:
    answer = asked(at.port, "GET", f"{BASE}/Practitioner/p", headers=[(name, value)])
    assert answer.status in (200, 304), answer.body
    assert answer.status == 200 or b"9999" in value
    assert CANARY.encode() not in answer.head + answer.body
    assert answer.seconds < PROMPTLY


def test_every_client_s_first_question_is_answered(at: Service) -> None:
    """Many ask it with a mode. https://hl7.org/fhir/R4/http.html#capabilities"""
    whole = asked(at.port, "GET", f"{BASE}/metadata")
    for mode in ("full", "normative"):
        assert asked(at.port, "GET", f"{BASE}/metadata?mode={mode}").body == whole.body
    for mode in ("terminology", "", CANARY):
        assert asked(at.port, "GET", f"{BASE}/metadata?mode={mode}").issues()


METHODS = [
    ("TRACE", "Practitioner/p", 405),
    ("PROPFIND", "Practitioner", 405),
    ("POST", "Practitioner/p", 405),
    ("PUT", "metadata", 405),
    ("DELETE", "", 405),
    ("DELETE", "Practitioner", 400),
    ("PUT", "Practitioner/_search", 405),
    ("GET", "Practitioner/_search", 405),
    ("BREW", "Practitioner", 400),
]


@pytest.mark.parametrize(("method", "address", "status"), METHODS)
def test_a_method_that_an_address_does_not_take_is_refused(at: Service, method: str, address: str, status: int) -> None:
    answer = asked(at.port, method, f"{BASE}/{address}".rstrip("/"))
    assert answer.issues()
    assert answer.status == status
    if status == 405:
        assert b"\r\nallow: " in answer.head.lower()


POST = b"POST /fhir/R4/Practitioner HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\n"
WIRE: dict[str, bytes] = {
    "no HTTP": b"CANARY canaryzq\r\n\r\n",
    "a length below zero": POST + b"Content-Length: -1\r\n\r\n{}",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length and chunks": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk of no length": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "a NUL in the address": b"GET /fhir/R4/\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "half a surrogate pair in the address": b"GET /fhir/R4/\xed\xa0\x80 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a control character in a header": b"GET /fhir/R4/metadata HTTP/1.1\r\nHost: x\r\nX: a\x01b\r\n\r\n",
    "HTTP/2 at once": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a query of 10 MB": b"GET /fhir/R4/Practitioner?name=" + b"a" * 10_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header of 10 MB": b"GET /fhir/R4/Practitioner HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 10_000_000 + b"\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("request_bytes", WIRE.values(), ids=WIRE)
def test_what_is_hardly_http_is_answered_all_the_same(at: Service, request_bytes: bytes) -> None:
    answer = sent(at.port, request_bytes)
    assert answer.issues()
    assert answer.seconds < PROMPTLY
    assert asked(at.port, "GET", f"{BASE}/Practitioner/p").status == 200


FORM = "application/x-www-form-urlencoded"
FORMS: dict[str, tuple[bytes, str, int]] = {
    "no percent-encoding": (b"name=%zz%ff", FORM, 400),
    "raw bytes that are no UTF-8": (b"name=\xff\xfe", FORM, 400),
    "half a surrogate pair": (b"name=%ed%a0%80", FORM, 400),
    "JSON": (b"{}", "application/json", 415),
    "parts": (b"--x\r\n", "multipart/form-data; boundary=x", 415),
    "latin-1": (b"name=%e9", f"{FORM}; charset=iso-8859-1", 415),
    "101 parameters": (b"&".join([b"name=a"] * 101), FORM, 400),
    "100,000 values": (b"identifier=" + b",".join(b"%d" % each for each in range(100_000)), FORM, 400),
    "a name of 1 MB": (b"a" * 1_000_000 + b"=1", FORM, 400),
}


@pytest.mark.parametrize(("body", "kind", "status"), FORMS.values(), ids=FORMS)
def test_a_posted_search_that_cannot_be_read_is_refused(at: Service, body: bytes, kind: str, status: int) -> None:
    answer = asked(at.port, "POST", f"{BASE}/Practitioner/_search", body, [("Content-Type", kind.encode())])
    assert answer.issues()
    assert answer.status == status, answer.body
    assert answer.seconds < PROMPTLY
