"""The HTTP server's side of a connection: a request's head is limited in size and in time, before any door sees it.

Whoever sends headers without end needs no token, and must cost neither memory nor a connection for ever.
https://www.rfc-editor.org/rfc/rfc6585#section-5
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from acpshare.fhir.json_text import dump
from acpshare.interactions.operation_outcome import operation_outcome
from acpshare.outcome import IssueType, error

LONGEST_HEAD = 64_000
"""Bytes of the request line and the headers, beside what arrives together with their end."""
HEAD_PATIENCE = 20.0
"""Seconds that a head may take to arrive, from the connection or from its first byte."""


class Wire(HttpToolsProtocol):
    in_head = True
    head = 0
    patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.in_head or self.transport.is_closing():
            return
        if self.patience is None:  # most heads arrive at once, and cost no timer
            self._wait()
        self.head += len(data)
        if self.head > LONGEST_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too long")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.in_head, self.head = True, 0

    def on_headers_complete(self) -> None:
        self.in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  said in FHIR's words instead
        self._refuse(HTTPStatus.BAD_REQUEST, "this is not an HTTP request that can be read")

    def _wait(self) -> None:
        self.patience = self.loop.call_later(HEAD_PATIENCE, self._give_up)

    def _stop_waiting(self) -> None:
        if self.patience is not None:
            self.patience.cancel()
            self.patience = None

    def _give_up(self) -> None:
        self.patience = None
        self._refuse(HTTPStatus.REQUEST_TIMEOUT, f"the headers did not arrive within {HEAD_PATIENCE:.0f} seconds")

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        """An answer without the application. Nothing is said into an answer that is under way."""
        if _is_free(self.cycle):
            body = dump(operation_outcome((error(IssueType.STRUCTURE, reason),))).encode()
            head = (
                f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/fhir+json; charset=utf-8\r\n"
                f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
            )
            self.transport.write(head.encode("ascii") + body)
        self.transport.close()


def _is_free(cycle: RequestResponseCycle | None) -> bool:
    """Whether no answer is under way: before the first request, before the application began one, and after it."""
    return cycle is None or not cycle.response_started or cycle.response_complete
