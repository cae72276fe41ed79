"""Requests that change something, and the smallest resources to send with them."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.support.service import BASE, FHIR_JSON, NHS, Service

UUID = "urn:uuid:3bd4b9d0-5b5e-4f0c-8f0e-2b6e3c0a1f0"
"""One digit makes it the fullUrl of an entry."""


def send(service: Service, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
    """A request; a body that is no text is sent as JSON."""
    content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = {"Content-Type": FHIR_JSON} if content is not None else {}
    return service.client.request(method, f"{BASE}/{path}", content=content, headers=kind | named)


def practitioner(value: str = "1", **more: Any) -> dict[str, Any]:
    """Somebody who is in nobody's compartment."""
    return {"resourceType": "Practitioner", "identifier": [{"system": "urn:x:staff", "value": value}]} | more


def condition(subject: str = "Patient/p1", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "code": {"text": "Frailty"}, "subject": {"reference": subject}} | more


def patient(number: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "identifier": [{"system": NHS, "value": number}]} | more


def made(service: Service, resource: dict[str, Any]) -> dict[str, Any]:
    """The resource as the service keeps it."""
    answer = send(service, "POST", resource["resourceType"], resource)
    assert answer.status_code == 201, answer.text
    kept: dict[str, Any] = answer.json()
    return kept


def entry(
    method: str, url: str, resource: dict[str, Any] | None = None, full_url: str | None = None, **request: str
) -> dict[str, Any]:
    """One entry of a batch or transaction."""
    named = {"fullUrl": full_url} if full_url else {}
    held = {"resource": resource} if resource else {}
    return named | held | {"request": {"method": method, "url": url} | request}


def bundle(kind: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def answers(answer: httpx.Response) -> list[dict[str, Any]]:
    """The entries of a response Bundle."""
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json().get("entry", [])
    return found


def statuses(answer: httpx.Response) -> list[str]:
    return [each["response"]["status"][:3] for each in answers(answer)]
