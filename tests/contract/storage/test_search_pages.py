"""Pages stay what they were while others write, versions that are past cost nothing, and what takes too long is stopped."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from acpshare.outcome import Gone, IssueType, TooLarge, Unavailable
from acpshare.search.query import (
    Has,
    Include,
    Missing,
    Position,
    SearchQuery,
    Sort,
    StringTest,
    Text,
    Total,
)
from acpshare.search.values import DateValue, StringValue, TokenValue, parameter_key
from acpshare.storage import Store, StoredResource
from acpshare.storage.sql import SqlStore, open_store
from acpshare.storage.sql.search import quick
from tests.contract.storage.search_cases import (
    BEGIN,
    CASES,
    NUMBER_7,
    OF_P7,
    PATIENT,
    down,
    fill,
    match,
    patients,
    plans,
    text,
    up,
)
from tests.contract.storage.test_search_plans import statements, work

SORTS = {
    "as they were stored": (),
    "by name": (up("Patient", "family", StringValue),),
    "by date of birth, the last first": (down("Patient", "birthdate", DateValue),),
    "by what some lack": (up("Patient", "gender", TokenValue),),
    "by last update": (Sort(None, DateValue),),
    "by name among the few that were found": (up("Patient", "family", StringValue), Sort(None, None, descending=True)),
}


def patient(number: int, version: int = 1, **content: object) -> StoredResource:
    made = {"resourceType": "Patient", "id": f"p{number}", "name": [{"family": f"Fam{number:06}"}]} | content
    return StoredResource(
        "Patient", f"p{number}", version, BEGIN + timedelta(minutes=number), json.dumps(made).encode(), f"p{number}"
    )


@pytest.mark.parametrize("sort", SORTS.values(), ids=SORTS.keys())
def test_who_is_not_changed_is_on_one_page_while_others_write(store: Store, sort: tuple[Sort, ...]) -> None:
    """After each page one of its people is renamed and one deleted, one of a later page too, and another is born."""
    fill(store, 40)
    criteria = (match(text("Patient", "family", "fam")),)
    query = SearchQuery("Patient", criteria, sort=sort, count=4)
    changed: set[str] = set()
    seen: list[str] = []
    page = store.search(query)
    for born in range(100, 200):
        seen += [each.id for each in page.matches]
        if page.next is None:
            break
        with store.write() as writing:
            last, later = page.matches[-1].id, f"p{(born * 7) % 40}"
            for id, family in ((last, "Fam999999"), (later, "Fam")):
                if id not in changed:
                    number = int(id[1:])
                    writing.put(patient(number, 2, name=[{"family": family}], birthDate="1900-01-01"))
            first = page.matches[0].id
            if first not in changed and first not in (last, later):
                writing.delete("Patient", first, 2, BEGIN + timedelta(days=1))
            writing.put(patient(born, birthDate="1930-01-01"))
            changed |= {last, later, first}
        page = store.search(replace(query, after=page.next))
    unchanged = [f"p{number}" for number in range(40) if f"p{number}" not in changed]
    assert sorted(id for id in seen if id not in changed) == sorted(unchanged)
    assert not [id for id in seen if int(id[1:]) >= 100]


def test_a_page_goes_on_after_the_last_one_was_deleted(store: Store) -> None:
    fill(store, 10)
    query = patients(sort=(down("Patient", "family", StringValue),), count=3)
    first = store.search(query)
    with store.write() as writing:
        writing.delete("Patient", "p7", 2, BEGIN)
    assert first.next is not None
    assert [each.id for each in store.search(replace(query, after=first.next)).matches] == ["p6", "p5", "p4"]


def test_a_page_after_what_was_never_there_is_gone(store: Store) -> None:
    fill(store, 10)
    with pytest.raises(Gone):
        store.search(patients(sort=(down("Patient", "family", StringValue),), after=Position(1, 1, 2**62)))


def test_a_write_finds_what_it_wrote(store: Store) -> None:
    fill(store, 10)
    with store.write() as writing:
        writing.put(patient(7, 2, identifier=[{"system": "urn:new", "value": "1"}]))
        assert not writing.search(patients(NUMBER_7)).matches
        writing.put(patient(50))
        assert [
            each.id for each in writing.search(patients(match(text("Patient", "family", "fam000050")))).matches
        ] == ["p50"]


def test_a_search_that_would_include_too_much_is_refused(store: Store) -> None:
    with store.write() as writing:
        writing.put(patient(1))
        plan = {"resourceType": "CarePlan", "subject": {"reference": "Patient/p1"}}
        writing.put_new(
            [
                StoredResource(
                    "CarePlan", f"c{number}", 1, BEGIN, json.dumps(plan | {"id": f"c{number}"}).encode(), "p1"
                )
                for number in range(1001)
            ]
        )
    with pytest.raises(TooLarge) as refused:
        store.search(patients(includes=(Include("CarePlan", PATIENT, reverse=True),)))
    assert refused.value.issues[0].code is IssueType.TOO_COSTLY
    assert len(store.search(plans(count=1000, includes=(Include("CarePlan", PATIENT),))).included) == 1


@pytest.fixture(params=["sqlite", "postgresql"])
def hurried(request: pytest.FixtureRequest) -> Iterator[SqlStore]:
    """A store whose searches have a hundredth of a second."""
    store = open_store(str(request.getfixturevalue(f"{request.param}_url")), search_seconds=0.01)
    yield store
    store.close()


SLOW = patients(
    Has("CarePlan", PATIENT, Missing(parameter_key("CarePlan", "status"), TokenValue, True)),
    match(*(StringTest(parameter_key("Patient", "family"), f"{number}9", Text.CONTAINS) for number in range(200))),
    total=Total.ACCURATE,
    sort=(up("Patient", "family", StringValue),),
)
"""Everybody is asked for 200 texts within their name and for a plan that nobody has."""


def test_a_search_that_takes_too_long_is_stopped_and_the_connection_goes_on(hurried: SqlStore) -> None:
    fill(hurried, 1500)
    begun = time.monotonic()
    with hurried.read() as reading:
        with pytest.raises(Unavailable) as stopped:
            reading.search(SLOW)
        assert [each.id for each in reading.search(patients(NUMBER_7)).matches] == ["p7"]
    assert time.monotonic() - begun < 2
    assert stopped.value.issues[0].code is IssueType.TOO_COSTLY
    with pytest.raises(Unavailable), hurried.write() as writing:
        writing.search(SLOW)
    assert hurried.search(plans(OF_P7)).matches
    with hurried.write() as writing:
        writing.put(patient(5000))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_versions_that_are_past_are_no_work(request: pytest.FixtureRequest, engine: str) -> None:
    store = open_store(str(request.getfixturevalue(f"{engine}_url")))
    fill(store, 50)
    asked = [CASES[case][0] for case in CASES]
    before = [sum(work(store, each) for each in statements(store, query)) for query in asked]
    with store.write() as writing:
        current = writing.resource("Patient", "p7")
        assert current is not None
        for version in range(2, 300):
            writing.put(replace(current, version_id=version))
    after = [sum(work(store, each) for each in statements(store, query)) for query in asked]
    store.close()
    assert [(case, one, two) for case, one, two in zip(CASES, before, after, strict=True) if two > one + 100] == []


def test_a_page_is_in_the_order_of_its_keys_in_whatever_order_a_planner_joins_their_texts() -> None:
    rows = [(key, "Patient", f"p{key}", 1, 1_000_000, f"p{key}", b"{}", False, 9) for key in (7, 3, 9, 5)]
    page = quick._page(SearchQuery("Patient", count=3), rows)
    assert page is not None
    assert [each.id for each in page.matches] == ["p3", "p5", "p7"]
    assert page.next == Position(7, 1, 9)
