"""Whatever is stored and whatever is asked: a database answers as the store in memory does, page by page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acpshare.search.query import SearchQuery
from acpshare.storage import SearchPage, Store
from acpshare.storage.memory import MemoryStore
from acpshare.storage.sql import open_store
from acpshare.storage.sql.search import pages, sources
from tests.contract.storage.search_world import World, history, write

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def worlds(request: pytest.FixtureRequest) -> Iterator[list[tuple[World, Store, Store]]]:
    """The same histories in memory and in a database."""
    databases = request.getfixturevalue("databases_of_module")
    with contextlib.ExitStack() as stack:
        made: list[tuple[World, Store, Store]] = []
        for seed in SEEDS:
            versions = history(seed)
            stores = (MemoryStore(), open_store(stack.enter_context(databases(request.param))))
            for store in stores:
                with store.write() as writing:
                    write(writing, versions)
            stack.callback(stores[1].close)
            made.append((World(versions), *stores))
        yield made


@pytest.fixture(scope="module", params=["as it is", "every way is taken"])
def thresholds(request: pytest.FixtureRequest) -> Iterator[None]:
    """So few resources would never be too many to gather: with lower thresholds all ways are taken."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "every way is taken":
            patch.setattr(pages, "SMALL", 3)
            patch.setattr(pages, "WINDOW", 4)
            patch.setattr(sources, "MOST_POINTS", 2)
        yield


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_database_answers_as_memory_does(
    worlds: list[tuple[World, Store, Store]], thresholds: None, data: st.DataObject
) -> None:
    world, memory, database = data.draw(st.sampled_from(worlds))
    query = data.draw(world.query() | world.ordinary_query())
    expected, found = answers(memory, query), answers(database, query)
    assert found == expected


def answers(store: Store, query: SearchQuery) -> list[tuple[list[str], list[str], int | None]]:
    """Every page: its matches in their order, what is included, and the total."""
    pages = []
    with store.read() as reading:
        while True:
            page = reading.search(query)
            assert store.search(query) == page
            pages.append((_ids(page, "matches"), sorted(_ids(page, "included")), page.total))
            if page.next is None:
                return pages
            query = replace(query, after=page.next)


def _ids(page: SearchPage, part: str) -> list[str]:
    return [f"{each.type}/{each.id}/{each.version_id}" for each in getattr(page, part)]
