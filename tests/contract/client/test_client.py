"""The package's own client against the running service: every call it has, synchronous and awaited."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from acpshare.client import AsyncClient, Client, Page, Refused
from acpshare.client.calls import Return
from tests.support.service import BASE, NHS, NUMBER, Service, golden

GOAL = {
    "resourceType": "Goal",
    "lifecycleStatus": "active",
    "description": {"text": "To stay at home"},
    "subject": {"reference": "Patient/one"},
}
PATIENT = {"resourceType": "Patient", "id": "one", "name": [{"family": "Ashe", "given": ["Robin"]}]}


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    with Client(f"http://127.0.0.1:{service.port}{BASE}") as opened:
        opened.update(PATIENT)
        yield opened


def test_what_is_created_is_read_changed_and_deleted_by_its_version(client: Client) -> None:
    made = client.create(GOAL)
    assert made.created
    assert made.id is not None
    same = client.read("Goal", made.id)
    assert same.etag == made.etag == 'W/"1"'
    assert same.last_modified is not None

    changed = client.update(same.body | {"lifecycleStatus": "completed"}, if_match=same.etag)
    assert (changed.version_id, changed.body["lifecycleStatus"]) == ("2", "completed")
    with pytest.raises(Refused) as stale:
        client.update(same.body, if_match=same.etag)
    assert stale.value.status == 412
    assert stale.value.request_id

    patched = client.patch("Goal", made.id, [{"op": "replace", "path": "/lifecycleStatus", "value": "on-hold"}])
    assert patched.body["lifecycleStatus"] == "on-hold"
    assert client.vread("Goal", made.id, "1").body["lifecycleStatus"] == "active"
    assert client.read("Goal", made.id, if_none_match=patched.etag).status == 304
    assert client.delete("Goal", made.id).status in (200, 204)
    with pytest.raises(Refused) as gone:
        client.read("Goal", made.id)
    assert (gone.value.status, gone.value.issues[0].code) == (410, "deleted")
    methods = [entry["request"]["method"] for entry in client.history("Goal", made.id)]
    assert methods == ["DELETE", "PUT", "PUT", "POST"]


def test_a_fhirpath_patch_is_a_parameters_resource(client: Client) -> None:
    made = client.create(GOAL)
    change = {
        "name": "operation",
        "part": [
            {"name": "type", "valueCode": "replace"},
            {"name": "path", "valueString": "Goal.lifecycleStatus"},
            {"name": "value", "valueCode": "completed"},
        ],
    }
    patched = client.patch("Goal", made.id or "", {"resourceType": "Parameters", "parameter": [change]})
    assert patched.body["lifecycleStatus"] == "completed"


def test_a_number_keeps_its_text_there_and_back(client: Client) -> None:
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "weight"},
        "subject": {"reference": "Patient/one"},
        "valueQuantity": {"value": Decimal("72.50"), "unit": "kg"},
    }
    made = client.create(observation)
    assert str(client.read("Observation", made.id or "").body["valueQuantity"]["value"]) == "72.50"


def test_a_create_can_be_conditional_and_say_how_much_it_wants_back(client: Client) -> None:
    named = GOAL | {"identifier": [{"system": "urn:example", "value": "g1"}]}
    condition = "identifier=urn:example|g1"
    first = client.create(named, if_none_exist=condition)
    again = client.create(named, if_none_exist=condition)
    assert (first.created, again.created) == (True, False)
    assert client.create(GOAL, prefer=Return.MINIMAL).resource is None
    assert (
        client.update(named | {"lifecycleStatus": "completed"}, where={"identifier": "urn:example|g1"}).id == first.id
    )


@pytest.mark.parametrize("by_post", [False, True])
def test_a_search_goes_on_to_its_last_page(client: Client, by_post: bool) -> None:
    made = {client.create(GOAL).id for _ in range(7)}
    criteria = {"subject": "Patient/one", "_count": "3"}
    assert {each["id"] for each in client.search("Goal", criteria, by_post=by_post)} == made
    page = client.search_page("Goal", criteria | {"_total": "accurate"}, by_post=by_post)
    assert (page.total, len(list(page.resources()))) == (7, 3)


def test_a_transaction_is_one_call(client: Client) -> None:
    entry = {"fullUrl": "urn:uuid:8a2f6d0e-7e3e-4c0a-9f27-1c3b3c4d5e6f", "resource": GOAL,
             "request": {"method": "POST", "url": "Goal"}}  # fmt: skip
    answer = client.transaction({"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    assert answer.body["entry"][0]["response"]["status"].startswith("201")


def test_operations_and_the_emergency_view_are_calls_too(client: Client, service: Service) -> None:
    client.create(golden("respect-v3", "care-home-resident"))
    shown = client.operation("$populate", "Questionnaire", "tep-devon", criteria={"identifier": f"{NHS}|{NUMBER}"})
    assert shown.body["resourceType"] == "Parameters"
    assert client.emergency_view(NUMBER).body["resourceType"] == "Bundle"
    assert client.capabilities().body["fhirVersion"] == "4.0.1"


def test_a_refusal_holds_every_issue_and_no_more(client: Client) -> None:
    with pytest.raises(Refused) as refused:
        client.create(GOAL | {"lifecycleStatus": "actve", "achievementStatus": "x"})
    assert refused.value.status == 422
    assert len(refused.value.issues) == 2
    assert "Goal.lifecycleStatus" in {place for issue in refused.value.issues for place in issue.expression}


def test_an_export_is_waited_for_and_read_line_by_line(client: Client) -> None:
    client.create(GOAL)
    seen: list[str] = []
    exported = client.export("Patient", criteria={"_type": "Patient,Goal"}, progress=seen.append)
    assert {file.type for file in exported.output} == {"Patient", "Goal"}
    lines = [json.loads(line) for file in exported.output for line in client.lines(file.url)]
    assert sorted(line["resourceType"] for line in lines) == ["Goal", "Patient"]


def test_every_call_can_be_awaited(client: Client, service: Service) -> None:
    async def use() -> list[str]:
        async with AsyncClient(client.base_url) as awaited:
            made = await awaited.create(GOAL)
            id = made.id or ""
            await awaited.update(made.body | {"lifecycleStatus": "completed"}, if_match=made.etag)
            await awaited.patch("Goal", id, [{"op": "replace", "path": "/lifecycleStatus", "value": "on-hold"}])
            found = [each["id"] async for each in awaited.search("Goal", {"subject": "Patient/one"})]
            versions = [entry async for entry in awaited.history("Goal", id)]
            assert len(versions) == 3
            await awaited.delete("Goal", id)
            with pytest.raises(Refused):
                await awaited.read("Goal", id)
            assert (await awaited.emergency_view(NUMBER)).body["resourceType"] == "Bundle"
            exported = await awaited.export("Patient", criteria={"_type": "Patient"})
            [file] = exported.output
            assert len([line async for line in awaited.lines(file.url)]) == 1
            return found

    assert len(asyncio.run(use())) == 1


class _Busy(httpx.BaseTransport):
    """A server that is too busy for its first visitors, and links to another host."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.seen: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if len(self.seen) <= self.times:
            return httpx.Response(503, headers={"Retry-After": "0"})
        link = [{"relation": "next", "url": "http://elsewhere.example/page"}] if len(self.seen) == 1 else []
        bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": link}
        return httpx.Response(200, json=bundle, headers={"Content-Type": "application/fhir+json"})


def test_a_busy_server_is_asked_again_with_the_same_request_id_and_only_for_reads() -> None:
    busy = _Busy(2)
    with Client("http://server.example/fhir", transport=busy) as client:
        assert isinstance(client.search_page("Goal"), Page)
    assert len({request.headers["x-request-id"] for request in busy.seen}) == 1
    busy = _Busy(1)
    with Client("http://server.example/fhir", transport=busy) as client, pytest.raises(Refused):
        client.create(GOAL)
    assert len(busy.seen) == 1


def test_the_token_goes_to_its_own_server_only() -> None:
    server = _Busy(0)
    with Client("http://server.example/fhir", token="secret", transport=server) as client:
        list(client.search("Goal"))
    assert [request.headers.get("authorization") for request in server.seen] == ["Bearer secret", None]
