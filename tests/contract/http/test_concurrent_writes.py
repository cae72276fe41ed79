"""Many clients at the same moment, on both databases: what users of other servers complain of.

https://hl7.org/fhir/R4/http.html#concurrency
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx

from tests.support.service import NHS, Service, golden, plan_of
from tests.support.writing import UUID, bundle, condition, entry, made, patient, practitioner, send, statuses

RESIDENT = golden("respect-v3", "care-home-resident")
CONDITION = "identifier=urn:x:staff|1"


def at_once(count: int, act: Callable[[int], httpx.Response]) -> Sequence[httpx.Response]:
    """What each of so many clients was answered, who all began together."""
    ready = Barrier(count)

    def one(number: int) -> httpx.Response:
        ready.wait(10)
        return act(number)

    with ThreadPoolExecutor(count) as crowd:
        return list(crowd.map(one, range(count)))


def statuses_of(answers: Sequence[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_twenty_equal_conditional_creates_make_one_resource(service_on_each: Service) -> None:
    service = service_on_each
    found = at_once(20, lambda _: send(service, "POST", "Practitioner", practitioner(), If_None_Exist=CONDITION))
    assert statuses_of(found) == {201: 1, 200: 19}
    assert len({answer.json()["id"] for answer in found}) == 1
    assert service.counts().resources["Practitioner"] == 1


def test_so_do_twenty_transactions_and_conditional_updates(service_on_each: Service) -> None:
    service = service_on_each
    both = bundle(
        "transaction",
        entry("POST", "Practitioner", practitioner(), f"{UUID}1", ifNoneExist=CONDITION),
        entry("POST", "Condition", condition(asserter={"reference": f"{UUID}1"})),
    )

    def act(number: int) -> httpx.Response:
        if number % 2:
            return send(service, "POST", "", both)
        return send(service, "PUT", f"Practitioner?{CONDITION}", practitioner(active=True))

    found = at_once(20, act)
    assert set(statuses_of(found)) <= {200, 201}
    assert service.counts().resources == {"Practitioner": 1, "Condition": 10}


def test_of_updates_of_one_version_exactly_one_wins_and_more_can_follow(service_on_each: Service) -> None:
    service = service_on_each
    kept = made(service, practitioner())
    address = f"Practitioner/{kept['id']}"

    def act(number: int) -> httpx.Response:
        return send(service, "PUT", address, kept | {"name": [{"text": f"{number}"}]}, If_Match='W/"1"')

    assert statuses_of(at_once(8, act)) == {200: 1, 412: 7}
    now = service.get(address)
    assert now.headers["etag"] == 'W/"2"'
    again = send(service, "PUT", address, now.json() | {"active": True}, If_Match=now.headers["etag"])
    assert again.headers["etag"] == 'W/"3"'


def test_updates_that_name_no_version_follow_one_another_and_none_is_lost(service_on_each: Service) -> None:
    service = service_on_each
    kept = made(service, condition())
    address = f"Condition/{kept['id']}"

    def act(number: int) -> httpx.Response:
        if number % 3 == 0:
            patch = [{"op": "replace", "path": "/code/text", "value": f"patched {number}"}]
            return send(service, "PATCH", address, patch, Content_Type="application/json-patch+json")
        if number % 3 == 1:
            changed = kept | {"code": {"text": f"in a transaction {number}"}}
            return send(service, "POST", "", bundle("transaction", entry("PUT", address, changed)))
        return send(service, "PUT", address, kept | {"code": {"text": f"put {number}"}})

    found = at_once(9, act)
    assert statuses_of(found) == {200: 9}
    history = service.get(f"{address}/_history").json()
    texts = [each["resource"]["code"]["text"] for each in history["entry"]]
    assert len(set(texts)) == history["total"] == 10
    assert service.get(address).headers["etag"] == 'W/"10"'


def test_clients_that_create_under_one_id_make_versions_of_one_resource(service_on_each: Service) -> None:
    service = service_on_each
    found = at_once(8, lambda number: send(service, "PUT", "Practitioner/dr-1", practitioner(str(number), id="dr-1")))
    assert statuses_of(found) == {201: 1, 200: 7}
    assert service.get("Practitioner/dr-1").headers["etag"] == 'W/"8"'


def test_transactions_about_the_same_resources_in_any_order_never_wait_for_ever(service_on_each: Service) -> None:
    """Each changes two people's records and the people themselves, every other one the other way round."""
    service = service_on_each
    numbers = ("9990000018", "9990000026")
    people = [made(service, patient(number)) for number in numbers]
    kept = [made(service, condition(f"Patient/{person['id']}")) for person in people]

    def changes(number: int) -> list[dict[str, Any]]:
        text = {"code": {"text": f"number {number}"}}
        entries = [entry("PUT", f"Condition/{each['id']}", each | text) for each in kept]
        entries += [
            entry("PUT", f"Patient?identifier={NHS}|{of}", person | {"name": [{"text": f"number {number}"}]})
            for of, person in zip(numbers, people, strict=True)
        ]
        about = {"subject": {"identifier": {"system": NHS, "value": numbers[number % 2]}}}
        entries.append(entry("POST", "Condition", {"resourceType": "Condition", "code": {"text": "new"}} | about))
        return entries[::-1] if number % 2 else entries

    found = at_once(10, lambda number: send(service, "POST", "", bundle("transaction", *changes(number))))
    assert statuses_of(found) == {200: 10}, [answer.text for answer in found if answer.status_code != 200]
    assert {tuple(sorted(statuses(answer))) for answer in found} == {("200", "200", "200", "200", "201")}
    assert [service.get(f"Condition/{each['id']}").headers["etag"] for each in kept] == ['W/"11"', 'W/"11"']


def test_a_person_and_their_forms_change_at_once_without_waiting_for_ever(service_on_each: Service) -> None:
    """A form goes from the number to the person, an update of the Patient from the person to the number."""
    service = service_on_each
    person = made(service, patient("9990000018"))
    again = {name: value for name, value in RESIDENT.items() if name != "identifier"}

    def act(number: int) -> httpx.Response:
        if number % 2:
            return service.record(again)
        return send(service, "PUT", f"Patient/{person['id']}", person | {"name": [{"text": f"number {number}"}]})

    found = at_once(12, act)
    assert statuses_of(found) == {201: 6, 200: 6}, [answer.text for answer in found if answer.status_code > 201]
    assert service.counts().persons == 1


def test_forms_beside_transactions_about_the_same_person_are_all_recorded(service_on_each: Service) -> None:
    service = service_on_each
    plan, _ = plan_of(service.record(RESIDENT))
    person = service.get(f"CarePlan/{plan}").json()["subject"]["reference"]
    again = {name: value for name, value in RESIDENT.items() if name != "identifier"}

    def act(number: int) -> httpx.Response:
        if number % 2:
            return service.record(again)
        form = entry("POST", "QuestionnaireResponse", again)
        return send(service, "POST", "", bundle("transaction", form, entry("POST", "Condition", condition(person))))

    found = at_once(8, act)
    assert statuses_of(found) == {201: 4, 200: 4}, [answer.text for answer in found if answer.status_code > 201]
    assert service.counts().plans == 9
    assert service.counts().persons == 1
    assert service.view()["cpr"]["decision"] == "do-not-attempt"
