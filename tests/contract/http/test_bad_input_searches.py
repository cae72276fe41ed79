"""Searches that nobody should send, and values that mean themselves whatever they look like.

https://hl7.org/fhir/R4/search.html#errors
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from urllib.parse import quote

import pytest

from acpshare.interactions.erase import erase_person
from tests.support.attack import CANARY, asked
from tests.support.databases import DATABASES
from tests.support.service import BASE, Service, running
from tests.support.writing import made

PROMPTLY = 2.0
NAMES = ("%", "_", "100%_sure", "\\", "a\\b", ".*", "(a+)+$", "[a-z]*", "O'Brien", "' OR '1'='1", "; DROP TABLE x;--", "*?", "😀", "ẞ", "a,b", "a|b", "a$b")  # fmt: skip


@pytest.fixture(scope="module", params=DATABASES)
def at(
    request: pytest.FixtureRequest, databases_of_module: Callable[[str], AbstractContextManager[str]]
) -> Iterator[Service]:
    """Some whose names look like patterns, one whose does not, and two wards each of which is part of the other."""
    with databases_of_module(request.param) as url, running(url) as started:
        for number, name in enumerate((*NAMES, "Nobody")):
            made(started, practitioner(number, name))
        for here, there in (("one", "two"), ("two", "one")):
            ward = {
                "resourceType": "Organization",
                "id": here,
                "name": here,
                "partOf": {"reference": f"Organization/{there}"},
            }
            assert started.client.put(f"{BASE}/Organization/{here}", json=ward).status_code == 201
        yield started
        assert CANARY not in started.logs.getvalue()
        assert [line for line in started.log_lines() if line["event"] == "http.failure"] == []


def practitioner(number: int, name: str) -> dict[str, object]:
    return {
        "resourceType": "Practitioner",
        "identifier": [{"system": "urn:x", "value": name}],
        "name": [{"family": name, "text": f"{number}"}],
    }


def families(at: Service, query: str) -> list[str]:
    answer = asked(at.port, "GET", f"{BASE}/Practitioner?_count=100&{query}")
    assert answer.status == 200, answer.body
    return [each["resource"]["name"][0]["family"] for each in json.loads(answer.body).get("entry", ())]


def escaped(value: str) -> str:
    """https://hl7.org/fhir/R4/search.html#escaping"""
    return quote("".join(f"\\{each}" if each in "\\,|$" else each for each in value), safe="")


@pytest.mark.parametrize("name", NAMES)
def test_a_value_means_itself(at: Service, name: str) -> None:
    for query in ("family:exact", "identifier", "family"):
        found = families(at, f"{query}={escaped(name)}")
        assert found == [name] if query != "family" else name in found
        assert all(each.casefold().startswith(name.casefold()) for each in found)
    contained = families(at, f"family:contains={escaped(name)}")
    assert contained == [each for each in NAMES if name.casefold() in each.casefold()]


VALUES = {
    "half a surrogate pair": "%ed%a0%80",
    "no UTF-8": "%ff",
    "nothing": "",
    "commas": ",,",
}
BY = ("identifier", "family:contains", "_id", "_tag", "active", "_lastUpdated", "_has:PractitionerRole:practitioner:identifier")  # fmt: skip


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_value_that_is_none_is_refused(at: Service, value: str) -> None:
    for name in BY:
        assert asked(at.port, "GET", f"{BASE}/Practitioner?{name}={value}").issues(), name


@pytest.mark.parametrize("value", ["%00", "a%00b", "a" * 9_000])
def test_a_value_that_nothing_can_have_finds_nothing_or_is_refused(at: Service, value: str) -> None:
    for name in (each for each in BY if each != "family:contains"):
        answer = asked(at.port, "GET", f"{BASE}/Practitioner?{name}={value}")
        assert answer.status == 400 or b'"entry"' not in answer.body, (name, answer.body)
        assert answer.status in (200, 400), answer.body


HAS, PART = "_has:Organization:partof:", "partof."
REFUSED: dict[str, tuple[str, str]] = {
    "a chain of twenty": ("Organization?" + PART * 20 + "name=canaryzq", "too-costly"),
    "_has in _has in _has, twenty deep": ("Organization?" + HAS * 20 + "name=canaryzq", "too-costly"),
    "a chain on what is no reference": ("Practitioner?family.name=canaryzq", "not-supported"),
    "a chain to a type that cannot be": ("Observation?patient:Practitioner.name=canaryzq", "not-supported"),
    "_has of what does not lead here": ("Patient?_has:Practitioner:name:x=canaryzq", "not-supported"),
    "10,000 values": ("Practitioner?identifier=" + ",".join(map(str, range(10_000))), "too-costly"),
    "300 values that cannot be asked together": ("Practitioner?family:contains=" + ",".join(f"a{each}" for each in range(300)), "too-costly"),
    "ten times a chain to any type": ("QuestionnaireResponse?" + "&".join(["subject.identifier:missing=true"] * 10), "too-costly"),
    "60,000 characters": ("Practitioner?identifier=" + "a" * 60_000 + "|", ""),
    "500 parameters": ("Practitioner?" + "&".join(["family=canaryzq"] * 500), "invalid"),
    "a misspelt parameter": ("Patient?identifer=canaryzq", "not-supported"),
    "a modifier that there is not": ("Patient?family:sounds=x", "not-supported"),
    "a count of a word": ("Practitioner?_count=canaryzq", "value"),
    "a count below zero": ("Practitioner?_count=-1", "value"),
    "a count in other digits": ("Practitioner?_count=%D9%A3", "value"),
    "a sort by nothing known": ("Practitioner?_sort=canaryzq-9", "not-supported"),
    "an include of nothing known": ("Practitioner?_include=canaryzq:x", "not-supported"),
    "a total of a word": ("Practitioner?_total=canaryzq", "value"),
    "a summary of a word": ("Practitioner?_summary=canaryzq", "value"),
    "a number that is none": ("Observation?value-quantity=canaryzq", "value"),
    "a number with a vast exponent": ("Observation?value-quantity=1e999999999", "value"),
    "a hexadecimal number": ("Observation?value-quantity=0x10", "value"),
    "a date that is none": ("Observation?date=canaryzq", "value"),
    "30 February": ("Observation?date=2026-02-30", "value"),
    "24:00": ("Observation?date=2026-01-01T24:00:00Z", "value"),
    "a prefix that there is not": ("Observation?date=zz2026", "value"),
    "half a composite": ("Observation?code-value-quantity=canaryzq", "value"),
    "a place that is none": ("Practitioner?_cursor=canaryzq", "value"),
    "a place in a history that is none": ("Practitioner/_history?_cursor=canaryzq", "value"),
    "a history since a word": ("Practitioner/_history?_since=canaryzq", "value"),
    "a history of no versions": ("_history?_count=0", "value"),
    "a page of everything of a word": ("Patient/x/$everything?_count=canaryzq", "value"),
    "a filter": ("Practitioner?_filter=canaryzq", "not-supported"),
}  # fmt: skip


