"""Handlers that record, change and delete. https://hl7.org/fhir/R4/http.html#create"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from acpshare.api.door import Call
from acpshare.api.prefer import Return, preferred_return
from acpshare.api.rendering import sent_as_json
from acpshare.api.resources import version_headers
from acpshare.interactions import conditional
from acpshare.interactions.bundle import bundle
from acpshare.interactions.components import Components
from acpshare.interactions.create import create as keep
from acpshare.interactions.delete import delete as take_away
from acpshare.interactions.operation_outcome import operation_outcome
from acpshare.interactions.patch import patch as change
from acpshare.interactions.restricted import shown
from acpshare.interactions.unit import Recorded
from acpshare.interactions.update import update as replace
from acpshare.outcome import IssueType, Malformed, error

_JSON_PATCH = "application/json-patch+json"


async def create(call: Call) -> Response:
    text = await call.text()
    sent = _sender(call) | {"if_none_exist": call.header("if-none-exist")}
    return await _recorded(call, keep, text, **sent)


async def update(call: Call) -> Response:
    text = await call.text()
    sent = _sender(call) | {"if_match": call.header("if-match"), "if_none_match": call.header("if-none-match")}
    return await _recorded(call, replace, call.id, text, **sent)


async def patch(call: Call) -> Response:
    return await _patched(call, change, call.id)


async def delete(call: Call) -> Response:
    done = await call.run(
        take_away, call.components, call.type, call.id, if_match=call.header("if-match"), client=call.client
    )
    return _deleted(call, () if done is None else (done,))


async def conditional_update(call: Call) -> Response:
    text = await call.text()
    sent = _sender(call) | {"if_match": call.header("if-match")}
    return await _recorded(call, conditional.conditional_update, _condition(call), text, **sent)


async def conditional_patch(call: Call) -> Response:
    return await _patched(call, conditional.conditional_patch, _condition(call))


async def conditional_delete(call: Call) -> Response:
    sent: dict[str, Any] = {"if_match": call.header("if-match"), "client": call.client}
    done = await call.run(conditional.conditional_delete, call.components, call.type, _condition(call), **sent)
    return _deleted(call, done)


async def transaction(call: Call) -> Response:
    text = await call.text()
    preferred = preferred_return(call.header("prefer"), Return.MINIMAL)
    return call.respond(await call.run(bundle, call.components, text, prefer=str(preferred), **_sender(call)))


async def _patched(call: Call, act: Callable[..., Recorded], target: object) -> Response:
    media_type, text = call.content_type(), await call.body()
    if media_type != _JSON_PATCH:
        text = await call.run(sent_as_json, text, media_type, call.house.max_body_bytes)
        media_type = "application/fhir+json"
    sent = _sender(call) | {"if_match": call.header("if-match")}
    return await _recorded(call, act, target, media_type, text, **sent)


async def _recorded(call: Call, act: Callable[..., Recorded], *given: object, **sent: object) -> Response:
    return recorded_response(call, await call.run(_done, call.components, act, call.type, *given, **sent))


def _done(components: Components, act: Callable[..., Recorded], *given: object, **sent: object) -> Recorded:
    """What was done, with what may be shown of it."""
    done = act(components, *given, **sent)
    return dataclasses.replace(done, stored=shown(components, components.store, done.stored))


def _condition(call: Call) -> list[tuple[str, str]]:
    """The search that names the resource: without one, everything would be meant. Raises Malformed."""
    pairs = list(call.pairs)
    if not pairs:
        what = "which one? A query with search parameters is needed here, or an id in the address"
        raise Malformed(error(IssueType.REQUIRED, what, spine="MISSING_VALUE"))
    return pairs


def _sender(call: Call) -> dict[str, Any]:
    return {"client": call.client, "max_bytes": call.house.max_body_bytes}


def recorded_response(call: Call, done: Recorded) -> Response:
    """201 for what is new, 200 for what was here already, with as much of it as the client prefers."""
    stored, base = done.stored, call.components.base_url
    headers = version_headers(stored)
    headers["Location"] = f"{base}/{stored.type}/{stored.id}/_history/{stored.version_id}"
    if done.plan is not None:
        headers["Link"] = f'<{base}/{done.plan}>; rel="related"'
    return _as_preferred(call, done, 201 if done.is_new else 200, headers)


def _as_preferred(call: Call, done: Recorded, status: int, headers: Mapping[str, str]) -> Response:
    preferred = preferred_return(call.header("prefer"))
    if preferred is Return.MINIMAL:
        return Response(status_code=status, headers=dict(headers))
    if preferred is Return.OPERATION_OUTCOME:
        return call.respond(operation_outcome(done.issues, done.ledger), status, headers)
    return call.respond(done.stored.text or b"", status, headers)


def _deleted(call: Call, done: Any) -> Response:
    """204, or what is to be said about it: where the client asked for that, and where something changed beside it."""
    listed = tuple(done)
    headers = version_headers(listed[0].stored) if len(listed) == 1 else {}
    if preferred_return(call.header("prefer"), Return.MINIMAL) is Return.MINIMAL:
        return Response(status_code=204, headers=headers)
    return call.respond(operation_outcome(tuple(issue for each in listed for issue in each.issues)), 200, headers)
