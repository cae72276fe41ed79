"""Several processes on one database, as behind a load balancer; one of them killed in the middle of a burst.

https://hl7.org/fhir/R4/http.html#concurrency
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx
import pytest

from tests.support.databases import DATABASES
from tests.support.processes import Process, command, serving
from tests.support.writing import UUID, bundle, condition, entry, practitioner

pytestmark = pytest.mark.timeout(240)
CLIENTS = 6
Databases = Callable[[str], AbstractContextManager[str]]


@dataclass
class Together:
    """Two processes of one database."""

    url: str
    folder: Path
    both: tuple[Process, Process]

    def turn(self, number: int) -> httpx.Client:
        return self.both[number % 2].client


@pytest.fixture(scope="module", params=DATABASES)
def together(
    request: pytest.FixtureRequest, databases_of_module: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Together]:
    folder = tmp_path_factory.mktemp("together")
    with databases_of_module(request.param) as url, serving(url, folder) as one, serving(url, folder) as other:
        yield Together(url, folder, (one, other))
        for each in (one, other):
            assert "http.failure" not in each.log.read_text(encoding="utf-8")


def at_once(count: int, act: Callable[[int], httpx.Response]) -> Sequence[httpx.Response]:
    ready = Barrier(count)

    def one(number: int) -> httpx.Response:
        ready.wait(10)
        return act(number)

    with ThreadPoolExecutor(count) as crowd:
        return list(crowd.map(one, range(count)))


def statuses(answers: Sequence[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def found(client: httpx.Client, query: str) -> list[dict[str, Any]]:
    answer = client.get(query)
    assert answer.status_code == 200, answer.text
    return [each["resource"] for each in answer.json().get("entry", ())]


def test_twenty_equal_conditional_creates_at_two_processes_make_one_resource(together: Together) -> None:
    which = "identifier=urn:x:staff|conditional"

    def create(number: int) -> httpx.Response:
        return together.turn(number).post(
            "Practitioner", json=practitioner("conditional"), headers={"If-None-Exist": which}
        )

    answers = at_once(20, create)
    assert statuses(answers) == {201: 1, 200: 19}
    assert len(found(together.turn(0), f"Practitioner?{which}")) == 1


def test_what_one_process_has_acknowledged_the_other_finds_changes_and_loses_at_once(together: Together) -> None:
    for number in range(10):
        here, there = together.turn(number), together.turn(number + 1)
        made = here.post("Practitioner", json=practitioner(f"seen-{number}")).json()
        which = f"Practitioner?identifier=urn:x:staff|seen-{number}"
        assert [each["id"] for each in found(there, which)] == [made["id"]]
        changed = there.put(f"Practitioner/{made['id']}", json=practitioner("gone", id=made["id"]))
        assert changed.status_code == 200, changed.text
        assert found(here, which) == []
        assert here.delete(f"Practitioner/{made['id']}").status_code == 204
        assert there.get(f"Practitioner/{made['id']}").status_code == 410


def test_of_updates_of_one_version_at_two_processes_one_wins_and_more_can_follow(together: Together) -> None:
    made = together.turn(0).post("Practitioner", json=practitioner("versions")).json()
    address = f"Practitioner/{made['id']}"
    for version in range(1, 4):
        stale = {"If-Match": f'W/"{version}"'}

        # Each says something new: what changes nothing is answered with 200, and makes no version.
        def act(number: int, stale: dict[str, str] = stale, version: int = version) -> httpx.Response:
            said = made | {"name": [{"text": f"{version}.{number}"}]}
            return together.turn(number).put(address, json=said, headers=stale)

        assert statuses(at_once(8, act)) == {200: 1, 412: 7}
    history = together.turn(1).get(f"{address}/_history").json()
    assert [each["resource"]["meta"]["versionId"] for each in history["entry"]] == ["4", "3", "2", "1"]


def test_transactions_in_opposite_order_at_two_processes_all_end(together: Together) -> None:
    ids = [together.turn(0).post("Practitioner", json=practitioner(f"order-{n}")).json()["id"] for n in range(6)]

    def act(number: int) -> httpx.Response:
        order = ids if number % 4 < 2 else ids[::-1]
        puts = [entry("PUT", f"Practitioner/{id}", practitioner(f"by {number}", id=id)) for id in order]
        new = entry("POST", "Condition", condition(f"Patient/order-{number % 3}"), f"{UUID}1")
        return together.turn(number).post("", json=bundle("transaction", *puts, new))

    answers = at_once(12, act)
    assert statuses(answers) == {200: 12}, [answer.text for answer in answers if answer.status_code != 200]
    assert {together.turn(1).get(f"Practitioner/{id}").headers["etag"] for id in ids} == {'W/"13"'}


def test_an_index_made_anew_beside_traffic_is_true_and_nobody_is_refused(together: Together) -> None:
    ended, refused = threading.Event(), list[str]()

    def write(client_number: int) -> int:
        client, done = together.turn(client_number), 0
        while not ended.is_set():
            value = f"traffic-{client_number}-{done}"
            answer = client.post("Practitioner", json=practitioner(value))
            if answer.status_code != 201 or len(found(client, f"Practitioner?identifier=urn:x:staff|{value}")) != 1:
                refused.append(answer.text)
            done += 1
        return done

    with ThreadPoolExecutor(4) as crowd:
        writers = [crowd.submit(write, number) for number in range(4)]
        try:
            reindexed = [command(together.url, together.folder, "db", "reindex", "--anew") for _ in range(2)]
        finally:
            ended.set()
        written = sum(writer.result() for writer in writers)
    assert [each.returncode for each in reindexed] == [0, 0], reindexed
    assert refused == []
    assert written > 10
    checked = command(together.url, together.folder, "db", "reindex", "--check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@dataclass
class Burst:
    """What many clients wrote until the service was gone, and was acknowledged."""

    created: dict[str, str] = field(default_factory=dict)
    """Ids with the identifier that each can be found by."""
    updated: Counter[str] = field(default_factory=Counter)
    """Ids with how often each was changed."""
    together: list[tuple[str, str]] = field(default_factory=list)
    """Locations that one transaction made."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> int:
        return len(self.created) + self.updated.total() + len(self.together)

    def write(self, client: httpx.Client, writer: int) -> None:
        try:
            self._write(client, writer)
        except httpx.TransportError:
            """It is gone: what was under way may be there or not, but only whole."""

    def _write(self, client: httpx.Client, writer: int) -> None:
        own = f"own-{writer}"
        for number in range(100_000):
            value = f"{writer}-{number}"
            made = client.post("Practitioner", json=practitioner(value))
            assert made.status_code == 201, made.text
            with self.lock:
                self.created[made.json()["id"]] = value
            changed = client.put(f"Practitioner/{own}", json=practitioner(f"own-{value}", id=own))
            assert changed.status_code in (200, 201), changed.text
            with self.lock:
                self.updated[own] += 1
            about = entry("POST", "Condition", condition(asserter={"reference": f"{UUID}1"}))
            pair = client.post(
                "",
                json=bundle(
                    "transaction", entry("POST", "Practitioner", practitioner(f"t-{value}"), f"{UUID}1"), about
                ),
            )
            assert pair.status_code == 200, pair.text
            first, second = (each["response"]["location"].partition("/fhir/R4")[2] for each in pair.json()["entry"])
            with self.lock:
                self.together.append((first, second))