@pytest.mark.parametrize(("query", "code"), REFUSED.values(), ids=REFUSED)
def test_a_search_is_refused_in_words(at: Service, query: str, code: str) -> None:
    answer = asked(at.port, "GET", f"{BASE}/{query}")
    assert answer.status == 400, answer.body
    assert not code or code in {issue["code"] for issue in answer.issues()}
    assert answer.seconds < PROMPTLY


@pytest.mark.parametrize(
    "name", ["family", "family:contains", "family:exact", "identifier", "_lastUpdated", "identifier:not"]
)
def test_as_many_values_as_are_allowed_are_asked_on_every_database(at: Service, name: str) -> None:
    values = (f"ge{1500 + each}" if name == "_lastUpdated" else f"a{each}" for each in range(190))
    answer = asked(at.port, "GET", f"{BASE}/Practitioner?{name}={','.join(values)}")
    assert answer.status == 200, answer.body


def test_a_refusal_is_not_much_larger_than_what_was_asked(at: Service) -> None:
    names = ",".join(f"Type{chr(65 + each // 26)}{chr(65 + each % 26)}" for each in range(500))
    for address in ("$export?_type=", "Patient/x/$everything?_type=", "Practitioner?_include="):
        answer = asked(at.port, "GET", f"{BASE}/{address}{names}", headers=[("Prefer", b"respond-async")])
        assert answer.issues()
        assert len(answer.body) < 5_000


def test_a_count_of_a_billion_is_a_page(at: Service) -> None:
    for query in ("Practitioner?_count=1000000000", "Practitioner/_history?_count=1000000000"):
        assert asked(at.port, "GET", f"{BASE}/{query}").status == 200


def test_includes_that_go_round_in_a_circle_end(at: Service) -> None:
    for more in (
        "_include:iterate=Organization:partof",
        "_revinclude:iterate=Organization:partof",
        "_include:iterate=*",
    ):
        answer = asked(at.port, "GET", f"{BASE}/Organization?_id=one&{more}")
        assert answer.status == 200, answer.body
        found = [each["resource"]["id"] for each in json.loads(answer.body)["entry"]]
        assert sorted(found) == ["one", "two"]


def next_of(at: Service, query: str) -> str:
    links = at.get(query).json()["link"]
    (url,) = (str(link["url"]) for link in links if link["relation"] == "next")
    return url.partition(at.components.base_url)[2]


def test_a_place_with_one_letter_changed_is_refused(at: Service) -> None:
    address, _, cursor = next_of(at, "Practitioner?_count=2&_sort=family").partition("_cursor=")
    for place, letter in enumerate(cursor):
        edited = cursor[:place] + ("A" if letter != "A" else "B") + cursor[place + 1 :]
        assert asked(at.port, "GET", f"{BASE}{address}_cursor={edited}").issues(), place


@pytest.mark.parametrize("other", ["Practitioner?_count=2", "Practitioner?_sort=-family", "Practitioner?_sort=family&family=a", "Organization?_sort=name"])  # fmt: skip
def test_a_place_of_another_search_is_refused(at: Service, other: str) -> None:
    _, _, cursor = next_of(at, "Practitioner?_count=2&_sort=family").partition("_cursor=")
    assert asked(at.port, "GET", f"{BASE}/{other}&_cursor={cursor}").issues()


def test_a_place_at_what_was_erased_says_that_the_search_must_begin_again(at: Service) -> None:
    people = [made(at, {"resourceType": "Patient", "name": [{"family": f"Erased {number}"}]}) for number in range(4)]
    ordered = next_of(at, "Patient?family=Erased&_count=2&_sort=family")
    by_key = next_of(at, "Patient?family=Erased&_count=2")
    erase_person(at.store, people[1]["id"], "tester")
    gone = asked(at.port, "GET", f"{BASE}{ordered}")
    assert gone.issues()
    assert gone.status == 410
    rest = json.loads(asked(at.port, "GET", f"{BASE}{by_key}").body)["entry"]
    assert [each["resource"]["id"] for each in rest] == [each["id"] for each in people[2:]]
