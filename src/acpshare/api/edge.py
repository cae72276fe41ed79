"""Round every request: its ids, the headers every answer bears, one line in the log, and a net below all faults.

Plain ASGI, because it runs for every emergency view. https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from acpshare.api.errors import crash_response
from acpshare.observability.events import HTTP_FAILURE, HTTP_REQUEST
from acpshare.observability.log import described, places, write

_UUID = re.compile(rb"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")

SECURITY_HEADERS: list[tuple[bytes, bytes]] = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_JSON_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_PAGE_POLICY = (
    b"content-security-policy",
    b"; ".join(
        (
            b"default-src 'none'",
            b"style-src 'self' 'unsafe-inline'",
            b"img-src 'self' data:",
            b"font-src 'self'",
            b"form-action 'self'",
            b"frame-ancestors 'none'",
            b"base-uri 'none'",
        )
    ),
)
_NO_STORE = (b"cache-control", b"no-store")
_HSTS = (b"strict-transport-security", b"max-age=31536000")


class Edge:
    def __init__(self, app: ASGIApp, *, request_ids: Callable[[], str], secure: bool) -> None:
        self.app = app
        self.request_ids = request_ids
        self.always = [*SECURITY_HEADERS, *([_HSTS] if secure else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, send, self)
        try:
            await self.app(scope, receive, exchange.send)
        except Exception as fault:  # noqa: BLE001  the net: whatever it is, its text reaches neither client nor log
            exchange.failed(fault)
            if not exchange.status:
                await crash_response(exchange.request_id)(scope, receive, exchange.send)
        exchange.finished()


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, send: Send, edge: Edge) -> None:
        self.started = time.perf_counter()
        self.scope = scope
        self.to_client = send
        self.edge = edge
        self.status = 0
        self.size = 0
        self.correlation_id: str | None = None
        request_id: str | None = None
        for name, value in scope["headers"]:
            if name == b"x-request-id" and _UUID.fullmatch(value):
                request_id = value.decode()
            elif name == b"x-correlation-id" and _UUID.fullmatch(value):
                self.correlation_id = value.decode()
        self.request_id = request_id or edge.request_ids()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *self._headers(message.get("headers", ()))]
        else:
            self.size += len(message.get("body", b""))
        await self.to_client(message)

    def _headers(self, given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        added = [*self.edge.always, (b"x-request-id", self.request_id.encode())]
        if self.correlation_id:
            added.append((b"x-correlation-id", self.correlation_id.encode()))
        is_page = stored = False
        for name, value in given:
            if name == b"content-type":
                is_page = value.startswith(b"text/html")
            elif name == b"cache-control":
                stored = True
        added.append(_PAGE_POLICY if is_page else _JSON_POLICY)
        if not stored:
            added.append(_NO_STORE)
        return added

    def failed(self, fault: Exception) -> None:
        fields = {
            "exception": type(fault).__name__,
            "at": places(fault),
            "request_id": self.request_id,
            "correlation_id": self.correlation_id,
        }
        write(HTTP_FAILURE, **described(fields))

    def finished(self) -> None:
        fields = {
            "method": self.scope["method"] if self.scope["method"] in _METHODS else "other",
            "route": getattr(self.scope.get("endpoint"), "template", "unmatched"),
            "status": self.status,
            "ms": round((time.perf_counter() - self.started) * 1000, 2),
            "bytes": self.size,
            "client": self.scope.get("acpshare.client"),
            "request_id": self.request_id,
            "correlation_id": self.correlation_id,
        }
        write(HTTP_REQUEST, **described(fields))


_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
