"""What the service answers with: resources as bytes, with the headers FHIR asks for. https://hl7.org/fhir/R4/http.html"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from acpshare.api.negotiation import FHIR_JSON
from acpshare.fhir.json_text import dump

LINGER_SECONDS = 5.0
LINGER_BYTES = 64_000_000


def resource_response(
    resource: dict[str, Any] | str | bytes,
    status: int = 200,
    *,
    media_type: str = FHIR_JSON,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A resource, as its stored text or as a value to be written."""
    content = dump(resource) if isinstance(resource, dict) else resource
    return Written(content if isinstance(content, bytes) else content.encode(), status, media_type, headers)


class Written(Response):
    """Bytes that are there, with few headers: Starlette's own goes round about, and runs for every read."""

    def __init__(self, content: bytes, status: int, media_type: str, headers: Mapping[str, str] | None) -> None:
        self.body = content
        self.status_code = status
        self.media_type = media_type
        self.background = None
        self.raw_headers = [
            (b"content-length", b"%d" % len(content)),
            (b"content-type", f"{media_type}; charset=utf-8".encode("latin-1")),
        ]
        if headers:
            self.raw_headers += [
                (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
            ]


def etag(version_id: str | int) -> str:
    return f'W/"{version_id}"'


@lru_cache(maxsize=4096)
def http_date(instant: datetime) -> str:
    return format_datetime(instant, usegmt=True)


class LingeringResponse(Response):
    """An answer sent while the request's body still arrives; the rest is read and forgotten for a while.

    A connection that is closed on a client in mid-sentence loses the answer with it.
    """

    def __init__(self, resource: dict[str, Any], status: int) -> None:
        super().__init__(dump(resource), status, {"Connection": "close"}, f"{FHIR_JSON}; charset=utf-8")

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        give_up, left = time.monotonic() + LINGER_SECONDS, LINGER_BYTES
        while left > 0 and time.monotonic() < give_up:
            message = await receive()
            left -= len(message.get("body", b""))
            if message["type"] != "http.request" or not message.get("more_body", False):
                break
        await send({"type": "http.response.body", "body": b"", "more_body": False})
