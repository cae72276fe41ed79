"""One address of the service: what every request passes before its handler, whichever interaction it asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from acpshare.api.answers import resource_response
from acpshare.api.asking import awaited
from acpshare.api.authentication import ClientTokens
from acpshare.api.body import read_body
from acpshare.api.negotiation import FHIR_JSON, XML_FORMS, check_content
from acpshare.api.rendering import LARGE, Rendition, dressed, rendition, sent_as_json
from acpshare.fhir.json_text import JsonObject
from acpshare.interactions.components import Components
from acpshare.interactions.registry import PUBLIC, Interaction
from acpshare.outcome import Issue, IssueType, Malformed, error
from acpshare.storage.protocols import NotAtOnce, Searched

MAX_PARAMETERS = 100
_NOTHING: Mapping[str, str] = {}
OF_THE_ANSWER = ("_format", "_pretty", "_summary", "_elements")

Pairs = Sequence[tuple[str, str]]
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class House:
    """What all doors share. Without `clients` the service is open: the demo."""

    components: Components
    clients: ClientTokens | None
    max_body_bytes: int
    _made: dict[str, bytes] = field(default_factory=dict, compare=False)

    def once(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What is the same for everybody, made when it is first asked for."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def admit(self, scope: Scope, access: str) -> None:
        """Raises Unauthenticated when a client that must be known is not."""
        if self.clients is not None and access != PUBLIC:
            scope["acpshare.client"] = self.clients.client(scope)


class Call:
    """One request, past the door. `query` holds each parameter once; `pairs` all in order, of a search its own only."""

    __slots__ = ("_headers", "_receive", "house", "interaction", "pairs", "query", "rendition", "scope")

    def __init__(self, scope: Scope, receive: Receive, house: House, interaction: Interaction, pairs: Pairs) -> None:
        self.scope = scope
        self.house = house
        self.interaction = interaction
        self.pairs = pairs
        self.query: Mapping[str, str] = dict(pairs) if pairs else _NOTHING
        self._receive = receive
        self._headers: dict[bytes, bytes] | None = None
        self._ask()
        if pairs and interaction.searches:
            self.pairs = [pair for pair in pairs if pair[0] not in OF_THE_ANSWER]

    def _ask(self) -> None:
        """Understand how the answer is to be written. Raises NotAcceptable or Malformed."""
        asked = [self.query.get(name) for name in OF_THE_ANSWER] if self.query else ()
        self.rendition: Rendition = rendition(_accept(self.scope), self.interaction.media_types, *asked)
        self.scope["acpshare.rendition"] = self.rendition

    def take_in(self, pairs: Pairs) -> None:
        """Parameters that stand in the body of a search, as if they stood in the query. Raises as that would."""
        if issues := _repeated([*self.query, *(name for name, _ in pairs)], self.interaction):
            raise Malformed(*issues)
        self.query = {**self.query, **{name: value for name, value in pairs if name in OF_THE_ANSWER}}
        self.pairs = [*self.pairs, *(pair for pair in pairs if pair[0] not in OF_THE_ANSWER)]
        self._ask()

    @property
    def components(self) -> Components:
        return self.house.components

    @property
    def request(self) -> Request:
        return Request(self.scope, self._receive)

    @property
    def path_params(self) -> Mapping[str, str]:
        params: Mapping[str, str] = self.scope["path_params"]
        return params

    @property
    def id(self) -> str:
        return self.path_params["id"]

    @property
    def type(self) -> str:
        """The resource type at whose address the interaction is."""
        return self.interaction.type or ""

    @property
    def client(self) -> str:
        """Who is asking, for the audit."""
        return str(self.scope.get("acpshare.client", "anonymous"))

    @property
    def media_type(self) -> str:
        """How the handler's JSON is labelled. What is asked for otherwise (XML) is made of it at the door."""
        return self.rendition.media_type if self.rendition.is_json else FHIR_JSON

    def header(self, name: str) -> str | None:
        if self._headers is None:
            self._headers = dict(self.scope["headers"])
        value = self._headers.get(name.encode())
        return None if value is None else value.decode("latin-1")

    def content_type(self) -> str:
        """The media type of the body. Raises UnsupportedMediaType."""
        encoding = self.header("content-encoding") or ""
        return check_content(self.header("content-type") or "", encoding, self.interaction.takes)

    async def body(self) -> bytes:
        """The body as it came. Raises UnsupportedMediaType, TooLarge, TimedOut or Malformed."""
        self.content_type()
        return await read_body(self.request, self.house.max_body_bytes)

    async def text(self) -> bytes:
        """The body as JSON text: XML is turned into it."""
        media_type, body = self.content_type(), await self.body()
        return (
            await self.run(sent_as_json, body, media_type, self.house.max_body_bytes)
            if media_type in XML_FORMS
            else body
        )

    def respond(
        self, resource: JsonObject | bytes | str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        return resource_response(resource, status, media_type=self.media_type, headers=headers)

    async def run(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what waits for the database or computes for long, beside the event loop."""
        return await run_in_threadpool(partial(act, *args, **kwargs))

    async def quickly(self, act: Callable[[Searched], T]) -> T:
        """Do what asks the store for little: at once, or waiting for its answers; in a thread where neither can be."""
        components = self.components
        if components.quick_reads:
            return act(components.store)
        if components.store.awaited is not None:
            with suppress(NotAtOnce):
                return await awaited(components.store.awaited, act)
        return await run_in_threadpool(act, components.store)


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
        query = scope["query_string"]
        pairs = known_pairs(query, interaction) if query else ()
        call = Call(scope, receive, self.house, interaction, pairs)
        response = await handler(call)
        if not call.rendition.is_plain:
            response = await self._dressed(response, call.rendition)
        await response(scope, receive, send)

    async def _dressed(self, response: Response, wanted: Rendition) -> Response:
        if len(response.body) < LARGE:
            return dressed(response, wanted)
        return await run_in_threadpool(dressed, response, wanted)


def _accept(scope: Scope) -> str:
    return b",".join([value for name, value in scope["headers"] if name == b"accept"]).decode("latin-1")


def read_pairs(text: bytes) -> list[tuple[str, str]]:
    """The parameters of a query or a form. Raises Malformed."""
    try:
        return parse_qsl(text.decode(), keep_blank_values=True, max_num_fields=MAX_PARAMETERS, errors="strict")
    except ValueError:
        reason = f"the parameters are not percent-encoded UTF-8, or more than {MAX_PARAMETERS}"
        raise Malformed(error(IssueType.INVALID, reason, spine="INVALID_VALUE")) from None


def known_pairs(query_string: bytes, interaction: Interaction) -> list[tuple[str, str]]:
    """The query's parameters. An unknown one, or one that stands twice, is refused: a slip must not mean "all".

    Those of a search are for the search to know.
    """
    pairs = read_pairs(query_string) if query_string.isascii() else _not_ascii()
    names = [name for name, _ in pairs]
    issues = [
        error(IssueType.NOT_SUPPORTED, f"parameter {position} of the query is not one of this interaction",
              spine="ADDITIONAL_PROPERTIES")
        for position, name in enumerate(names, 1) if not interaction.searches and name not in interaction.query
    ]  # fmt: skip
    issues += _repeated(names, interaction)
    if issues:
        raise Malformed(*issues)
    return pairs


def _repeated(names: Sequence[str], interaction: Interaction) -> list[Issue]:
    return [
        error(IssueType.INVALID, f"the parameter {each.name} stands more than once", each.name, spine="INVALID_VALUE")
        for each in interaction.parameters
        if each.where == "query" and not each.repeats and names.count(each.name) > 1
    ]


def known_parameters(query_string: bytes, interaction: Interaction) -> dict[str, str]:
    return dict(known_pairs(query_string, interaction)) if query_string else {}


def _not_ascii() -> list[tuple[str, str]]:
    raise Malformed(error(IssueType.INVALID, "the query is not percent-encoded UTF-8", spine="INVALID_VALUE"))
