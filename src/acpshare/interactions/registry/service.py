"""What the service answers beside FHIR: health, the contract, the start page."""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.interactions.registry.model import PUBLIC, Interaction, Kind

_ROWS = (
    ("live", "/health/live", "The process answers", (200,), ("application/json",), "health"),
    ("ready", "/health/ready", "The service can do its work", (200, 503), ("application/json",), "health"),
    ("openapi", "/openapi.json", "This contract", (200,), ("application/json",), "openapi"),
    ("start", "/", "What this is, and what to try", (200,), ("text/html",), "start"),
)


def service() -> Iterator[Interaction]:
    for name, path, summary, statuses, media_types, page in _ROWS:
        yield Interaction(
            name, name, Kind.SERVICE, "GET", path, PUBLIC, page, "", summary, statuses, media_types=media_types,
            answer=name,
        )  # fmt: skip
