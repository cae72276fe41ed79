"""Handlers of what the service publishes about itself: forms, maps, metadata, health, contract, start page."""

from __future__ import annotations

from starlette.responses import Response

from acpshare.api.answers import etag, resource_response
from acpshare.api.door import Call
from acpshare.fhir.json_text import dump
from acpshare.interactions.capabilities import capability_statement
from acpshare.interactions.definitions import content_version, read_definition, search_definitions
from acpshare.interactions.health import live, ready

CACHED = {"Cache-Control": "private, max-age=60"}
"""Definitions hold nothing about a person, and change only with the service."""


async def read(call: Call) -> Response:
    type = call.interaction.type or ""
    return versioned(call, read_definition(call.components, type, call.id))


async def search_type(call: Call) -> Response:
    type = call.interaction.type or ""
    found = search_definitions(call.components, type, call.query.get("url"), call.query.get("_id"))
    return resource_response(found, media_type=call.media_type, headers=CACHED)


async def capabilities(call: Call) -> Response:
    return versioned(call, dump(capability_statement(call.components)).encode())


async def health_live(call: Call) -> Response:
    return resource_response(live(call.components), media_type=call.media_type)


async def health_ready(call: Call) -> Response:
    return resource_response(await call.run(ready, call.components), media_type=call.media_type)


def versioned(call: Call, text: bytes) -> Response:
    """The text, or 304 for a client that already has it."""
    tag = etag(content_version(text))
    if is_known(call, tag):
        return not_modified(tag, CACHED)
    return resource_response(text, media_type=call.media_type, headers={**CACHED, "ETag": tag})


def is_known(call: Call, tag: str) -> bool:
    """Whether the client's If-None-Match names this version: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2"""
    given = [part.strip().removeprefix("W/") for part in (call.header("if-none-match") or "").split(",")]
    return tag.removeprefix("W/") in given or given == ["*"]


def not_modified(tag: str, headers: dict[str, str]) -> Response:
    return Response(status_code=304, headers={**headers, "ETag": tag})
