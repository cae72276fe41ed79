"""Conditional reads: nothing is sent to a client that has it already. https://www.rfc-editor.org/rfc/rfc9110#section-13"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from starlette.responses import Response

from acpshare.api.door import Call


def is_known(call: Call, tag: str, modified: datetime | None = None) -> bool:
    """Whether If-None-Match names this version; without it, whether nothing came since If-Modified-Since."""
    given = call.header("if-none-match")
    if given is not None:
        tags = [part.strip().removeprefix("W/") for part in given.split(",")]
        return tag.removeprefix("W/") in tags or tags == ["*"]
    since = call.header("if-modified-since")
    if since is None or modified is None:
        return False
    instant = _instant(since)
    return instant is not None and modified.replace(microsecond=0) <= instant


def _instant(text: str) -> datetime | None:
    """A date that cannot be read counts as none: so the RFC has it."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def not_modified(headers: Mapping[str, str]) -> Response:
    return Response(status_code=304, headers=dict(headers))
