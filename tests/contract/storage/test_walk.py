"""A type and a compartment, a page at a time: everything once, deletions included, never more than memory is to hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from acpshare.storage import Reading, Store, StoredResource
from acpshare.storage.checks import PAGE_BYTES
from acpshare.storage.sql import open_store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def stored(id: str, person: str | None = "p", type: str = "Flag", size: int = 2) -> StoredResource:
    return StoredResource(type, id, 1, NOW, b"{" + b" " * (size - 2) + b"}", person)


def walked(reading: Reading, type: str) -> Iterator[StoredResource]:
    after = ""
    while page := reading.walk(type, after):
        yield from page
        after = page[-1].id


def compartment(reading: Reading, person: str) -> Iterator[StoredResource]:
    after = ("", "")
    while page := reading.compartment(person, after):
        yield from page
        after = (page[-1].type, page[-1].id)


def test_everything_once_in_order_with_what_was_deleted(store: Store) -> None:
    ids = [f"f{number:03}" for number in range(450)]
    with store.write() as writing:
        writing.put_new([stored(id, person) for id, person in zip(ids, ["p", "q", None] * 150, strict=True)])
        writing.put_new([stored("c", type="CarePlan"), stored("t", type="Task")])
        writing.delete("Flag", "f000", 2, NOW)
    with store.read() as reading:
        assert [each.id for each in walked(reading, "Flag")] == ids
        assert [each.deleted for each in walked(reading, "Flag")][:2] == [True, False]
        found = [(each.type, each.id) for each in compartment(reading, "p")]
        assert found == sorted([("CarePlan", "c"), ("Task", "t"), *(("Flag", id) for id in ids[::3])])
        assert list(compartment(reading, "nobody")) == list(walked(reading, "Goal")) == []


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_page_of_large_texts_is_short_and_one_larger_than_all_is_a_page(
    engine: str, request: pytest.FixtureRequest
) -> None:
    store = open_store(str(request.getfixturevalue(f"{engine}_url")))
    sizes = [PAGE_BYTES // 2 - 1, PAGE_BYTES // 2 - 1, 100, PAGE_BYTES + 1, 100]
    for number, size in enumerate(sizes):
        with store.write() as writing:
            writing.put_new([stored(f"f{number}", size=size)])
    with store.read() as reading:
        assert [each.id for each in reading.walk("Flag")] == ["f0", "f1"]
        assert [each.id for each in reading.walk("Flag", "f1")] == ["f2"]
        assert [each.id for each in reading.compartment("p", ("Flag", "f2"))] == ["f3"]
        assert [each.id for each in walked(reading, "Flag")] == ["f0", "f1", "f2", "f3", "f4"]
    store.close()
