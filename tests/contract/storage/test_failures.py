"""What an engine says stays inside: failures name the kind of problem, and hold nothing of anybody's data."""

from __future__ import annotations

import traceback

import pytest
from sqlalchemy import create_engine, text

from acpshare.outcome import Conflict, Failure, Unavailable, VersionConflict
from acpshare.storage import Store
from acpshare.storage.sql import open_store
from acpshare.storage.sql.engine import database_url as driver_url
from tests.contract.storage.rows import NHS, NOW, a_plan, care_plan

CANARY = "9990000085"

BREAKAGES = {
    "a rule of the database that the code does not know": ("CREATE UNIQUE INDEX surprise ON outbox (kind)", Conflict),
    "a table that is gone": ("DROP TABLE outbox", Unavailable),
    "a column that is gone": ("ALTER TABLE outbox RENAME COLUMN kind TO other", Unavailable),
}


@pytest.mark.parametrize(("breakage", "expected"), BREAKAGES.values(), ids=BREAKAGES.keys())
def test_a_failure_of_the_engine_says_nothing_of_the_data(
    database_url: str, breakage: str, expected: type[Failure]
) -> None:
    store = open_store(database_url)
    engine = create_engine(driver_url(database_url))
    with engine.begin() as connection:
        connection.execute(text(breakage))
    engine.dispose()
    with pytest.raises(expected) as refused, store.write() as writing:  # noqa: PT012 - refused when it ends
        writing.append_outbox(CANARY, CANARY.encode(), CANARY, NOW)
        writing.append_outbox(CANARY, CANARY.encode(), CANARY, NOW)
    said = "".join(traceback.format_exception(refused.value)) + repr(refused.value.issues)
    assert CANARY not in said
    assert type(refused.value) is expected
    store.close()


IMPOSSIBLE = ("a\0b", "half a pair \ud800", "x" * 5000)


@pytest.mark.parametrize("key", IMPOSSIBLE, ids=["NUL", "half a surrogate pair", "very long"])
def test_what_can_never_have_been_stored_is_not_there(store: Store, key: str) -> None:
    assert store.current_view(NHS, key) is None
    with store.read() as reading:
        assert reading.resource("CarePlan", key) is None
        assert reading.version(key, key, 1) is None
        assert list(reading.history("CarePlan", key)) == []
        assert list(reading.resources_of(key)) == []
        assert reading.person_by_identifier(key, CANARY) is None
        assert list(reading.identifiers_of(key)) == []
        assert list(reading.plans_of(key)) == []
        assert reading.plan("ann", key) is None
        assert reading.idempotency(key) is None
    with store.write() as writing:
        assert writing.person_by_identifier(NHS, key) is None
        assert writing.next_version("CarePlan", key) == 1


@pytest.mark.parametrize("version_id", [-1, 0, 2**31, 2**63, 10**30])
def test_a_version_number_that_cannot_be_is_a_stale_one(store: Store, version_id: int) -> None:
    with store.write() as writing:
        writing.put(care_plan())
        writing.put_plan(a_plan())
        with pytest.raises(VersionConflict):
            writing.put(care_plan(version_id=version_id))
        with pytest.raises(VersionConflict):
            writing.put_plan(a_plan(version_id=version_id))
        with pytest.raises(VersionConflict):
            writing.delete("CarePlan", "plan-1", version_id, NOW)
    with store.read() as reading:
        assert reading.version("CarePlan", "plan-1", version_id) is None
        assert reading.plan_version("ann", "plan-1", version_id) is None


def test_a_database_that_was_started_again_is_found_again(postgresql_url: str) -> None:
    """Every connection of the pool is cut, as a restart does; nobody is told of it."""
    store = open_store(postgresql_url)
    with store.write() as writing:
        writing.put(care_plan())
    for _ in range(2):
        with store.read() as reading:
            assert reading.resource("CarePlan", "plan-1") == care_plan()
        assert store.current_view(NHS, CANARY) is None
        engine = create_engine(driver_url(postgresql_url))
        with engine.begin() as connection:
            cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            assert (connection.execute(text(cut)).scalar() or 0) >= 2
        engine.dispose()
        assert store.current_view(NHS, CANARY) is None
    with store.write() as writing:
        writing.append_audit(b"{}", None, NOW)
    store.close()


def test_a_write_whose_connection_is_cut_is_unavailable_and_leaves_nothing(postgresql_url: str) -> None:
    store = open_store(postgresql_url)
    engine = create_engine(driver_url(postgresql_url))
    with pytest.raises(Unavailable), store.write() as writing:  # noqa: PT012 - refused when it ends
        writing.put(care_plan())
        writing.append_audit(b"{}", None, NOW)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
                )
            )
    engine.dispose()
    with store.read() as reading:
        assert reading.resource("CarePlan", "plan-1") is None
        assert reading.audit_head().sequence == 0
    store.close()
