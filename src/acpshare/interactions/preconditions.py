"""What a client makes a condition of a change: that nobody changed the resource since, or that nothing is there yet.

https://hl7.org/fhir/R4/http.html#concurrency
"""

from __future__ import annotations

import re

from acpshare.interactions.components import Components
from acpshare.outcome import IssueType, Malformed, VersionConflict, error
from acpshare.storage import StoredResource

_TAG = re.compile(r'(?:W/)?"([^"]*)"', re.ASCII)


def require_version(
    components: Components, type: str, before: StoredResource | None, if_match: str | None, *, is_update: bool = False
) -> None:
    """Raises VersionConflict when the resource is not what the client has seen, Malformed for another header."""
    version = _version(before)
    if if_match is None:
        if is_update and version is not None and components.require_if_match:
            what = "an update of what is here already names the version that it is made of, in If-Match"
            raise VersionConflict(error(IssueType.REQUIRED, what, "If-Match"))
        return
    if not is_named(if_match, version, "If-Match"):
        what = f"{type} has changed since it was read, or is not there: read it again"
        raise VersionConflict(error(IssueType.CONFLICT, what, f"{type}.meta.versionId"))


def require_absent(type: str, before: StoredResource | None, if_none_match: str | None) -> None:
    """Raises VersionConflict when there is already what the client wants to be the first to send."""
    version = _version(before)
    if if_none_match is not None and version is not None and is_named(if_none_match, version, "If-None-Match"):
        raise VersionConflict(error(IssueType.CONFLICT, f"there is such a {type} already", "If-None-Match"))


def _version(before: StoredResource | None) -> int | None:
    return None if before is None or before.deleted else before.version_id


def is_named(header: str, version: int | None, name: str) -> bool:
    """Whether the header's list of entity tags has the version in it; `*` is any."""
    if header.strip() == "*":
        return version is not None
    tags = [_TAG.fullmatch(part.strip()) for part in header.split(",")]
    if not all(tags):
        raise Malformed(error(IssueType.VALUE, f'{name} is written W/"version"', name))
    return any(tag[1] == str(version) for tag in tags if tag is not None)
