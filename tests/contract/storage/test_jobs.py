"""Jobs: one worker's at a time, by a lease; taken over when it runs out; never more than there may be."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from acpshare.storage import Job, JobState, Store
from acpshare.storage.sql import open_store
from tests.contract.storage.rows import record

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=10)


def job(id: str = "one", requested: datetime = NOW) -> Job:
    return Job(id, "client", requested, b"{}")


def test_what_is_kept_comes_back(store: Store) -> None:
    assert store.jobs.get("one") is None
    assert store.jobs.add(job(), 1)
    assert store.jobs.get("one") == job()
    claimed = store.jobs.claim("worker", NOW, LATER)
    assert claimed == replace(job(), worker="worker", leased_until=LATER)
    ended = replace(claimed, state=JobState.COMPLETE, progress=b"all", expires=LATER, leased_until=None)
    assert store.jobs.keep(ended)
    assert store.jobs.every() == [ended]
    assert store.jobs.remove("one")
    assert not store.jobs.remove("one")
    assert not store.jobs.keep(ended)


def test_the_oldest_first_and_none_that_another_has(store: Store) -> None:
    assert store.jobs.add(job("younger", LATER), 2)
    assert store.jobs.add(job("older"), 2)
    claimed = [store.jobs.claim(name, NOW, LATER) for name in ("a", "b", "c")]
    assert [each and each.id for each in claimed] == ["older", "younger", None]


def test_a_lease_that_ran_out_is_anothers_and_the_first_is_told(store: Store) -> None:
    assert store.jobs.add(job(), 1)
    first = store.jobs.claim("first", NOW, LATER)
    assert first is not None
    assert store.jobs.claim("second", NOW + timedelta(seconds=9), LATER) is None
    second = store.jobs.claim("second", LATER, LATER + timedelta(seconds=10))
    assert second is not None
    assert not store.jobs.keep(replace(first, progress=b"mine"))
    assert store.jobs.keep(replace(second, progress=b"mine"))


def test_what_has_ended_does_not_count_and_is_not_taken_up_again(store: Store) -> None:
    assert store.jobs.add(job(), 1)
    assert not store.jobs.add(job("two"), 1)
    claimed = store.jobs.claim("worker", NOW, LATER)
    assert claimed is not None
    assert store.jobs.keep(replace(claimed, state=JobState.FAILED, leased_until=None))
    assert store.jobs.claim("worker", LATER, LATER) is None
    assert store.jobs.add(job("two"), 1)


def test_of_many_at_once_only_as_many_as_there_may_be_and_each_is_one_workers(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda number: store.jobs.add(job(f"job-{number}"), 3), range(12)))
        assert sum(added) == 3
        claimed = list(pool.map(lambda number: store.jobs.claim(f"worker-{number}", NOW, LATER), range(8)))
    taken = [each.id for each in claimed if each is not None]
    assert len(taken) == len(set(taken)) == 3


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_it_is_settled_only_when_a_write_that_was_under_way_is_over(
    engine: str, request: pytest.FixtureRequest
) -> None:
    store = open_store(str(request.getfixturevalue(f"{engine}_url")))
    begun, goes_on = threading.Event(), threading.Event()

    def write() -> None:
        with store.write() as writing:
            record(writing)
            writing.resource("Patient", "p")  # so that the database knows of it
            begun.set()
            goes_on.wait(20)

    with ThreadPoolExecutor(2) as pool:
        writer = pool.submit(write)
        assert begun.wait(20)
        asked = time.monotonic()
        settled = pool.submit(lambda: _settles(store, asked))
        time.sleep(2)
        assert not settled.done()
        goes_on.set()
        writer.result(20)
        assert settled.result(20)
    store.close()


def _settles(store: Store, asked: float) -> bool:
    while not store.jobs.settled(time.monotonic() - asked):
        time.sleep(0.05)
    return True
