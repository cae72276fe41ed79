"""Handlers of bulk export. https://hl7.org/fhir/uv/bulkdata/STU2/export.html"""

from __future__ import annotations

from email.utils import format_datetime

from starlette.responses import FileResponse, Response

from acpshare.api.answers import resource_response
from acpshare.api.door import Call
from acpshare.api.negotiation import FHIR_JSON, JSON
from acpshare.fhir.json_text import dump
from acpshare.interactions.operation_outcome import operation_outcome
from acpshare.interactions.operations import export_kick_off as exports
from acpshare.interactions.operations.export_request import NAMES, REPEATING, understood
from acpshare.interactions.parameters import Parameters, from_query, read_parameters
from acpshare.outcome import Issue, IssueType, Malformed, MethodNotAllowed, Severity, error, information
from acpshare.storage import JobState

NDJSON = "application/fhir+ndjson"
_SOON = {"Retry-After": "1"}


async def kick_off(call: Call) -> Response:
    """202 with where to ask how the export stands."""
    if call.scope["method"] == "HEAD":
        raise MethodNotAllowed(
            error(IssueType.NOT_SUPPORTED, "an export is begun by GET or POST: it is not only looked at")
        )
    preferred = [part.strip().lower() for part in (call.header("prefer") or "").replace(";", ",").split(",")]
    if "respond-async" not in preferred:
        what = "an export is asked for with the header Prefer: respond-async"
        raise Malformed(error(IssueType.REQUIRED, what, "Prefer"))
    lenient = "handling=lenient" in preferred
    path = call.scope["path"].partition("/fhir/R4")[2]
    query = call.scope["query_string"].decode("latin-1")
    url = f"{call.components.base_url}{path}{f'?{query}' if query and call.interaction.method == 'GET' else ''}"
    level = exports.LEVELS[call.type]
    request, ignored = understood(await _given(call), level, url, lenient=lenient)
    group = call.id if call.type == "Group" else None
    id = await call.run(exports.kick_off, call.components, request, call.client, group)
    where = f"{call.components.base_url}/bulkdata/{id}"
    said = information(IssueType.INFORMATIONAL, f"the export has begun; how it stands: {where}")
    return resource_response(operation_outcome((said, *ignored)), 202, headers={"Content-Location": where})


async def _given(call: Call) -> Parameters:
    if call.interaction.method == "POST":
        return read_parameters(await call.text(), NAMES, call.house.max_body_bytes, REPEATING)
    return from_query(call.pairs, NAMES, REPEATING)


async def status(call: Call) -> Response:
    """202 while it is under way, 200 with the manifest, 500 when it failed."""
    found = await call.run(exports.standing, call.components, call.id, call.client)
    if found.manifest is not None:
        expires = {"Expires": format_datetime(found.expires, usegmt=True)} if found.expires is not None else {}
        return Response(dump(found.manifest), 200, expires, JSON)
    if found.state is JobState.FAILED:
        what = "the export failed; nothing was lost: begin it again"
        outcome = operation_outcome((Issue(Severity.FATAL, IssueType.EXCEPTION, what),))
        return resource_response(outcome, 500, media_type=FHIR_JSON)
    return Response(status_code=202, headers={"X-Progress": found.progress} | _SOON)


async def cancel(call: Call) -> Response:
    await call.run(exports.cancel, call.components, call.id, call.client)
    said = information(IssueType.INFORMATIONAL, "the export is cancelled, and its files are gone")
    return resource_response(operation_outcome((said,)), 202)


async def file(call: Call) -> Response:
    """From the disk as it is read: no file is ever held in memory."""
    name = call.path_params["file"]
    path = await call.run(exports.file_of, call.components, call.id, name, call.client)
    return FileResponse(path, media_type=NDJSON, headers={"Cache-Control": "no-store"})
