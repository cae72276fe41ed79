"""What the event loop asks PostgreSQL itself: the same answers, each to its own question, and none that it cannot give."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import psycopg
import pytest

from acpshare.outcome import Unavailable
from acpshare.search.query import Ids, SearchQuery
from acpshare.storage.protocols import NotAtOnce
from acpshare.storage.sql import SqlStore, open_store
from acpshare.storage.sql.awaited import Awaited
from acpshare.storage.sql.libpq import MOST_CONNECTIONS
from tests.contract.storage.search_cases import CASES, fill
from tests.contract.storage.test_search_pages import SLOW

PEOPLE = 60


@pytest.fixture
def store(postgresql_url: str) -> Iterator[SqlStore]:
    opened = open_store(postgresql_url, search_seconds=2)
    fill(opened, PEOPLE)
    yield opened
    opened.close()


def asked(store: SqlStore, ask: Callable[[Awaited], Awaitable[object]]) -> object:
    """On an event loop of its own."""
    assert store.awaited is not None
    awaited = store.awaited

    async def answer() -> object:
        return await ask(awaited)

    return asyncio.run(answer())


def test_the_answers_are_those_of_the_store(store: SqlStore) -> None:
    assert asked(store, lambda each: each.resource("Patient", "p7")) == store.resource("Patient", "p7")
    assert asked(store, lambda each: each.version("Patient", "p7", 1)) == store.version("Patient", "p7", 1)
    assert asked(store, lambda each: each.resource("Patient", "nobody")) is None
    different = []
    for case, (query, _) in CASES.items():
        try:
            if asked(store, lambda each, query=query: each.search(query)) != store.search(query):  # type: ignore[misc]
                different.append(case)
        except NotAtOnce:
            continue
    assert different == []


def test_many_at_once_are_each_answered_what_they_asked(store: SqlStore) -> None:
    async def all_of_them(awaited: Awaited) -> list[str]:
        ids = [f"p{number % PEOPLE}" for number in range(400)]
        found = await asyncio.gather(*(awaited.resource("Patient", id) for id in ids))
        assert [each.id for each in found if each is not None] == ids
        return ids

    assert asked(store, all_of_them)


def test_an_answer_that_nobody_waits_for_any_more_is_given_to_nobody_else(store: SqlStore) -> None:
    async def given_up(awaited: Awaited) -> None:
        for number in range(40):
            question = asyncio.ensure_future(awaited.resource("Patient", f"p{number}"))
            for _ in range(number % 5):
                await asyncio.sleep(0)
            question.cancel()
            found = await asyncio.gather(*(awaited.resource("Patient", f"p{each}") for each in range(MOST_CONNECTIONS)))
            assert [each.id for each in found if each is not None] == [f"p{each}" for each in range(MOST_CONNECTIONS)]

    asked(store, given_up)


def test_a_connection_that_the_server_ended_is_replaced(store: SqlStore, postgresql_url: str) -> None:
    async def ended(awaited: Awaited) -> None:
        assert await awaited.resource("Patient", "p1")
        with psycopg.connect(postgresql_url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await asyncio.sleep(0.1)
        with pytest.raises(NotAtOnce):
            await awaited.resource("Patient", "p1")
        assert await awaited.resource("Patient", "p1")

    asked(store, ended)


@pytest.mark.parametrize("id", ["p7\0", "p7\ud800"])
def test_what_no_key_can_hold_is_left_to_the_ordinary_way(store: SqlStore, id: str) -> None:
    with pytest.raises(NotAtOnce):
        asked(store, lambda each: each.resource("Patient", id))
    with pytest.raises(NotAtOnce):
        asked(store, lambda each: each.search(SearchQuery("Patient", (Ids((id,)),))))
    assert store.resource("Patient", id) is None


def test_a_search_that_is_no_quick_one_is_left_to_the_ordinary_way(store: SqlStore) -> None:
    with pytest.raises((NotAtOnce, Unavailable)):
        asked(store, lambda each: each.search(SLOW))
