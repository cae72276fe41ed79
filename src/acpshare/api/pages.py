"""The crew's pages by address; what is on them is drawn elsewhere and handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from acpshare.api.door import House
from acpshare.emergency import EmergencyView
from acpshare.interactions.emergency_view import view_for_page
from acpshare.interactions.nhs_number import checked
from acpshare.interactions.registry import all_interactions
from acpshare.outcome import IssueType, Malformed, TooLarge, error

LONGEST_FORM = 1_000


@dataclass(frozen=True)
class Pages:
    """How pages are drawn: one person's view, and the search for one, with what was wrong with the last search."""

    view: Callable[[EmergencyView], str]
    search: Callable[[str | None], str]
    static: Path


def page_routes(house: House, pages: Pages) -> list[BaseRoute]:
    scope = next(each.scope for each in all_interactions() if each.code == "emergency-view")

    async def emergency(request: Request) -> Response:
        house.admit(request.scope, scope)
        if request.method != "POST":
            return _page(pages.search(None))
        number = await _number(request)
        try:
            number = checked(number, "nhs_number", synthetic_only=house.components.synthetic_only)
        except Malformed as refused:
            return _page(pages.search(refused.issues[0].diagnostics), 400)
        view = await run_in_threadpool(view_for_page, house.components, number)
        return _page(pages.view(view))

    return [
        Route("/emergency", emergency, methods=["GET", "POST"]),
        Mount("/static", StaticFiles(directory=pages.static)),
    ]


async def _number(request: Request) -> str:
    """The NHS number in the posted form, as people write it: spaces are no part of it."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            raise TooLarge(error(IssueType.TOO_LONG, f"the form is larger than {LONGEST_FORM} bytes"))
    values = parse_qs(body.decode("utf-8", "replace"), max_num_fields=5).get("nhs_number", [""])
    return values[0].replace(" ", "").strip()


def _page(html: str, status: int = 200) -> Response:
    return Response(html, status, media_type="text/html")
