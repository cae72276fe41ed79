"""Changes of the same resources at once: no version is lost, none is stuck, and the index is that of the last one."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from itertools import chain, count
from threading import Barrier

import pytest

from acpshare.outcome import NotFound, Unavailable, VersionConflict
from acpshare.storage import StoredResource, Writing, keys
from acpshare.storage.sql import open_store
from tests.contract.storage.rows import NOW
from tests.contract.storage.test_concurrency import at_once
from tests.contract.storage.test_reindex import checked, patient


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


def is_whole(url: str, type: str, id: str, versions: int) -> bool:
    """Every version is there once, the index is true, and the resource can be changed again."""
    store = open_store(url)
    with store.read() as reading:
        numbers = [row.version_id for row in reading.history(type, id)]
    true = checked(store.index).is_true
    with store.write() as writing:
        writing.put(patient(int(id[1:]), writing.next_version(type, id), "Again"))
    true = true and checked(store.index).is_true
    store.close()
    return true and numbers == list(range(versions, 0, -1))


PROCESS = """
import sys
from acpshare.storage.sql import open_store
from tests.contract.storage.test_reindex import patient
store = open_store(sys.argv[1])
for turn in range(20):
    with store.write() as writing:
        version = writing.next_version("Patient", "p1")
        assert version == 1 or writing.resource("Patient", "p1").version_id == version - 1
        writing.put(patient(1, version, f"Turn{sys.argv[2]}x{turn}"))
"""


def test_processes_that_change_one_resource_lose_no_version(database: str) -> None:
    processes = [subprocess.Popen([sys.executable, "-c", PROCESS, database, str(place)]) for place in range(4)]
    assert [process.wait(120) for process in processes] == [0, 0, 0, 0]
    assert is_whole(database, "Patient", "p1", 80)


def test_of_many_who_update_the_version_that_they_read_one_wins_each_time(database: str) -> None:
    store = open_store(database, connections=25)
    with store.write() as writing:
        writing.put(patient(1))
    for version in range(2, 7):
        works = [partial(_put, patient(1, version, f"By{place}x")) for place in range(8)]
        outcomes = at_once(store, works)
        assert outcomes.count(None) == 1
        assert outcomes.count(VersionConflict) == 7
    store.close()
    assert is_whole(database, "Patient", "p1", 6)


def test_of_many_who_make_one_resource_the_winner_is_what_is_found(database: str) -> None:
    store = open_store(database, connections=25)
    outcomes = at_once(store, [partial(_put, patient(1, 1, f"By{place}x")) for place in range(10)])
    assert (outcomes.count(None), outcomes.count(VersionConflict)) == (1, 9)
    store.close()
    assert is_whole(database, "Patient", "p1", 1)


def _put(resource: StoredResource, writing: Writing) -> None:
    writing.put(resource)


def test_an_update_a_deletion_and_an_erasure_at_once_leave_no_row_behind(database: str) -> None:
    store = open_store(database, connections=25)
    for place in range(8):
        with store.write() as writing:
            writing.put(patient(place))

        def delete(writing: Writing, id: str = f"p{place}") -> None:
            writing.delete("Patient", id, writing.next_version("Patient", id), NOW)

        def erase(writing: Writing, person: str = f"p{place}") -> None:
            writing.erase(person)

        outcomes = at_once(store, [partial(_put, patient(place, 2, "Changed")), delete, erase])
        assert set(outcomes) <= {None, VersionConflict, NotFound}
        assert outcomes[2] is None
        assert checked(store.index).is_true
        with store.read() as reading:
            left = [row.version_id for row in reading.history("Patient", f"p{place}")]
        assert left in ([], [1]), "what came after the erasure is a first version"
    store.close()


def test_writes_that_wait_for_each_other_are_told_so_soon(postgresql_url: str) -> None:
    """A deadlock, which only who takes no locks in order can make: a 503 for one of the two, and nothing is lost."""
    store, met = open_store(postgresql_url), Barrier(2)
    with store.write() as writing:
        writing.put_new([patient(1), patient(2)])

    def change(first: int, second: int, writing: Writing) -> None:
        writing.put(patient(first, 2, "Changed"))
        met.wait(30)
        writing.put(patient(second, 2, "Changed"))

    started = time.perf_counter()
    outcomes = at_once(store, [partial(change, 1, 2), partial(change, 2, 1)])
    assert sorted(map(str, outcomes)) == sorted(map(str, [None, Unavailable]))
    assert time.perf_counter() - started < 8
    store.close()
    assert is_whole(postgresql_url, "Patient", "p1", 2)


def test_locks_taken_in_order_never_wait_for_each_other(database: str) -> None:
    """What a transaction does: all locks first, sorted."""
    store = open_store(database, connections=25)
    with store.write() as writing:
        writing.put_new([patient(number) for number in range(6)])

    def change(places: Sequence[int], writing: Writing) -> None:
        for number in sorted(places):
            writing.lock("resource", "Patient", f"p{number}")
        for number in places:
            writing.put(patient(number, writing.next_version("Patient", f"p{number}"), "Changed"))

    orders = [[place, *(other for other in range(5, -1, -1) if other != place)] for place in range(6)]
    assert at_once(store, [partial(change, places) for places in orders * 2]) == [None] * 12
    store.close()
    assert is_whole(database, "Patient", "p3", 13)


def test_a_number_that_is_taken_is_not_used_again(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes may make one number in one millisecond: the later resource has another, and nobody notices."""
    monkeypatch.setattr(keys, "_counter", chain([5] * 4, count(6)))
    store = open_store(database)
    with store.write() as writing:
        writing.put_new([patient(number) for number in range(4)])
    with store.read() as reading:
        assert [row.id for row in reading.every_resource("Patient")] == ["p0", "p1", "p2", "p3"]
    assert checked(store.index).is_true
    with pytest.raises(VersionConflict), store.write() as writing:
        writing.put_new([patient(9), patient(1)])
    store.close()
