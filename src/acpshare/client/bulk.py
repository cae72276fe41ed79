"""A bulk export as its client sees it: how far it is, and the files it made.

https://hl7.org/fhir/uv/bulkdata/export.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from acpshare.client.answers import refuse, resource_in

PATIENCE = 2.0
"""Seconds between two questions where the server does not say how long to wait."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One NDJSON file of one type. `count` is None where the server did not count."""

    type: str
    url: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export made: everything as it was at `transaction_time`."""

    transaction_time: str
    output: tuple[ExportFile, ...]
    deleted: tuple[ExportFile, ...] = ()
    error: tuple[ExportFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportStatus:
    """`done` is None while it is being made; `progress` is what the server says of it."""

    done: Exported | None
    progress: str = ""
    retry_after: float = PATIENCE


def started_at(response: httpx.Response) -> str:
    refuse(response)
    return str(response.headers["content-location"])


def status_of(response: httpx.Response) -> ExportStatus:
    refuse(response)
    if response.status_code == httpx.codes.ACCEPTED:
        after = response.headers.get("retry-after", "")
        wait = float(after) if after.isdecimal() else PATIENCE
        return ExportStatus(None, response.headers.get("x-progress", ""), wait)
    manifest = resource_in(response) or {}
    lists = (_files(manifest.get(name, ())) for name in ("output", "deleted", "error"))
    return ExportStatus(Exported(str(manifest.get("transactionTime", "")), *lists))


def _files(listed: list[dict[str, Any]]) -> tuple[ExportFile, ...]:
    return tuple(ExportFile(str(each["type"]), str(each["url"]), each.get("count")) for each in listed)
