"""What each kind of search finds, in every store alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from acpshare.storage import Store
from acpshare.storage.memory import MemoryStore
from acpshare.storage.sql import open_store
from tests.contract.storage.search_cases import CASES, INCLUDED, TOTALS, fill


@pytest.fixture(scope="module", params=["memory", "sqlite", "postgresql"])
def full(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        store: Store = MemoryStore()
        fill(store, 120)
        yield store
        return
    with request.getfixturevalue("databases_of_module")(request.param) as url:
        store = open_store(url)
        fill(store, 120)
        yield store
        store.close()


@pytest.mark.parametrize("case", CASES)
def test_a_search_finds(full: Store, case: str) -> None:
    query, ids = CASES[case]
    with full.read() as reading:
        page = reading.search(query)
    assert [each.id for each in page.matches] == ids
    assert sorted(each.id for each in page.included) == INCLUDED.get(case, [])
    assert page.total == TOTALS.get(case)
    assert full.search(query) == page
