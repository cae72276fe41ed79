"""The audit chain shows what was done to it; the outbox keeps the order of the commits; an answer is remembered once."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, delete, text, update

from acpshare.outcome import Duplicate, Malformed
from acpshare.storage import AuditFault, Remembered, Store, faults
from acpshare.storage.sql import open_store
from acpshare.storage.sql.engine import database_url as driver_url
from acpshare.storage.sql.tables import audit_event, log_head
from tests.contract.storage.rows import NOW


def _append(store: Store, first: int, last: int) -> None:
    for number in range(first, last + 1):
        with store.write() as writing:
            writing.append_audit(b'{"n": %d}' % number, "ann" if number % 2 else None, NOW)


def _faults(store: Store) -> list[tuple[int, str]]:
    with store.read() as reading:
        return [(fault.sequence, fault.fault) for fault in faults(reading.audit(), reading.audit_head())]


def test_the_chain_is_whole_over_many_pages_and_writes(store: Store) -> None:
    assert _faults(store) == []
    _append(store, 1, 3)
    with store.write() as writing:
        for number in range(4, 450):
            writing.append_audit(b'{"n": %d}' % number, None, NOW)
    assert _faults(store) == []
    with store.read() as reading:
        assert [row.text for row in reading.audit()] == [b'{"n": %d}' % number for number in range(1, 450)]
        assert [row.sequence for row in reading.audit(after=447)] == [448, 449]
        assert [row.sequence for row in reading.audit(person="ann")] == [1, 3]


def test_the_chain_can_be_verified_from_a_known_row_on(store: Store) -> None:
    _append(store, 1, 5)
    with store.read() as reading:
        third = next(row for row in reading.audit() if row.sequence == 3)
        known = type(reading.audit_head())(third.sequence, third.hash)
        assert list(faults(reading.audit(after=3), reading.audit_head(), known)) == []


TAMPERING = {
    "the text is changed": (["UPDATE audit_event SET text = '{}' WHERE sequence = 3"], [(3, "changed")]),
    "the person is changed": (["UPDATE audit_event SET person = 'bob' WHERE sequence = 3"], [(3, "changed")]),
    "the person is taken out": (["UPDATE audit_event SET person = NULL WHERE sequence = 3"], [(3, "changed")]),
    "the time is changed": (
        ["UPDATE audit_event SET recorded = '2020-01-01 00:00:00.000000' WHERE sequence = 3"],
        [(3, "changed")],
    ),
    "a row in the middle is removed": (["DELETE FROM audit_event WHERE sequence IN (2, 3)"], [(2, "missing")]),
    "the first row is removed": (["DELETE FROM audit_event WHERE sequence = 1"], [(1, "missing")]),
    "the last row is removed": (["DELETE FROM audit_event WHERE sequence = 5"], [(5, "missing")]),
    "all rows are removed": (["DELETE FROM audit_event"], [(1, "missing")]),
    "two rows change places": (
        [
            "UPDATE audit_event SET sequence = 99 WHERE sequence = 2",
            "UPDATE audit_event SET sequence = 2 WHERE sequence = 4",
            "UPDATE audit_event SET sequence = 4 WHERE sequence = 99",
        ],
        # After a changed row its own hash is taken up: rows that follow one in another place fail too.
        [(2, "changed"), (3, "changed"), (4, "changed"), (5, "changed")],
    ),
    "a row is removed and later ones move up": (
        [
            "DELETE FROM audit_event WHERE sequence = 3",
            "UPDATE audit_event SET sequence = 3 WHERE sequence = 4",
            "UPDATE audit_event SET sequence = 4 WHERE sequence = 5",
        ],
        [(3, "changed"), (4, "changed"), (5, "missing")],
    ),
    "the last row is removed and the head put back": (
        ["DELETE FROM audit_event WHERE sequence = 5", "UPDATE log_head SET sequence = 4 WHERE log = 'audit'"],
        [(4, "changed")],
    ),
    "the head is removed": (["DELETE FROM log_head WHERE log = 'audit'"], [(5, "changed")]),
}


@pytest.mark.parametrize(("statements", "found"), TAMPERING.values(), ids=TAMPERING.keys())
def test_tampering_is_found_where_it_was_done(
    database_url: str, statements: list[str], found: list[tuple[int, str]]
) -> None:
    store = open_store(database_url)
    _append(store, 1, 5)
    engine = create_engine(driver_url(database_url))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
    assert _faults(store) == found
    store.close()


def test_a_fault_says_where_and_nothing_of_what(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    _append(store, 1, 5)
    engine = create_engine(driver_url(sqlite_url))
    with engine.begin() as connection:
        connection.execute(update(audit_event).where(audit_event.c.sequence == 2).values(text=b'{"n": 22}'))
        connection.execute(delete(audit_event).where(audit_event.c.sequence.in_([4, 5])))
        connection.execute(update(log_head).where(log_head.c.log == "outbox").values(sequence=7))
    engine.dispose()
    with store.read() as reading:
        # Row 3 follows a row whose hash still is what was written: only row 2 is at fault.
        assert list(faults(reading.audit(), reading.audit_head())) == [
            AuditFault(2, "changed", "audit event 2 is not as it was written"),
            AuditFault(4, "missing", "audit events 4 to 5 are missing"),
        ]
    store.close()


def test_events_are_numbered_in_the_order_of_their_commits(store: Store) -> None:
    for batch in ("a", "b", "c"):
        with store.write() as writing:
            for number in (1, 2):
                writing.append_outbox("plan-recorded", f'"{batch}{number}"'.encode(), "ann", NOW)
    with pytest.raises(Malformed), store.write() as writing:
        writing.append_outbox("plan-recorded", b"\0", "ann", NOW)
    with store.read() as reading:
        assert [(event.sequence, event.text) for event in reading.outbox()] == [
            (1, b'"a1"'), (2, b'"a2"'), (3, b'"b1"'), (4, b'"b2"'), (5, b'"c1"'), (6, b'"c2"'),
        ]  # fmt: skip
        assert [event.sequence for event in reading.outbox(after=2, limit=3)] == [3, 4, 5]
        assert reading.outbox(after=6) == ()
        event = reading.outbox(limit=1)[0]
        assert (event.kind, event.person, event.recorded) == ("plan-recorded", "ann", NOW)


def test_an_answer_is_remembered_once(store: Store) -> None:
    answer = Remembered("key", b"\x00digest\xff", NOW, b"\x00any bytes\xff")
    with store.write() as writing:
        assert writing.idempotency("key") is None
        writing.remember(answer)
        assert writing.idempotency("key") == answer
    with pytest.raises(Duplicate), store.write() as writing:
        writing.remember(Remembered("key", b"other", NOW, b"other"))
    with store.read() as reading:
        assert reading.idempotency("key") == answer
