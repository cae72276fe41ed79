"""The emergency view's own door: nothing between the request and one read by key but what keeps it safe.

No request object, no thread, no model: a crew waits for this. benchmarks/emergency_view.py holds it to that.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from acpshare.api.body import read_body
from acpshare.api.door import House, known_parameters
from acpshare.api.negotiation import FHIR_JSON, HTML, JSON, negotiate
from acpshare.emergency import EmergencyView
from acpshare.interactions.emergency_view import ready_view, renewed_view, view_for_page
from acpshare.interactions.nhs_number import from_token
from acpshare.interactions.parameters import read_parameters
from acpshare.interactions.registry import Interaction, all_interactions
from acpshare.outcome import IssueType, Malformed, error
from acpshare.storage import CurrentView

Page = Callable[[EmergencyView], str]

_ALLOW = "GET, HEAD, OPTIONS, POST"
_CONTENT_TYPES = {FHIR_JSON: b"application/fhir+json; charset=utf-8", JSON: b"application/json; charset=utf-8"}
# The query as nearly every client writes it: nothing but the identifier. Any other is taken apart the long way.
_USUAL = re.compile(
    rb"identifier=https(?::|%3[Aa])(?:/|%2[Ff]){2}fhir\.nhs\.uk(?:/|%2[Ff])Id(?:/|%2[Ff])nhs-number(?:\||%7[Cc])([0-9]{10})"
)
_IDENTIFIER = frozenset({"identifier"})


class EmergencyDoor:
    def __init__(self, house: House, render_page: Page) -> None:
        self.house = house
        self.render_page = render_page
        mine = {each.method: each for each in all_interactions() if each.code == "emergency-view"}
        self.by_query: Interaction = mine["GET"]
        self.by_body: Interaction = mine["POST"]
        self.template = self.by_query.path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method == "OPTIONS":
            await Response(status_code=204, headers={"Allow": _ALLOW})(scope, receive, send)
            return
        if method not in ("GET", "HEAD", "POST"):
            raise HTTPException(405, headers={"Allow": _ALLOW})
        interaction = self.by_body if method == "POST" else self.by_query
        self.house.admit(scope, interaction.scope)
        usual = _USUAL.fullmatch(scope["query_string"]) if method != "POST" else None
        if usual is not None and await self._at_once(scope, usual[1].decode(), send):
            return
        query = known_parameters(scope["query_string"], interaction)
        media_type = negotiate(_accept(scope), query.get("_format"), interaction.media_types)
        number = await self._number_in_body(scope, receive) if method == "POST" else self._number_in(query)
        response = await (self._page(number) if media_type == HTML else self._data(number, media_type))
        await response(scope, receive, send)

    async def _at_once(self, scope: Scope, number: str, send: Send) -> bool:
        """Answer with the view that was made ready, if there is one. A number on record is a sound one."""
        media_type = negotiate(_accept(scope), None, self.by_query.media_types)
        found = await self._ready(number) if media_type != HTML else None
        if found is None:
            return False
        content = found.bundle if media_type == FHIR_JSON else found.view
        headers = [(b"content-type", _CONTENT_TYPES[media_type]), (b"content-length", b"%d" % len(content))]
        if found.replaced_by is not None:
            headers.append((b"x-superseded-identifier", b"true"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content if scope["method"] != "HEAD" else b""})
        return True

    async def _ready(self, number: str) -> CurrentView | None:
        components = self.house.components
        if components.quick_reads:
            return ready_view(components, number)
        return await run_in_threadpool(ready_view, components, number)

    def _number_in(self, query: dict[str, str]) -> str:
        token = query.get("identifier")
        if token is None:
            raise _no_identifier()
        return from_token(token, "identifier", synthetic_only=self.house.components.synthetic_only)

    async def _number_in_body(self, scope: Scope, receive: Receive) -> str:
        limit = self.house.max_body_bytes
        given = read_parameters(await read_body(Request(scope, receive), limit), _IDENTIFIER, limit)
        number = given.nhs_number("identifier", synthetic_only=self.house.components.synthetic_only)
        if number is None:
            raise _no_identifier()
        return number

    async def _data(self, number: str, media_type: str) -> Response:
        components = self.house.components
        found = await self._ready(number)
        if found is None:
            found = await run_in_threadpool(renewed_view, components, number)
        content = found.bundle if media_type == FHIR_JSON else found.view
        return Response(content, 200, _followed(found), f"{media_type}; charset=utf-8")

    async def _page(self, number: str) -> Response:
        view = await run_in_threadpool(view_for_page, self.house.components, number)
        return Response(self.render_page(view), 200, None, "text/html; charset=utf-8")


def _accept(scope: Scope) -> str:
    return b",".join(value for name, value in scope["headers"] if name == b"accept").decode("latin-1")


def _followed(found: CurrentView) -> dict[str, str] | None:
    """Say so when the number asked for was superseded and its successor is answered."""
    return {"X-Superseded-Identifier": "true"} if found.replaced_by is not None else None


def _no_identifier() -> Malformed:
    return Malformed(
        error(IssueType.REQUIRED, "the identifier is missing: whose plan?", "identifier", spine="MISSING_VALUE")
    )
