"""Interactions under a condition: docs/reference/interactions/{create,update,patch,delete}.md

https://hl7.org/fhir/R4/http.html#ccreate
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.service import Service
from tests.support.writing import condition, made, practitioner, send

ONE = "identifier=urn:x:staff|1"


@pytest.mark.parametrize(("here", "status"), [(0, 201), (1, 200), (2, 412)])
def test_a_create_under_a_condition(service_on_each: Service, here: int, status: int) -> None:
    service = service_on_each
    kept = [made(service, practitioner()) for _ in range(here)]
    answer = send(service, "POST", "Practitioner", practitioner(), If_None_Exist=ONE)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.json()["id"] == kept[0]["id"]
    assert service.counts().resources["Practitioner"] == max(here, 1)


def test_any_search_may_be_the_condition(service: Service) -> None:
    made(service, practitioner(name=[{"family": "Brown", "given": ["Alex"]}]))
    by_name = "family=brown&given=alex"
    assert send(service, "POST", "Practitioner", practitioner("2"), If_None_Exist=by_name).status_code == 200
    assert send(service, "POST", "Practitioner", practitioner("2"), If_None_Exist=f"?{by_name}x").status_code == 201


CONDITIONS = {
    "an empty one": "",
    "a parameter that is not known": "identifer=urn:x:staff|1",
    "a known and an unknown one": f"{ONE}&colour=red",
    "a part that is empty": f"{ONE}&family=",
    "a shape of results": f"{ONE}&_count=1",
    "no query": "identifier",
}


@pytest.mark.parametrize("query", CONDITIONS.values(), ids=CONDITIONS)
@pytest.mark.parametrize("prefer", ["handling=strict", "handling=lenient"])
def test_a_condition_that_says_too_little_is_refused_whatever_the_handling(
    service: Service, query: str, prefer: str
) -> None:
    made(service, practitioner())
    answer = send(service, "POST", "Practitioner", practitioner(), If_None_Exist=query, Prefer=prefer)
    assert answer.status_code == 400, answer.text
    assert send(service, "DELETE", f"Practitioner?{query}", Prefer=prefer).status_code in (400, 405)
    assert service.counts().resources["Practitioner"] == 1


UPDATES: dict[str, tuple[int, dict[str, Any], int]] = {
    "of nothing, without an id": (0, {}, 201),
    "of nothing, with an id": (0, {"id": "mine"}, 201),
    "of one, without an id": (1, {}, 200),
    "of one, with another id": (1, {"id": "mine"}, 400),
    "of several": (2, {}, 412),
}


@pytest.mark.parametrize(("here", "named", "status"), UPDATES.values(), ids=UPDATES)
def test_an_update_under_a_condition(service_on_each: Service, here: int, named: dict[str, Any], status: int) -> None:
    service = service_on_each
    kept = [made(service, practitioner()) for _ in range(here)]
    answer = send(service, "PUT", f"Practitioner?{ONE}", practitioner(active=True) | named)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert (answer.json()["id"], answer.headers["etag"]) == (kept[0]["id"], 'W/"2"')
    if status == 201 and named:
        assert answer.json()["id"] == "mine"


def test_an_update_does_not_overwrite_what_its_condition_does_not_match(service: Service) -> None:
    other = made(service, practitioner("2"))
    answer = send(service, "PUT", f"Practitioner?{ONE}", practitioner(id=other["id"]))
    assert answer.status_code == 409
    assert service.get(f"Practitioner/{other['id']}").headers["etag"] == 'W/"1"'


@pytest.mark.parametrize(("here", "status"), [(0, 404), (1, 200), (2, 412)])
def test_a_patch_under_a_condition(service: Service, here: int, status: int) -> None:
    for _ in range(here):
        made(service, practitioner())
    patch = [{"op": "add", "path": "/active", "value": True}]
    answer = send(service, "PATCH", f"Practitioner?{ONE}", patch, Content_Type="application/json-patch+json")
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("here", "status", "left"), [(0, 204, 0), (1, 204, 0), (2, 412, 2)])
def test_a_delete_under_a_condition(service_on_each: Service, here: int, status: int, left: int) -> None:
    service = service_on_each
    for _ in range(here):
        made(service, practitioner())
    assert send(service, "DELETE", f"Practitioner?{ONE}").status_code == status
    assert service.counts().resources.get("Practitioner", 0) == left


def test_a_condition_does_not_stand_for_a_version(service: Service) -> None:
    """What `If-Match` says is held against what the search finds."""
    made(service, practitioner())
    tried = [send(service, "DELETE", f"Practitioner?{ONE}", If_Match=tag).status_code for tag in ('W/"2"', 'W/"1"')]
    assert tried == [412, 204]


def test_several_are_deleted_only_where_that_is_set_and_only_of_one_person(service: Service) -> None:
    object.__setattr__(service.components, "most_deletes", 3)
    for person in ("p1", "p1", "p2"):
        made(service, condition(f"Patient/{person}"))
    assert send(service, "DELETE", "Condition?_lastUpdated=gt2000").status_code == 412
    assert send(service, "DELETE", "Condition?patient=Patient/p1").status_code == 204
    assert service.counts().resources["Condition"] == 1
