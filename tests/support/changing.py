"""Changing a plan through the resources that it is made into, as a records system does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from tests.support.service import BASE, FHIR_JSON, Service, golden, plan_of

RESIDENT = golden("respect-v3", "care-home-resident")
NUMBER: str = RESIDENT["subject"]["identifier"]["value"]
CPR = "89666000"
Json = dict[str, Any]


def recorded(service: Service, form: Json = RESIDENT) -> str:
    """The id of the plan that a form makes."""
    answer = service.record(form)
    assert answer.status_code == 201, answer.text
    return plan_of(answer)[0]


def got(service: Service, path: str) -> Json:
    answer = service.get(path)
    assert answer.status_code == 200, answer.text
    resource: Json = answer.json()
    return resource


def sent(service: Service, resource: Json, **headers: str) -> httpx.Response:
    """PUT, answered with what is to be said about it."""
    named = {"Content-Type": FHIR_JSON, "Prefer": "return=OperationOutcome"} | headers
    path = f"{BASE}/{resource['resourceType']}/{resource['id']}"
    return service.client.put(path, content=json.dumps(resource).encode(), headers=named)


def changed(service: Service, path: str, change: Callable[[Json], object]) -> httpx.Response:
    """Read a resource, change it, send it back."""
    resource = got(service, path)
    change(resource)
    return sent(service, resource)


def cpr_of(care_plan: Json) -> Json:
    """The CPR decision's activity."""
    (found,) = [
        each["detail"]
        for each in care_plan["activity"]
        if any(coding["code"] == CPR for coding in each["detail"]["code"]["coding"])
    ]
    detail: Json = found
    return detail


def reversed_decision(care_plan: Json) -> None:
    """CPR: from not to be attempted to be attempted, or back."""
    detail = cpr_of(care_plan)
    detail["doNotPerform"] = not detail["doNotPerform"]


def warnings(service: Service, number: str = NUMBER) -> set[str]:
    """What the crew is warned of, by code."""
    return {each["code"] for each in service.view(number)["warnings"]}


def deleted(service: Service, path: str) -> httpx.Response:
    return service.client.delete(f"{BASE}/{path}")
