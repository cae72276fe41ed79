"""Create, update and delete of resources that mean nothing to a plan: docs/reference/interactions/{create,update,delete}.md

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.service import Service, issues
from tests.support.writing import condition, made, practitioner, send

NOWHERE = "Practitioner/nobody"


def test_a_resource_is_kept_as_it_came_under_an_id_of_the_servers(service_on_each: Service) -> None:
    service = service_on_each
    text = b'{ "resourceType": "Observation", "id": "mine", "status": "final", "code": {"text":"Weight"},\n  "valueQuantity": {"value": 72.50} }'
    answer = send(service, "POST", "Observation", text)
    assert answer.status_code == 201
    assert answer.headers["etag"] == 'W/"1"'
    id = answer.json()["id"]
    assert id != "mine"
    assert answer.headers["location"].endswith(f"/fhir/R4/Observation/{id}/_history/1")
    read = service.get(f"Observation/{id}")
    assert read.content == answer.content
    assert b'"valueQuantity": {"value": 72.50} }' in read.content
    assert (service.counts().audit_events, service.counts().outbox_events) == (1, 1)


def test_it_is_found_by_search_in_the_moment_its_create_was_answered(service_on_each: Service) -> None:
    kept = made(service_on_each, practitioner("42"))
    found = service_on_each.get("Practitioner?identifier=urn:x:staff|42").json()
    assert [each["resource"]["id"] for each in found["entry"]] == [kept["id"]]


UPDATES: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], dict[str, str], int, str]] = {
    "a change": (lambda kept: kept | {"active": True}, {}, 200, "2"),
    "a change of the version that was read": (lambda kept: kept | {"active": True}, {"If_Match": 'W/"1"'}, 200, "2"),
    "one of the versions named": (lambda kept: kept | {"active": True}, {"If_Match": 'W/"7", W/"1"'}, 200, "2"),
    "no change": (lambda kept: kept, {}, 200, "1"),
    "no change but of the order of members": (lambda kept: dict(reversed(kept.items())), {}, 200, "1"),
    "a change of a version that is not the current one": (lambda kept: kept | {"active": True}, {"If_Match": 'W/"7"'}, 412, "1"),
    "a change only if there is nothing": (lambda kept: kept | {"active": True}, {"If_None_Match": "*"}, 412, "1"),
    "an If-Match that names no version": (lambda kept: kept | {"active": True}, {"If_Match": "1"}, 400, "1"),
    "another id": (lambda kept: kept | {"id": "another"}, {}, 400, "1"),
    "no id": (lambda kept: {k: v for k, v in kept.items() if k != "id"}, {}, 400, "1"),
    "another type": (lambda kept: kept | {"resourceType": "Organization", "name": "X"}, {}, 400, "1"),
    "what is no R4": (lambda kept: kept | {"colour": "red", "active": "yes"}, {}, 422, "1"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "headers", "status", "version"), UPDATES.values(), ids=UPDATES)
def test_an_update_makes_a_version_or_says_why_not(
    service: Service,
    change: Callable[[dict[str, Any]], dict[str, Any]],
    headers: dict[str, str],
    status: int,
    version: str,
) -> None:
    kept = made(service, practitioner())
    answer = send(service, "PUT", f"Practitioner/{kept['id']}", change(kept), **headers)
    assert answer.status_code == status, answer.text
    assert service.get(f"Practitioner/{kept['id']}").json()["meta"]["versionId"] == version
    if status >= 400:
        assert issues(answer)


def test_every_fault_of_an_update_is_said_at_once(service: Service) -> None:
    answer = send(service, "PUT", "Practitioner/p", practitioner(id="p", colour="red", active="yes", gender="m"))
    said = {place for issue in issues(answer) for place in issue["expression"]}
    assert said == {"Practitioner.colour", "Practitioner.active", "Practitioner.gender"}


def test_a_client_may_give_the_id(service_on_each: Service) -> None:
    service = service_on_each
    answer = send(service, "PUT", "Practitioner/dr-1", practitioner(id="dr-1"), If_None_Match="*")
    assert (answer.status_code, answer.headers["etag"]) == (201, 'W/"1"')
    assert send(service, "PUT", "Practitioner/dr-2", practitioner(id="dr-2"), If_Match='W/"1"').status_code == 412
    assert send(service, "PUT", "Practitioner/a%20b", practitioner(id="a b")).status_code in (400, 404)


class TestDelete:
    def test_takes_it_out_of_sight_and_keeps_its_history(self, service_on_each: Service) -> None:
        service = service_on_each
        kept = made(service, practitioner())
        address = f"Practitioner/{kept['id']}"
        assert send(service, "DELETE", address, If_Match='W/"9"').status_code == 412
        assert [send(service, "DELETE", address).status_code for _ in range(2)] == [204, 204]
        assert service.get(address).status_code == 410
        assert service.get(f"{address}/_history/1").status_code == 200
        assert "entry" not in service.get("Practitioner?identifier=urn:x:staff|1").json()
        assert service.counts().audit_events == 2

    def test_of_what_never_was_says_so(self, service: Service) -> None:
        """R4 would allow 204; but a slip of the pen must not look like a plan withdrawn."""
        assert send(service, "DELETE", NOWHERE).status_code == 404

    def test_is_undone_by_an_update(self, service: Service) -> None:
        kept = made(service, practitioner())
        address = f"Practitioner/{kept['id']}"
        send(service, "DELETE", address)
        answer = send(service, "PUT", address, kept)
        assert (answer.status_code, answer.headers["etag"]) == (201, 'W/"3"')
        assert service.get("Practitioner?identifier=urn:x:staff|1").json()["entry"]


def test_a_change_is_audited_and_announced_by_reference_only(service: Service) -> None:
    kept = made(service, condition())
    send(service, "PUT", f"Condition/{kept['id']}", kept | {"code": {"text": "Dementia"}})
    with service.store.read() as reading:
        kinds = [(event.kind, event.person, json.loads(event.text)) for event in reading.outbox()]
        texts = b"".join(row.text for row in reading.audit())
    assert [kind for kind, _, _ in kinds] == ["resource.create", "resource.update"]
    assert {person for _, person, _ in kinds} == {"p1"}
    assert kinds[1][2]["resource"] == f"Condition/{kept['id']}/_history/2"
    assert b"Dementia" not in texts


def test_a_modifier_that_nobody_here_reads_is_refused_on_clinical_content(service: Service) -> None:
    unknown = {"modifierExtension": [{"url": "https://elsewhere.example/not", "valueBoolean": True}]}
    assert send(service, "POST", "Condition", condition() | unknown).status_code == 422
    assert send(service, "POST", "Practitioner", practitioner() | unknown).status_code == 201


class TestWhereAnUpdateNamesItsVersion:
    @pytest.fixture
    def strict(self, service: Service) -> Service:
        object.__setattr__(service.components, "require_if_match", True)
        return service

    def test_one_that_does_not_is_refused(self, strict: Service) -> None:
        kept = made(strict, practitioner())
        address, changed = f"Practitioner/{kept['id']}", kept | {"active": True}
        assert send(strict, "PUT", address, changed).status_code == 412
        assert send(strict, "PUT", address, changed, If_Match='W/"1"').status_code == 200
        assert send(strict, "PUT", "Practitioner/new", practitioner("2", id="new")).status_code == 201
