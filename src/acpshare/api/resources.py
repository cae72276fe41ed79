"""Handlers that read. https://hl7.org/fhir/R4/http.html"""

from __future__ import annotations

from starlette.responses import Response

from acpshare.api.answers import etag, http_date
from acpshare.api.conditions import is_known, not_modified
from acpshare.api.door import Call
from acpshare.interactions.history import Asked, history_of
from acpshare.interactions.history import history_instance as versions_of_one
from acpshare.interactions.read import read as read_current
from acpshare.interactions.read import vread as read_version
from acpshare.interactions.summary import Summary
from acpshare.storage import StoredResource


async def read(call: Call) -> Response:
    found = await call.quickly(lambda store: read_current(call.components, call.type, call.id, store))
    return stored_response(call, found)


async def vread(call: Call) -> Response:
    version = call.path_params["vid"]
    found = await call.quickly(lambda store: read_version(call.components, call.type, call.id, version, store))
    return stored_response(call, found)


async def history_instance(call: Call) -> Response:
    return call.respond(await call.run(versions_of_one, call.components, call.type, call.id, _asked(call)))


async def history_of_all(call: Call) -> Response:
    """Of a type, or of everything."""
    return call.respond(await call.run(history_of, call.components, call.interaction.type, _asked(call)))


def _asked(call: Call) -> Asked:
    query = call.query
    totals_only = call.rendition.summary is Summary.COUNT
    return Asked(query.get("_count"), query.get("_since"), query.get("_cursor"), totals_only)


def stored_response(call: Call, stored: StoredResource) -> Response:
    """The stored text with its version, or 304 for a client that already has it."""
    headers = version_headers(stored)
    if is_known(call, headers["ETag"], stored.last_updated):
        return not_modified(headers)
    return call.respond(stored.text or b"", headers=headers)


def version_headers(stored: StoredResource) -> dict[str, str]:
    return {"ETag": etag(stored.version_id), "Last-Modified": http_date(stored.last_updated)}
