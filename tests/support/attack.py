"""Requests byte for byte, as no client library would send them, and what every refusal must be."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

CANARY = "canaryzq"
"""Stands where a patient's data could: it must be in no refusal and no log."""
FHIR_JSON = "application/fhir+json"
Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and how long it took."""

    status: int
    head: bytes
    body: bytes
    seconds: float

    def issues(self) -> list[dict[str, Any]]:
        """Of the refusal that this is: what is wrong, in words, and nothing of what was sent."""
        assert 400 <= self.status < 500, (self.status, self.body[:500])
        outcome = json.loads(self.body)
        assert outcome["resourceType"] == "OperationOutcome"
        assert all(issue["diagnostics"] for issue in outcome["issue"]), self.body
        assert CANARY.encode() not in self.head + self.body, self.body[:500]
        found: list[dict[str, Any]] = outcome["issue"]
        return found


def asked(port: int, method: str, path: bytes | str, body: bytes = b"", headers: Headers = ()) -> Answered:
    """One request on a connection of its own. A body is FHIR JSON unless a header says otherwise."""
    named = {name.lower() for name, _ in headers}
    lines = [*headers, ("Host", b"localhost"), ("Connection", b"close")]
    if body and "content-type" not in named:
        lines.append(("Content-Type", FHIR_JSON.encode()))
    if (body or method in ("POST", "PUT", "PATCH")) and "content-length" not in named:
        lines.append(("Content-Length", str(len(body)).encode()))
    address = path.encode() if isinstance(path, str) else path
    head = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in lines)
    return sent(port, method.encode() + b" " + address + b" HTTP/1.1\r\n" + head + b"\r\n" + body)


def sent(port: int, request: bytes) -> Answered:
    """These very bytes, and everything that comes back until the service hangs up."""
    started = time.perf_counter()
    found = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            connection.sendall(request)
        except ConnectionError:
            """It has refused before everything was sent: what it said is still to be read."""
        try:
            while chunk := connection.recv(1 << 16):
                found += chunk
        except ConnectionResetError:
            """The same."""
    head, _, body = bytes(found).partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1]) if head.startswith(b"HTTP/1.1 ") else 0
    return Answered(status, head, body, time.perf_counter() - started)
