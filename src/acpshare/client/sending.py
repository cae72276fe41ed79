"""How requests are made and when they are sent again: what both clients share."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import httpx

from acpshare.client.calls import FHIR_JSON, Call

BUSY = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)
LONGEST_WAIT = 30.0
"""Seconds; a server that wants more of them is not waited for."""


def headers_of(token: str | None) -> dict[str, str]:
    headers = {"Accept": FHIR_JSON, "User-Agent": "acpshare-client"}
    return headers | ({"Authorization": f"Bearer {token}"} if token else {})


def request_of(client: httpx.Client | httpx.AsyncClient, call: Call[Any], request_id: str | None) -> httpx.Request:
    """The request. A request id is made where none is given: a server's log can then be asked about it."""
    headers: Mapping[str, str] = {"X-Request-ID": request_id or str(uuid.uuid4()), **call.headers}
    # None leaves the parameters of an address that a server gave as they are.
    params = httpx.QueryParams(call.params) if call.params else None
    request = client.build_request(call.method, call.path, headers=headers, content=call.content, params=params)
    if not _is_at_home(client, request):
        request.headers.pop("Authorization", None)
    return request


def _is_at_home(client: httpx.Client | httpx.AsyncClient, request: httpx.Request) -> bool:
    """Whether an address is the server's own: a link that leads elsewhere does not get its token."""
    home, url = client.base_url, request.url
    return (url.scheme, url.host, url.port) == (home.scheme, home.host, home.port)


def wait_before_next(call: Call[Any], response: httpx.Response, attempt: int, retries: int) -> float | None:
    """Seconds after which a safe request that met a busy server is sent again; None when it is not."""
    if not call.is_safe or response.status_code not in BUSY or attempt >= retries:
        return None
    after = response.headers.get("retry-after", "")
    wait = float(after) if after.isdecimal() else 0.5 * 2**attempt
    return wait if wait <= LONGEST_WAIT else None
