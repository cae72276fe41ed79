"""One address of the service: what every request passes before its handler, whichever interaction it asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ParamSpec, TypeVar
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from acpshare.api.authentication import ClientTokens
from acpshare.api.body import read_body
from acpshare.api.negotiation import negotiate
from acpshare.interactions.components import Components
from acpshare.interactions.registry import PUBLIC, Interaction
from acpshare.outcome import IssueType, Malformed, error

MAX_PARAMETERS = 50

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class House:
    """What all doors share. Without `clients` the service is open: the demo."""

    components: Components
    clients: ClientTokens | None
    max_body_bytes: int

    def admit(self, scope: Scope, access: str) -> None:
        """Raises Unauthenticated when a client that must be known is not."""
        if self.clients is not None and access != PUBLIC:
            scope["acpshare.client"] = self.clients.client(scope)


@dataclass(frozen=True)
class Call:
    """One request, past the door. `query` holds only parameters that the interaction knows."""

    request: Request
    house: House
    interaction: Interaction
    query: Mapping[str, str]
    media_type: str

    @property
    def components(self) -> Components:
        return self.house.components

    @property
    def id(self) -> str:
        return str(self.request.path_params["id"])

    @property
    def client(self) -> str:
        """Who is asking, for the audit."""
        return str(self.request.scope.get("acpshare.client", "anonymous"))

    def header(self, name: str) -> str | None:
        return self.request.headers.get(name)

    async def body(self) -> bytes:
        return await read_body(self.request, self.house.max_body_bytes)

    async def run(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what waits for the database or computes for long, beside the event loop."""
        return await run_in_threadpool(partial(act, *args, **kwargs))


Handler = Callable[[Call], Awaitable[Response]]


class Door:
    def __init__(self, template: str, house: House, handlers: Mapping[str, tuple[Interaction, Handler]]) -> None:
        self.template = template
        self.house = house
        self.handlers = handlers
        self.allow = ", ".join(sorted({*handlers, "OPTIONS", *(["HEAD"] if "GET" in handlers else [])}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        found = self.handlers.get("GET" if method == "HEAD" else method)
        if method == "OPTIONS":
            await Response(status_code=204, headers={"Allow": self.allow})(scope, receive, send)
            return
        if found is None:
            raise HTTPException(405, headers={"Allow": self.allow})
        interaction, handler = found
        self.house.admit(scope, interaction.scope)
        request = Request(scope, receive)
        query = known_parameters(scope["query_string"], interaction)
        accept = ",".join(request.headers.getlist("accept"))
        media_type = negotiate(accept, query.get("_format"), interaction.media_types)
        response = await handler(Call(request, self.house, interaction, query, media_type))
        await response(scope, receive, send)


def known_parameters(query_string: bytes, interaction: Interaction) -> dict[str, str]:
    """The query's parameters. An unknown one, or one that stands twice, is refused: a slip must not mean "all"."""
    if not query_string:
        return {}
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_PARAMETERS, errors="strict"
        )
    except ValueError:
        reason = "the query is not percent-encoded UTF-8, or has too many parameters"
        raise Malformed(error(IssueType.INVALID, reason, spine="INVALID_VALUE")) from None
    given = dict(pairs)
    names = [name for name, _ in pairs]
    issues = [
        error(IssueType.NOT_SUPPORTED, f"parameter {position} of the query is not one of this interaction",
              spine="ADDITIONAL_PROPERTIES")
        for position, name in enumerate(names, 1) if name not in interaction.query
    ]  # fmt: skip
    issues += [
        error(IssueType.INVALID, f"the parameter {name} stands more than once", name, spine="INVALID_VALUE")
        for name in interaction.query if names.count(name) > 1
    ]  # fmt: skip
    if issues:
        raise Malformed(*issues)
    return given
