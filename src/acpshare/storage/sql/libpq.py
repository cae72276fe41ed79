"""SELECTs on PostgreSQL that the event loop waits for: libpq's own asynchronous calls, and no thread between.

Handing a read by key to a thread takes longer than the read (benchmarks/bench_fhir_api.py).
https://www.postgresql.org/docs/current/libpq-async.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from psycopg import Connection, DataError, OperationalError
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy.pool import PoolProxiedConnection

MOST_CONNECTIONS = 4
"""The loop sends one question after another: more connections would not answer any sooner."""
BINARY = 1


class Waiting:
    """A few connections of one event loop. Each has one question at a time; who finds none waits for one."""

    def __init__(self, make: Callable[[], PoolProxiedConnection], seconds: float) -> None:
        self.loop = asyncio.get_running_loop()
        self._make = make
        self._seconds = seconds
        self._turn = asyncio.Semaphore(MOST_CONNECTIONS)
        self._idle: list[_Wire] = []

    async def rows(self, text: str, named: Mapping[str, Any]) -> Sequence[Any]:
        """Of a statement as the driver takes it. Raises the driver's errors, UnicodeEncodeError or TimeoutError."""
        numbered, names = _numbered(text)
        values = [_sent(named[name]) for name in names]
        async with self._turn:
            wire = self._idle.pop() if self._idle else _Wire(self.loop, await asyncio.to_thread(self._make))
            try:
                async with asyncio.timeout(self._seconds):
                    found = await wire.rows(numbered, values)
            except BaseException:
                wire.close()
                raise
            self._idle.append(wire)
            return found

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


class _Wire:
    """A connection on which nobody waits in a thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, pooled: PoolProxiedConnection) -> None:
        driver: Any = pooled.dbapi_connection
        self._loop = loop
        self._pooled = pooled
        self._driver: Connection[Any] = driver
        self._libpq = self._driver.pgconn
        self._libpq.nonblocking = 1
        self._names: dict[str, bytes] = {}
        self._answer: asyncio.Future[PGresult] | None = None
        self._result: PGresult | None = None
        self._socket = self._libpq.socket
        loop.add_reader(self._socket, self._arrived)

    async def rows(self, text: str, values: list[bytes]) -> Sequence[Any]:
        name = self._names.get(text)
        if name is None:
            name = b"awaited_%d" % len(self._names)
            self._libpq.send_prepare(name, text.encode())
            await self._answered()
            self._names[text] = name
        self._libpq.send_query_prepared(name, values, result_format=BINARY)
        result = await self._answered()
        transformer = Transformer(self._driver)
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, tuple)

    async def _answered(self) -> PGresult:
        if self._libpq.flush():
            raise OperationalError("the server does not take what is sent to it")
        self._answer = self._loop.create_future()
        result = await self._answer
        if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            raise error_from_result(result)
        return result

    def _arrived(self) -> None:
        """Some bytes are here: perhaps the end of an answer, or of the connection."""
        try:
            self._libpq.consume_input()
            while not self._libpq.is_busy():
                result = self._libpq.get_result()
                if result is None:
                    self._end()
                    return
                self._result = result
        except OperationalError as problem:
            self._loop.remove_reader(self._socket)
            if self._answer is not None and not self._answer.done():
                self._answer.set_exception(problem)

    def _end(self) -> None:
        answer, result, self._answer, self._result = self._answer, self._result, None, None
        if answer is not None and result is not None and not answer.done():
            answer.set_result(result)

    def close(self) -> None:
        if not self._loop.is_closed():
            self._loop.remove_reader(self._socket)
        self._pooled.invalidate()
        self._pooled.close()


class _Numbers(dict[str, str]):
    def __missing__(self, name: str) -> str:
        self[name] = number = f"${len(self) + 1}"
        return number


@lru_cache(maxsize=1024)
def _numbered(text: str) -> tuple[str, tuple[str, ...]]:
    """A statement as libpq takes it, and the names of its values in their order."""
    numbers = _Numbers()
    return text % numbers, tuple(numbers)


def _sent(value: str | int) -> bytes:
    """As text. One with a zero in it would end there, and be another."""
    sent = str(value).encode()
    if b"\0" in sent:
        raise DataError("text with a zero character")
    return sent
