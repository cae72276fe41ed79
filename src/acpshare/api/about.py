"""Handlers of what the service says about itself: metadata and health."""

from __future__ import annotations

import hashlib

from starlette.responses import Response

from acpshare.api.answers import etag
from acpshare.api.conditions import is_known, not_modified
from acpshare.api.door import Call
from acpshare.fhir.json_text import dump
from acpshare.interactions.capabilities import capability_statement
from acpshare.interactions.health import live, ready
from acpshare.outcome import IssueType, Malformed, error

MODES = ("full", "normative")
CACHED = {"Cache-Control": "private, max-age=60"}
"""It holds nothing about a person, and changes only with the service."""


async def capabilities(call: Call) -> Response:
    if call.query.get("mode", "full") not in MODES:
        what = "mode is one of " + ", ".join(MODES)
        raise Malformed(error(IssueType.NOT_SUPPORTED, what, "mode", spine="INVALID_VALUE"))
    text = call.house.once("metadata", lambda: dump(capability_statement(call.components)).encode())
    tag = etag(hashlib.sha256(text).hexdigest()[:16])
    if is_known(call, tag):
        return not_modified({**CACHED, "ETag": tag})
    return call.respond(text, headers={**CACHED, "ETag": tag})


async def health_live(call: Call) -> Response:
    return call.respond(live(call.components))


async def health_ready(call: Call) -> Response:
    return call.respond(await call.run(ready, call.components))
