"""The edges: every comparator at every boundary, what is deleted, several values of one resource, and equals."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from acpshare.search.query import (
    Chain,
    Comparator,
    Criterion,
    DateTest,
    Has,
    Include,
    Match,
    QuantityTest,
    SearchQuery,
    Sort,
    Total,
    Updated,
)
from acpshare.search.values import DateValue, StringValue, TokenValue, parameter_key
from acpshare.storage import Store, StoredResource
from acpshare.storage.checks import microseconds
from acpshare.storage.sql.search import pages
from tests.contract.storage.search_cases import BEGIN, PATIENT, match, plans, reference, text, token

_SECOND = 1_000_000
_BIRTH = parameter_key("Patient", "birthdate")
_NOON = microseconds(BEGIN) + 12 * 3600 * _SECOND
_DAY = (microseconds(BEGIN), microseconds(BEGIN) + 24 * 3600 * _SECOND)


def put(store: Store, *contents: dict[str, Any], version: int = 1) -> None:
    with store.write() as writing:
        for content in contents:
            person = content["id"] if content["resourceType"] == "Patient" else None
            made = json.dumps(content).encode()
            writing.put(StoredResource(content["resourceType"], content["id"], version, BEGIN, made, person))


def found(store: Store, query: SearchQuery) -> list[str]:
    """The ids of all pages."""
    ids: list[str] = []
    while True:
        page = store.search(query)
        ids += [each.id for each in page.matches]
        if page.next is None:
            return ids
        query = replace(query, after=page.next)


RELATIONS = {
    "before": (-2, -1),
    "until it begins": (-2, 0),
    "over its beginning": (-1, 1),
    "from its beginning": (0, 1),
    "within": (1, 2),
    "the same": (0, 3),
    "until its end": (2, 3),
    "over its end": (2, 4),
    "from its end": (3, 4),
    "after": (4, 5),
    "around": (-1, 4),
}
"""Where a value lies that is held against the range from 0 to 3."""

MET_BY = {
    Comparator.EQ: {"from its beginning", "within", "the same", "until its end"},
    Comparator.GT: {"over its end", "from its end", "after", "around"},
    Comparator.LT: {"before", "until it begins", "over its beginning", "around"},
    Comparator.SA: {"from its end", "after"},
    Comparator.EB: {"before", "until it begins"},
    Comparator.AP: {
        "over its beginning",
        "from its beginning",
        "within",
        "the same",
        "until its end",
        "over its end",
        "around",
    },
}
MET_BY[Comparator.NE] = set(RELATIONS) - MET_BY[Comparator.EQ]
MET_BY[Comparator.GE] = MET_BY[Comparator.EQ] | MET_BY[Comparator.GT]
MET_BY[Comparator.LE] = MET_BY[Comparator.EQ] | MET_BY[Comparator.LT]


@pytest.mark.parametrize("way", ["gathered", "asked one by one"])
def test_each_comparator_at_each_boundary(store: Store, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "asked one by one":
        monkeypatch.setattr(pages, "SMALL", 1)
    date = parameter_key("CarePlan", "date")
    second = {each: f"{BEGIN.date()}T12:00:{each + 10:02}Z" for each in range(-3, 7)}
    for place, (low, high) in enumerate(RELATIONS.values()):
        # The last second of a period is part of it.
        period = {"start": second[low], "end": second[high - 1]}
        put(
            store,
            {"resourceType": "CarePlan", "id": f"c{place}", "subject": {"reference": "Patient/p"}, "period": period},
        )
    low, high = (_NOON + (10 + each) * _SECOND for each in (0, 3))
    for comparator, expected in MET_BY.items():
        asked = plans(match(DateTest(date, comparator, low, high)))
        assert {list(RELATIONS)[int(id[1:])] for id in found(store, asked)} == expected, comparator


INSTANTS = {"before": -1, "at its beginning": 0, "its last": 2, "at its end": 3}
UPDATED_BY = {
    Comparator.EQ: {"at its beginning", "its last"},
    Comparator.AP: {"at its beginning", "its last"},
    Comparator.NE: {"before", "at its end"},
    Comparator.GT: {"at its end"},
    Comparator.SA: {"at its end"},
    Comparator.LT: {"before"},
    Comparator.EB: {"before"},
    Comparator.GE: {"at its beginning", "its last", "at its end"},
    Comparator.LE: {"before", "at its beginning", "its last"},
}


@pytest.mark.parametrize("comparator", Comparator)
def test_an_instant_at_each_boundary(store: Store, comparator: Comparator) -> None:
    put(store, {"resourceType": "Patient", "id": "p"})
    updated = microseconds(BEGIN)
    met = set()
    for name, shift in INSTANTS.items():
        asked = Updated(((comparator, updated - shift, updated - shift + 3),))
        met |= {name} if found(store, SearchQuery("Patient", (asked,))) else set()
        assert found(store, SearchQuery("Patient", (match(text("Patient", "family", "x")), asked))) == []
    assert met == UPDATED_BY[comparator]


def test_a_unit_and_its_number_belong_to_one_value(store: Store) -> None:
    unit = {"system": "http://unitsofmeasure.org", "code": "mg"}
    put(store, {"resourceType": "Observation", "id": "b1", "valueQuantity": {"value": 5, **unit}})
    quantity = parameter_key("Observation", "value-quantity")
    for code, system, expected in (
        ("mg", unit["system"], ["b1"]),
        ("g", None, []),
        ("mg", "urn:other", []),
        (None, None, ["b1"]),
    ):
        asked = QuantityTest(quantity, Comparator.EQ, 4.5, 5.5, system, code)
        assert found(store, SearchQuery("Observation", (match(asked),))) == expected


def test_what_is_deleted_is_not_led_to(store: Store) -> None:
    put(
        store,
        {"resourceType": "Patient", "id": "p1", "name": [{"family": "Ng"}]},
        {"resourceType": "CarePlan", "id": "c1", "status": "active", "subject": {"reference": "Patient/p1"}},
        {"resourceType": "CarePlan", "id": "c2", "status": "draft", "subject": {"reference": "Patient/p1"}},
    )
    by_name: Criterion = Chain(PATIENT, ("Patient",), (match(text("Patient", "family", "ng")),))
    # Without a family name, for that is asked of a resource and found in no index.
    not_named: Criterion = Chain(PATIENT, ("Patient",), (Updated(((Comparator.GE, 0, 1),)),))
    active = Has("CarePlan", PATIENT, match(token("CarePlan", "status", "active")))
    with_patient, with_plans = Include("CarePlan", PATIENT), Include("CarePlan", PATIENT, reverse=True)
    assert found(store, plans(by_name)) == found(store, plans(not_named)) == ["c1", "c2"]
    assert found(store, SearchQuery("Patient", (active,))) == ["p1"]
    with store.write() as writing:
        writing.delete("CarePlan", "c1", 2, BEGIN)
    assert found(store, SearchQuery("Patient", (active,))) == []
    assert [each.id for each in store.search(SearchQuery("Patient", includes=(with_plans,))).included] == ["c2"]
    with store.write() as writing:
        writing.delete("Patient", "p1", 2, BEGIN)
    assert found(store, plans(by_name)) == found(store, plans(not_named)) == []
    assert found(store, plans(match(reference("CarePlan", "patient", "p1", "Patient")), not_named)) == []
    draft = Has("CarePlan", PATIENT, match(token("CarePlan", "status", "draft")))
    assert store.search(SearchQuery("Patient", (draft,), count=0, total=Total.ACCURATE)).total == 0
    page = store.search(plans(includes=(with_patient,)))
    assert ([each.id for each in page.matches], page.included) == (["c2"], ())


@pytest.mark.parametrize("way", ["gathered", "walked"])
@pytest.mark.parametrize("count", [1, 2, 50])
def test_a_resource_stands_where_its_best_value_puts_it(
    store: Store, way: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "walked":
        monkeypatch.setattr(pages, "SMALL", 1)
        monkeypatch.setattr(pages, "WINDOW", 3)
    names = {"p1": ["B", "Y"], "p2": ["A", "Z"], "p3": [], "p4": ["C", "C"], "p5": ["B"]}
    for id, families in names.items():
        put(
            store,
            {
                "resourceType": "Patient",
                "id": id,
                "gender": "female",
                "birthDate": f"19{90 - int(id[1])}",
                "name": [{"family": each} for each in families],
            },
        )
    women = match(token("Patient", "gender", "female"))
    by = parameter_key("Patient", "family")
    birth = Sort(_BIRTH, DateValue)
    for sort, expected in (
        ((Sort(by, StringValue),), ["p2", "p1", "p5", "p4", "p3"]),
        ((Sort(by, StringValue, descending=True),), ["p2", "p1", "p4", "p5", "p3"]),
        ((Sort(by, StringValue), birth), ["p2", "p5", "p1", "p4", "p3"]),
        ((Sort(parameter_key("Patient", "gender"), TokenValue), birth), ["p5", "p4", "p3", "p2", "p1"]),
        ((Sort(parameter_key("Patient", "gender"), TokenValue, descending=True),), ["p5", "p4", "p3", "p2", "p1"]),
        (
            (Sort(parameter_key("Patient", "gender"), TokenValue), Sort(None, None, descending=True)),
            ["p5", "p4", "p3", "p2", "p1"],
        ),
    ):
        for criteria in ((), (women,), (Match((*women.tests, *women.tests)),)):
            assert found(store, SearchQuery("Patient", criteria, sort=sort, count=count)) == expected, (sort, criteria)
