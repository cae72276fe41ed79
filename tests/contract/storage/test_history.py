"""The history of a type and of everything: newest first, page by page, nothing twice and nothing left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from acpshare.storage import Reading, Store, StoredResource, VersionPosition
from tests.contract.storage.rows import NOW

TYPES = ("CarePlan", "Patient", "Consent")


@pytest.fixture
def full(store: Store) -> Store:
    """Three versions of nine resources, the last a deletion, three of them in each instant of the store."""
    for version in (1, 2, 3):
        for number in range(3):
            with store.write() as writing:
                for type in TYPES:
                    at = NOW + timedelta(seconds=10 * version + number)
                    text = None if version == 3 else b'{"resourceType":"%s"}' % type.encode()
                    writing.put(StoredResource(type, f"r{number}", version, at, text, "ann" if number else None))
    return store


def place(row: StoredResource) -> VersionPosition:
    return VersionPosition(row.last_updated, row.type, row.id, row.version_id)


def paged(reading: Reading, type: str | None, count: int) -> Iterator[StoredResource]:
    after = None
    while page := reading.history_of(type, after=after, count=count):
        assert len(page) <= count
        yield from page
        after = place(page[-1])


@pytest.mark.parametrize("count", [1, 2, 4, 100])
def test_everything_comes_once_newest_first_whatever_the_page(full: Store, count: int) -> None:
    with full.read() as reading:
        found = list(paged(reading, None, count))
        patients = list(paged(reading, "Patient", count))
    assert len(found) == 27
    order = [(row.last_updated, row.type, row.id, row.version_id) for row in found]
    assert order == sorted(set(order), reverse=True)
    assert [row.text for row in found[:9]] == [None] * 9
    assert patients == [row for row in found if row.type == "Patient"]
    assert {row.person for row in found if row.id == "r0"} == {None}


def test_a_page_stays_the_same_while_others_write(full: Store) -> None:
    with full.read() as reading:
        first, second = reading.history_of(count=5), reading.history_of(count=10)[5:]
    with full.write() as writing:
        writing.put(StoredResource("Patient", "new", 1, NOW + timedelta(days=1), b"{}", "new"))
    with full.read() as reading:
        assert reading.history_of(after=place(first[-1]), count=5) == second
        assert reading.history_of(count=1)[0].id == "new"


def test_from_an_instant_on_and_not_after_another(full: Store) -> None:
    """https://hl7.org/fhir/R4/http.html#history: `_since` and `_at`"""
    since, until = NOW + timedelta(seconds=12), NOW + timedelta(seconds=21)
    with full.read() as reading:
        found = reading.history_of("CarePlan", since=since, until=until)
        assert [(row.id, row.version_id) for row in found] == [("r1", 2), ("r0", 2), ("r2", 1)]
        assert len(reading.history_of(since=since)) == 21
        assert len(reading.history_of(until=until)) == 15
        assert reading.history_of("Flag") == ()
        assert reading.history_of(since=until + timedelta(days=1)) == ()


def test_a_write_sees_in_the_history_what_it_wrote(store: Store) -> None:
    with store.write() as writing:
        writing.put(StoredResource("Patient", "ann", 1, NOW, b"{}", "ann"))
        assert [row.id for row in writing.history_of("Patient")] == ["ann"]
