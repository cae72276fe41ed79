"""Handlers that read what is stored about people. https://hl7.org/fhir/R4/http.html"""

from __future__ import annotations

from starlette.responses import Response

from acpshare.api.answers import etag, http_date, resource_response
from acpshare.api.definitions import is_known, not_modified
from acpshare.api.door import Call
from acpshare.interactions.history_instance import history_instance as history_bundle
from acpshare.interactions.read import read as read_current
from acpshare.interactions.read import vread as read_version
from acpshare.storage import StoredResource


async def read(call: Call) -> Response:
    return stored_response(call, await call.run(read_current, call.components, _type(call), call.id))


async def vread(call: Call) -> Response:
    version_id = str(call.request.path_params["vid"])
    return stored_response(call, await call.run(read_version, call.components, _type(call), call.id, version_id))


async def history_instance(call: Call) -> Response:
    bundle = await call.run(history_bundle, call.components, _type(call), call.id)
    return resource_response(bundle, media_type=call.media_type)


def _type(call: Call) -> str:
    return call.interaction.type or ""


def stored_response(call: Call, stored: StoredResource) -> Response:
    """The stored text with its version, or 304 for a client that already has it."""
    headers = version_headers(stored)
    if is_known(call, headers["ETag"]):
        return not_modified(headers["ETag"], {"Last-Modified": headers["Last-Modified"]})
    return resource_response(stored.text or b"", media_type=call.media_type, headers=headers)


def version_headers(stored: StoredResource) -> dict[str, str]:
    return {"ETag": etag(stored.version_id), "Last-Modified": http_date(stored.last_updated)}
