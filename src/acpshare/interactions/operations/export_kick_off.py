"""$export: the beginning of an export, how it stands, its end, and its files.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from acpshare.fhir.json_text import JsonObject
from acpshare.interactions.components import Components
from acpshare.interactions.derived import instant
from acpshare.interactions.events import audit
from acpshare.interactions.operations.export_files import NAME, remove
from acpshare.interactions.operations.export_filters import criteria_of
from acpshare.interactions.operations.export_progress import Progress
from acpshare.interactions.operations.export_request import ExportRequest, Level
from acpshare.interactions.read import present
from acpshare.outcome import Failure, Issue, IssueType, Malformed, NotFound, Throttled, error
from acpshare.storage import Job, JobState


@dataclass(frozen=True, slots=True)
class Standing:
    """How an export stands: a manifest when it is complete."""

    state: JobState
    progress: str
    manifest: JsonObject | None = None
    expires: datetime | None = None


def kick_off(components: Components, request: ExportRequest, client: str, group: str | None = None) -> str:
    """Take an export on: its id. Raises Malformed, NotFound, Gone or Throttled."""
    _check_filters(components, request)
    if group is not None:
        request = replace(request, people=_members(components, group, request.people))
    id, now = components.ids(), components.clock()
    if not components.store.jobs.add(Job(id, client, now, request.dump()), components.exports.most):
        what = f"{components.exports.most} exports are under way, which is as many as there may be: try again later"
        raise Throttled(error(IssueType.THROTTLED, what))
    with components.store.write() as writing:
        audit(writing, "operation", client, None, (f"bulkdata/{id}",), now)
    components.export_worker.wake()
    return id


def _check_filters(components: Components, request: ExportRequest) -> None:
    """Every filter is understood before there is a job. Raises Malformed with every problem."""
    issues: list[Issue] = []
    with components.store.read() as reading:
        for type, query in request.filters:
            try:
                criteria_of(components, reading, type, query)
            except Failure as refused:
                issues += refused.issues
    if issues:
        raise Malformed(*issues)


def _members(components: Components, group: str, named: Sequence[str] | None) -> tuple[str, ...]:
    """The patients who are the group's members, of those that were named."""
    with components.store.read() as reading:
        stored = present(reading.resource("Group", group), "Group")
    members = json.loads(stored.text or b"{}").get("member", ())
    references = [str(each["entity"].get("reference", "")) for each in members if not each.get("inactive", False)]
    local = (each.removeprefix(f"{components.base_url}/") for each in references)
    found = dict.fromkeys(each.split("/")[1] for each in local if each.startswith("Patient/"))
    return tuple(each for each in found if named is None or each in named)


def standing(components: Components, id: str, client: str) -> Standing:
    """Raises NotFound: also for an export of another client's."""
    job = _job(components, id, client)
    progress = Progress.load(job.progress)
    if job.state is JobState.UNFINISHED:
        components.export_worker.wake()
    if job.state is not JobState.COMPLETE:
        return Standing(job.state, _said(progress))
    return Standing(job.state, "100 %", _manifest(components, job, progress), job.expires)


def cancel(components: Components, id: str, client: str) -> None:
    """Forget an export, and take its files away. Raises NotFound."""
    _job(components, id, client)
    components.store.jobs.remove(id)
    remove(components.export_worker.folder(id))


def file_of(components: Components, id: str, name: str, client: str) -> Path:
    """A file of a complete export. Raises NotFound."""
    job = _job(components, id, client)
    path = components.export_worker.folder(id) / name
    if job.state is not JobState.COMPLETE or NAME.fullmatch(name) is None or not path.is_file():
        raise NotFound(error(IssueType.NOT_FOUND, "this export has no such file", spine="RESOURCE_NOT_FOUND"))
    return path


def _job(components: Components, id: str, client: str) -> Job:
    job = components.store.jobs.get(id)
    expired = job is not None and job.expires is not None and job.expires <= components.clock()
    if job is None or job.client != client or expired:
        what = "there is no such export: it never was, was cancelled, or its time is over"
        raise NotFound(error(IssueType.NOT_FOUND, what, spine="RESOURCE_NOT_FOUND"))
    return job


def _said(progress: Progress) -> str:
    """A true figure: at most 100 characters, as the specification has it."""
    if progress.cut is None:
        return "0 %, waiting"
    if progress.total:
        return f"{progress.percent} %, {progress.seen} resources looked at of about {progress.total}"
    return f"{progress.percent} %, {progress.portion} of {progress.portions} parts, {progress.seen} resources looked at"


def _manifest(components: Components, job: Job, progress: Progress) -> JsonObject:
    """https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---complete-status"""
    listed: dict[str, list[JsonObject]] = {"output": [], "deleted": [], "error": []}
    for each in progress.files:
        url = f"{components.base_url}/bulkdata/{job.id}/{each.name}"
        listed[each.kind].append({"type": each.type, "url": url, "count": each.lines})
    return {
        "transactionTime": instant(progress.cut or job.requested),
        "request": ExportRequest.load(job.request).url,
        "requiresAccessToken": not components.synthetic_only,
        **listed,
    }


LEVELS = {"": Level.SYSTEM, "Patient": Level.PATIENT, "Group": Level.GROUP}
"""By the type in the address."""
