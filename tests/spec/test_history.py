"""Histories of one resource, of a type and of everything. https://hl7.org/fhir/R4/http.html#history"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from acpshare.interactions import history
from tests.support.databases import DATABASES
from tests.support.service import BASE, Service, issues, running

VERSIONS = 5


@pytest.fixture(scope="module", params=DATABASES)
def at(
    request: pytest.FixtureRequest, databases_of_module: Callable[[str], AbstractContextManager[str]]
) -> Iterator[Service]:
    with databases_of_module(request.param) as url, running(url) as started:
        yield started


@pytest.fixture(scope="module")
def ward(at: Service) -> str:
    """Five versions, a minute apart, and a deletion."""
    id = at.post("Organization", {"resourceType": "Organization", "name": "1"}).json()["id"]
    for number in range(2, VERSIONS + 1):
        at.clock.now += timedelta(minutes=1)
        named = {"resourceType": "Organization", "id": id, "name": str(number)}
        assert at.client.put(f"{BASE}/Organization/{id}", json=named).status_code == 200
    at.clock.now += timedelta(minutes=1)
    assert at.client.delete(f"{BASE}/Organization/{id}").status_code == 204
    return f"Organization/{id}"


def pages(at: Service, address: str) -> Iterator[dict[str, Any]]:
    """From the first to the last, by the links."""
    url: str | None = f"{BASE}/{address}"
    while url is not None:
        answer = at.client.get(url)
        assert answer.status_code == 200, answer.text
        yield answer.json()
        url = next((link["url"] for link in answer.json()["link"] if link["relation"] == "next"), None)


def versions(bundles: Iterator[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (entry["fullUrl"].partition(BASE)[2], entry["response"]["etag"])
        for bundle in bundles
        for entry in bundle.get("entry", ())
    ]


def test_every_version_is_listed_newest_first_and_says_how_it_came(at: Service, ward: str) -> None:
    bundle = at.get(f"{ward}/_history").json()
    assert (bundle["type"], bundle["total"]) == ("history", VERSIONS + 1)
    assert [entry["request"]["method"] for entry in bundle["entry"]] == ["DELETE", *["PUT"] * (VERSIONS - 1), "POST"]
    assert [entry["response"]["status"] for entry in bundle["entry"]] == ["204", *["200"] * (VERSIONS - 1), "201"]
    assert "resource" not in bundle["entry"][0]
    assert [entry["resource"]["name"] for entry in bundle["entry"][1:]] == ["5", "4", "3", "2", "1"]
    assert bundle["entry"][1]["resource"] == at.get(f"{ward}/_history/{VERSIONS}").json()


@pytest.mark.parametrize("count", [1, 2, 4, 6, 1_000_000_000])
@pytest.mark.parametrize("level", ["", "Organization/"])
def test_pages_hold_every_version_once(at: Service, ward: str, count: int, level: str) -> None:
    found = versions(pages(at, f"{level or f'{ward}/'}_history?_count={count}"))
    mine = [etag for address, etag in found if address == f"/{ward}"]
    assert mine == [f'W/"{number}"' for number in range(VERSIONS + 1, 0, -1)]
    assert len(found) == len(set(found))


def test_what_is_written_meanwhile_is_on_no_later_page(at: Service, ward: str) -> None:
    seen = []
    for page in pages(at, "_history?_count=3"):
        seen += versions(iter([page]))
        if len(seen) < 30:
            at.clock.now += timedelta(seconds=1)
            at.post("Organization", {"resourceType": "Organization", "name": "meanwhile"})
    assert len(seen) == len(set(seen))
    assert (f"/{ward}", 'W/"1"') in seen


def test_only_versions_since_an_instant_are_listed(at: Service, ward: str) -> None:
    instant = at.get(f"{ward}/_history/4").json()["meta"]["lastUpdated"]
    for level in (f"{ward}/", "Organization/", ""):
        found = versions(pages(at, f"{level}_history?_since={instant.replace('+', '%2B')}&_count=2"))
        assert [etag for address, etag in found if address == f"/{ward}"] == ['W/"6"', 'W/"5"', 'W/"4"']


def test_the_versions_of_one_resource_can_be_counted(at: Service, ward: str) -> None:
    bundle = at.get(f"{ward}/_history?_summary=count").json()
    assert (bundle["total"], "entry" in bundle) == (VERSIONS + 1, False)


@pytest.mark.parametrize(
    "query",
    ["_count=0", "_count=-1", "_count=many", "_count=٣", "_since=yesterday", "_cursor=x", "_cursor=WzFd", "_cursor=W10",
     "_cursor=WzFlMzAwLCJhIiwiYiIsMV0", "_cursor=bnVsbA", "_sort=_id", "_count=1&_count=2"],
)  # fmt: skip
def test_what_a_history_does_not_take_is_refused(at: Service, ward: str, query: str) -> None:
    for level in (f"{ward}/", "Organization/", ""):
        answer = at.get(f"{level}_history?{query}")
        assert answer.status_code == 400, answer.text
        assert issues(answer)


def test_a_page_of_large_versions_ends_early_and_goes_on(at: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held in memory is bounded by bytes, not by a number that the client says."""
    monkeypatch.setattr(history, "LARGEST", 1000)
    id = at.post("Organization", {"resourceType": "Organization", "name": "x" * 600}).json()["id"]
    for number in range(4):
        at.client.put(
            f"{BASE}/Organization/{id}",
            json={"resourceType": "Organization", "id": id, "name": f"{'x' * 600} {number}"},
        )
    bundles = list(pages(at, f"Organization/{id}/_history?_count=1000"))
    assert [len(bundle["entry"]) for bundle in bundles] == [2, 2, 1]
    assert len(set(versions(iter(bundles)))) == 5


def test_nobody_has_no_history(at: Service) -> None:
    assert at.get("Organization/nobody/_history").status_code == 404
