"""The asynchronous client: the same calls, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Self, TypeVar

import httpx

from acpshare.client import calls
from acpshare.client.answers import Answer, Page, refuse
from acpshare.client.bulk import Exported
from acpshare.client.calls import Call, Criteria, Return
from acpshare.client.sending import headers_of, request_of, wait_before_next
from acpshare.fhir.json_text import JsonObject

T = TypeVar("T")


class AsyncClient:
    """A FHIR server at a base address. Every call raises Refused when the server refuses, httpx's when it is gone.

    `token` is a bearer token; `retries` how often a GET is sent again to a server that is too busy (429, 503).
    """

    def __init__(
        self, base_url: str, *, token: str | None = None, timeout: float = 30.0, retries: int = 2,
        verify: bool = True, transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        self.base_url = base_url.rstrip("/")
        self._retries = retries
        self._http = httpx.AsyncClient(
            base_url=f"{self.base_url}/", headers=headers_of(token), timeout=timeout, verify=verify, transport=transport
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def send(self, call: Call[T], *, request_id: str | None = None) -> T:
        """Send any call of `acpshare.client.calls`."""
        request = request_of(self._http, call, request_id)
        attempt = 0
        while True:
            response = await self._http.send(request)
            wait = wait_before_next(call, response, attempt, self._retries)
            if wait is None:
                return call.read(response)
            attempt += 1
            await asyncio.sleep(wait)

    async def read(self, type: str, id: str, *, if_none_match: str | None = None) -> Answer:
        return await self.send(calls.read(type, id, if_none_match=if_none_match))

    async def vread(self, type: str, id: str, version_id: str) -> Answer:
        return await self.send(calls.vread(type, id, version_id))

    async def create(
        self, resource: JsonObject, *, if_none_exist: str | None = None, prefer: Return | None = None
    ) -> Answer:
        return await self.send(calls.create(resource, if_none_exist=if_none_exist, prefer=prefer))

    async def update(
        self, resource: JsonObject, *, if_match: str | None = None, where: Criteria | None = None,
        prefer: Return | None = None,
    ) -> Answer:  # fmt: skip
        """By its own id, or whatever is found by `where`. `if_match` is an Answer's `etag`."""
        return await self.send(calls.update(resource, if_match=if_match, where=where, prefer=prefer))

    async def patch(
        self, type: str, id: str, changes: JsonObject | Sequence[JsonObject], *, if_match: str | None = None,
        prefer: Return | None = None,
    ) -> Answer:  # fmt: skip
        """JSON Patch operations, or a Parameters resource of a FHIRPath Patch."""
        return await self.send(calls.patch(type, id, changes, if_match=if_match, prefer=prefer))

    async def delete(self, type: str, id: str, *, if_match: str | None = None) -> Answer:
        return await self.send(calls.delete(type, id, if_match=if_match))

    async def search(self, type: str, criteria: Criteria = (), *, by_post: bool = False) -> AsyncIterator[JsonObject]:
        """The resources that match, page after page."""
        async for page in self.pages(calls.search(type, criteria, by_post=by_post)):
            for resource in page.resources():
                yield resource

    async def search_page(self, type: str, criteria: Criteria = (), *, by_post: bool = False) -> Page:
        """The first page only."""
        return await self.send(calls.search(type, criteria, by_post=by_post))

    async def history(
        self, type: str | None = None, id: str | None = None, criteria: Criteria = ()
    ) -> AsyncIterator[JsonObject]:
        """The entries of a history, newest first: a deletion is an entry without a resource."""
        async for page in self.pages(calls.history(type, id, criteria)):
            for entry in page.bundle.get("entry", ()):
                yield entry

    async def pages(self, first: Call[Page]) -> AsyncIterator[Page]:
        page = await self.send(first)
        yield page
        while page.next is not None:
            page = await self.send(calls.page(page.next))
            yield page

    async def transaction(self, bundle: JsonObject) -> Answer:
        """A Bundle of type transaction or batch."""
        return await self.send(calls.bundle(bundle))

    async def operation(
        self, name: str, type: str | None = None, id: str | None = None, *, parameters: JsonObject | None = None,
        criteria: Criteria = (),
    ) -> Answer:  # fmt: skip
        """`$name`, of the server, a type or a resource; by POST with `parameters`, else by GET with `criteria`."""
        return await self.send(calls.operation(name, type, id, parameters=parameters, criteria=criteria))

    async def emergency_view(self, nhs_number: str) -> Answer:
        """What a crew needs to know about a person, as a Bundle; never a refusal when there is no plan."""
        return await self.send(calls.emergency_view(nhs_number))

    async def capabilities(self) -> Answer:
        return await self.send(calls.capabilities())

    async def export(
        self, type: str | None = None, id: str | None = None, criteria: Criteria = (), *,
        progress: Callable[[str], None] | None = None,
    ) -> Exported:  # fmt: skip
        """A bulk export, waited for: of everything, of `Patient`, or of a `Group` with its id."""
        status_url = await self.send(calls.start_export(type, id, criteria))
        while (status := await self.send(calls.export_status(status_url))).done is None:
            if progress is not None:
                progress(status.progress)
            await asyncio.sleep(status.retry_after)
        return status.done

    async def lines(self, url: str) -> AsyncIterator[str]:
        """The lines of an NDJSON file, as they arrive."""
        request = request_of(self._http, calls.export_file(url), None)
        response = await self._http.send(request, stream=True)
        try:
            if not response.is_success:
                await response.aread()
            refuse(response)
            async for line in response.aiter_lines():
                if line:
                    yield line
        finally:
            await response.aclose()
