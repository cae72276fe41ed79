"""Reading a request's body: never more of it than is allowed, however it is announced."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from acpshare.outcome import IssueType, Malformed, TimedOut, TooLarge, error

PATIENCE = 30
"""Seconds that a body may take to arrive."""


async def read_body(request: Request, limit: int) -> bytes:
    """The body of a request. Raises TooLarge, TimedOut or Malformed."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise _too_large(limit)
                chunks.append(chunk)
    except TimeoutError:
        reason = f"the body did not arrive within {PATIENCE} seconds"
        raise TimedOut(error(IssueType.TRANSIENT, reason)) from None
    except ClientDisconnect:
        raise Malformed(error(IssueType.STRUCTURE, "the body ended before it was complete")) from None
    return b"".join(chunks)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(error(IssueType.TOO_LONG, f"the body is larger than {limit} bytes"))
