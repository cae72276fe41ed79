"""Handlers that record. https://hl7.org/fhir/R4/http.html#create"""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from acpshare.api.answers import resource_response
from acpshare.api.door import Call
from acpshare.api.prefer import Return, preferred_return
from acpshare.api.resources import version_headers
from acpshare.interactions.consent_create import create_consent as keep_consent
from acpshare.interactions.operation_outcome import operation_outcome
from acpshare.interactions.record import record as keep_form
from acpshare.interactions.unit import Recorded


async def record(call: Call) -> Response:
    return await _recorded(call, keep_form)


async def create_consent(call: Call) -> Response:
    return await _recorded(call, keep_consent)


async def _recorded(call: Call, keep: Callable[..., Recorded]) -> Response:
    body = await call.body()
    done = await call.run(
        keep,
        call.components,
        body,
        if_none_exist=call.header("if-none-exist"),
        max_bytes=call.house.max_body_bytes,
        client=call.client,
    )
    return recorded_response(call, done)


def recorded_response(call: Call, done: Recorded) -> Response:
    """201 for what is new, 200 for what was here already, with as much of it as the client prefers."""
    stored, base = done.stored, call.components.base_url
    headers = version_headers(stored)
    headers["Location"] = f"{base}/{stored.type}/{stored.id}/_history/{stored.version_id}"
    if done.plan is not None:
        headers["Link"] = f'<{base}/{done.plan}>; rel="related"'
    preferred = preferred_return(call.header("prefer"))
    status = 201 if done.is_new else 200
    if preferred is Return.MINIMAL:
        return Response(status_code=status, headers=headers)
    if preferred is Return.OPERATION_OUTCOME:
        outcome = operation_outcome(done.issues, done.ledger)
        return resource_response(outcome, status, media_type=call.media_type, headers=headers)
    return resource_response(stored.text or b"", status, media_type=call.media_type, headers=headers)
