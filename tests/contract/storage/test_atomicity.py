"""A write is whole or not at all: after an exception, after a kill, and to whoever reads meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from threading import Barrier, Thread

import pytest

from acpshare.storage import Counts, Store, faults
from acpshare.storage.sql import open_store
from tests.contract.storage.rows import ANN, BOB, NHS, NOW, care_plan, record

NOTHING = Counts({}, 0, 0, 0, 0, 0)
ONE = Counts({"CarePlan": 1, "Patient": 1}, 1, 1, 1, 1, 1)


class _Interrupted(Exception):
    pass


def test_an_exception_leaves_nothing_in_any_table(store: Store) -> None:
    with pytest.raises(_Interrupted), store.write() as writing:  # noqa: PT012 - what came before the exception is the test
        record(writing)
        raise _Interrupted
    with store.read() as reading:
        assert reading.counts() == NOTHING
        assert reading.idempotency("key of plan-1") is None
    with store.write() as writing:
        record(writing)  # nothing is in the way of the same write again
    with store.read() as reading:
        assert reading.counts() == ONE
        assert list(faults(reading.audit(), reading.audit_head())) == []


def test_an_exception_leaves_what_was_there_as_it_was(store: Store) -> None:
    with store.write() as writing:
        record(writing)
    with pytest.raises(_Interrupted), store.write() as writing:  # noqa: PT012
        writing.put(care_plan(version_id=2, text=b"2", person="bob"))
        writing.put_identifier("ann", NHS, ANN, replaced_by=BOB)
        record(writing, "bob", BOB, "plan-2")
        raise _Interrupted
    with store.read() as reading:
        assert reading.counts() == ONE
        assert reading.resource("CarePlan", "plan-1") == care_plan()
        found = reading.person_by_identifier(NHS, ANN)
        assert found is not None
        assert found.replaced_by is None


KILLED = """
import os, signal, sys
from acpshare.storage.sql import open_store
from tests.contract.storage.rows import BOB, record
store = open_store(sys.argv[1])
with store.write() as writing:
    record(writing)
with store.write() as writing:
    record(writing, "bob", BOB, "plan-2")
    writing.finish()  # as late as can be: all is written but the commit
    print("written", flush=True)
    signal.pause()
"""


def test_a_process_killed_in_the_middle_of_a_write_leaves_nothing(database_url: str) -> None:
    command = [sys.executable, "-c", KILLED, database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        store = open_store(database_url)
        with store.read() as reading:
            assert reading.counts() == ONE  # the other's open write is not seen
        os.kill(process.pid, signal.SIGKILL)
    with store.read() as reading:
        assert reading.counts() == ONE
        assert list(faults(reading.audit(), reading.audit_head())) == []
    with store.write() as writing:
        record(writing, "bob", BOB, "plan-2")
    with store.read() as reading:
        assert [event.sequence for event in reading.outbox()] == [1, 2]
        assert list(faults(reading.audit(), reading.audit_head())) == []
    store.close()


def test_readers_see_what_is_committed_and_one_state_of_it(store: Store) -> None:
    written, read = Barrier(2, timeout=30), Barrier(2, timeout=30)

    def write() -> None:
        with store.write() as writing:
            record(writing)
            written.wait()
            read.wait()

    writer = Thread(target=write)
    with store.read() as before:
        assert before.counts() == NOTHING
        writer.start()
        written.wait()
        with store.read() as during:
            assert during.counts() == NOTHING
        assert store.current_view(NHS, ANN) is None
        read.wait()
        writer.join()
        assert before.counts() == NOTHING  # a snapshot stays what it was
    with store.read() as after:
        assert after.counts() == ONE


def test_a_write_reads_what_it_wrote_and_what_others_committed(store: Store) -> None:
    with store.write() as writing:
        record(writing)
    with store.write() as writing:
        assert writing.resource("CarePlan", "plan-1") == care_plan()
        writing.put(care_plan(version_id=2, text=b"2"))
        assert [row.text for row in writing.history("CarePlan", "plan-1")] == [b"2", care_plan().text]
        assert writing.next_version("CarePlan", "plan-1") == 3
        writing.append_audit(b"{}", None, NOW)
        assert writing.audit_head().sequence == 1
    with store.read() as reading:
        assert reading.audit_head().sequence == 2
