"""Many at once: nobody's version is lost, nobody waits in vain, and what a write decided by stays true until it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event

import pytest

from acpshare.outcome import Duplicate, Failure, Unavailable, VersionConflict
from acpshare.storage import Store, Writing, faults
from acpshare.storage.memory import MemoryStore
from acpshare.storage.sql import open_store
from tests.contract.storage.rows import ANN, NHS, NOW, a_plan, a_view, care_plan, record


def at_once(store: Store, works: Sequence[Callable[[Writing], object]]) -> list[type[Failure] | None]:
    """Run each work in a write of its own, all started together. What each ended with."""
    start = Barrier(len(works), timeout=30)

    def run(work: Callable[[Writing], object]) -> type[Failure] | None:
        start.wait()
        try:
            with store.write() as writing:
                work(writing)
        except Failure as failure:
            return type(failure)
        return None

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def _put(writing: Writing, version_id: int, text: bytes) -> None:
    writing.put(care_plan(version_id=version_id, text=text))


def _identify(writing: Writing, person: str) -> None:
    writing.put_identifier(person, NHS, ANN)


def test_of_two_who_update_the_same_version_one_wins(store: Store) -> None:
    with store.write() as writing:
        writing.put(care_plan())
    for version in range(2, 12):
        works = [partial(_put, version_id=version, text=text) for text in (b"a", b"b")]
        assert sorted(map(str, at_once(store, works))) == sorted(map(str, [None, VersionConflict]))
    with store.read() as reading:
        assert [row.version_id for row in reading.history("CarePlan", "plan-1")] == list(range(11, 0, -1))


def test_of_many_who_make_the_same_resource_one_wins(store: Store) -> None:
    outcomes = at_once(store, [lambda writing: writing.put(care_plan())] * 10)
    assert outcomes.count(None) == 1
    assert outcomes.count(VersionConflict) == 9


def test_those_who_ask_for_the_next_version_all_get_one(store: Store) -> None:
    def update(writing: Writing) -> None:
        writing.put(care_plan(version_id=writing.next_version("CarePlan", "plan-1")))

    assert at_once(store, [update] * 12) == [None] * 12
    with store.read() as reading:
        assert [row.version_id for row in reading.history("CarePlan", "plan-1")] == list(range(12, 0, -1))


def test_twenty_writers_for_different_people_all_succeed_and_the_logs_stay_whole(store: Store) -> None:
    def recording(place: int) -> Callable[[Writing], None]:
        return lambda writing: record(writing, f"person-{place}", f"number-{place}", f"plan-{place}")

    for batch in range(3):
        works = [recording(batch * 20 + place) for place in range(20)]
        assert at_once(store, works) == [None] * 20
    with store.read() as reading:
        assert reading.counts().plans == 60
        assert [event.sequence for event in reading.outbox()] == list(range(1, 61))
        assert [row.sequence for row in reading.audit()] == list(range(1, 61))
        assert list(faults(reading.audit(), reading.audit_head())) == []


def test_the_same_unknown_number_makes_one_person(store: Store) -> None:
    """Twenty forms for somebody nobody knew yet: whoever looks first makes the Patient, the others find it."""

    def find_or_make(name: str) -> Callable[[Writing], None]:
        def work(writing: Writing) -> None:
            if writing.person_by_identifier(NHS, ANN) is None:
                writing.put_identifier(name, NHS, ANN)

        return work

    assert at_once(store, [find_or_make(f"made-{place}") for place in range(20)]) == [None] * 20
    with store.read() as reading:
        assert reading.counts().persons == 1


def test_two_people_cannot_take_the_same_number_at_once(store: Store) -> None:
    works = [partial(_identify, person=person) for person in ("ann", "bob")]
    assert sorted(map(str, at_once(store, works))) == sorted(map(str, [None, Duplicate]))


def test_a_view_is_never_made_from_plans_that_another_is_changing(store: Store) -> None:
    """The view counts the plans: it must count those of everybody who wrote before."""

    def recording(place: int) -> Callable[[Writing], None]:
        def work(writing: Writing) -> None:
            writing.put_plan(a_plan(f"plan-{place}"))
            writing.put_current_view(a_view(view=str(len(writing.plans_of("ann"))).encode()))

        return work

    assert at_once(store, [recording(place) for place in range(15)]) == [None] * 15
    with store.write() as writing:
        writing.put_identifier("ann", NHS, ANN)
    view = store.current_view(NHS, ANN)
    assert view is not None
    assert view.view == b"15"


def test_a_request_sent_twice_at_once_is_answered_once(store: Store) -> None:
    def first_only(writing: Writing) -> None:
        if writing.idempotency("key of plan-1") is None:
            record(writing)

    assert at_once(store, [first_only] * 8) == [None] * 8
    with store.read() as reading:
        assert reading.counts().outbox_events == 1


OTHER_PROCESS = """
import sys
from acpshare.storage.sql import open_store
from tests.contract.storage.rows import record
store = open_store(sys.argv[1])
for place in range(15):
    name = f"{sys.argv[2]}-{place}"
    with store.write() as writing:
        record(writing, name, name, name)
"""


def test_processes_that_write_at_once_share_one_chain(database_url: str) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", OTHER_PROCESS, database_url, str(place)]) for place in range(3)
    ]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    store = open_store(database_url)
    with store.read() as reading:
        assert [event.sequence for event in reading.outbox()] == list(range(1, 46))
        assert list(faults(reading.audit(), reading.audit_head())) == []
    store.close()


@pytest.mark.parametrize("kind", ["memory", "in one process", "in two processes"])
def test_whoever_cannot_get_a_turn_is_told_so(kind: str, sqlite_url: str) -> None:
    holder: Store = MemoryStore(0.2) if kind == "memory" else open_store(sqlite_url, busy_seconds=0.2)
    other = open_store(sqlite_url, busy_seconds=0.2) if kind == "in two processes" else holder
    held, done = Event(), Event()

    def hold() -> None:
        with holder.write() as writing:
            writing.append_audit(b"{}", None, NOW)
            held.set()
            done.wait(30)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert held.wait(30)
        with pytest.raises(Unavailable), other.write() as writing:
            record(writing)
        with other.read() as reading:
            assert reading.audit_head().sequence == 0  # readers never wait
        done.set()
        holding.result(30)
    with other.write() as writing:
        record(writing)
    other.close()
    holder.close()
