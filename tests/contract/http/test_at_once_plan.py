"""Forms, direct changes and records beside the plan of one person, all at the same moment: one plan, one view, no failure."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx

from acpshare.interactions.emergency_view import renew_all
from tests.support.service import Service, golden, plan_of
from tests.support.writing import condition, send

RESIDENT = golden("respect-v3", "care-home-resident")
REFUSED = {409, 412}
"""What was changed by somebody else in the meantime is to be read again."""


def at_once(count: int, service: Service, plan: str, person: str) -> Sequence[httpx.Response]:
    again = {name: value for name, value in RESIDENT.items() if name != "identifier"}
    ready = Barrier(count)

    def act(number: int) -> httpx.Response:
        ready.wait(10)
        if number % 4 == 0:
            return service.record(again)
        if number % 4 == 1:
            patch = [{"op": "add", "path": "/language", "value": "en-GB" if number % 8 == 1 else "en"}]
            return send(service, "PATCH", f"CarePlan/{plan}", patch, Content_Type="application/json-patch+json")
        if number % 4 == 2:
            return send(service, "POST", "Condition", condition(person, code={"text": f"Condition {number}"}))
        read = service.get(f"CarePlan/{plan}")
        return send(
            service, "PUT", f"CarePlan/{plan}", read.json() | {"title": f"{number}"}, If_Match=read.headers["etag"]
        )

    with ThreadPoolExecutor(count) as crowd:
        return list(crowd.map(act, range(count)))


def test_a_plan_that_many_change_at_once_is_one_plan_with_one_view(service_on_each: Service) -> None:
    service = service_on_each
    plan, _ = plan_of(service.record(RESIDENT))
    person = service.get(f"CarePlan/{plan}").json()["subject"]["reference"]
    answers = at_once(12, service, plan, person)
    assert {answer.status_code for answer in answers} <= {200, 201, *REFUSED}, [answer.text for answer in answers]
    assert sum(answer.status_code in REFUSED for answer in answers) <= 3
    history = service.get(f"CarePlan/{plan}/_history").json()
    versions = [int(each["resource"]["meta"]["versionId"]) for each in history["entry"]]
    assert versions == list(range(len(versions), 0, -1))
    assert service.counts().persons == 1
    shown = service.view()
    assert list(renew_all(service.components))
    assert service.view() == shown
    assert shown["cpr"]["decision"] == "do-not-attempt"