@pytest.mark.parametrize("engine", DATABASES)
def test_a_killed_process_takes_nothing_with_it_that_it_acknowledged(
    engine: str, databases_of_module: Databases, tmp_path: Path
) -> None:
    burst = Burst()
    with databases_of_module(engine) as url:
        with serving(url, tmp_path) as first, ThreadPoolExecutor(CLIENTS) as crowd:
            writers = [crowd.submit(burst.write, first.client, number) for number in range(CLIENTS)]
            until = time.monotonic() + 30
            while burst.count() < 60 and time.monotonic() < until:
                time.sleep(0.01)
            first.kill()
            for writer in writers:
                writer.result()
        assert burst.count() >= 60
        with serving(url, tmp_path) as second:
            check(second.client, burst)
        for done in (command(url, tmp_path, "db", "reindex", "--check"), command(url, tmp_path, "audit", "verify")):
            assert done.returncode == 0, done.stdout + done.stderr


def check(client: httpx.Client, burst: Burst) -> None:
    for id, value in burst.created.items():
        assert [each["id"] for each in found(client, f"Practitioner?identifier=urn:x:staff|{value}")] == [id]
    for first, second in burst.together:
        asserter = client.get(second).json()["asserter"]["reference"]
        assert client.get(first).status_code == 200
        assert f"/{asserter}/" in first
    conditions = client.get("Condition?_summary=count").json()["total"]
    assert conditions == len(found(client, "Practitioner?_has:Condition:asserter:code:text=Frailty&_count=1000"))
    for id, count in burst.updated.items():
        versions = [
            int(each["resource"]["meta"]["versionId"])
            for each in client.get(f"Practitioner/{id}/_history?_count=1000").json()["entry"]
        ]
        assert versions == list(range(len(versions), 0, -1))
        assert len(versions) - count in (0, 1), "the last change may have been made without being acknowledged"
        again = client.put(
            f"Practitioner/{id}", json=practitioner("again", id=id), headers={"If-Match": f'W/"{versions[0]}"'}
        )
        assert again.status_code == 200, again.text
