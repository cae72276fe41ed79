"""Addresses and their handlers: one door for each path of the registry, found without trying others.

A read by id among hundreds of addresses is as quick as among ten: the paths are a tree, and a literal part goes before
one that stands for an id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send

from acpshare.api import about, resources, searching, writing
from acpshare.api.door import Door, Handler, House
from acpshare.api.emergency import EmergencyDoor
from acpshare.api.operation_handlers import HANDLERS
from acpshare.interactions.registry import Interaction, all_interactions

OWN_DOOR = "emergency-view"
"""The one interaction that does not pass an ordinary door: it must be quick."""

_BY_CODE: dict[str, Handler] = {
    "read": resources.read,
    "vread": resources.vread,
    "history-instance": resources.history_instance,
    "history-type": resources.history_of_all,
    "history-system": resources.history_of_all,
    "search-type": searching.search_type,
    "search-compartment": searching.search_compartment,
    "create": writing.create,
    "update": writing.update,
    "patch": writing.patch,
    "delete": writing.delete,
    "conditional-update": writing.conditional_update,
    "conditional-patch": writing.conditional_patch,
    "conditional-delete": writing.conditional_delete,
    "transaction": writing.transaction,
    "capabilities": about.capabilities,
    "live": about.health_live,
    "ready": about.health_ready,
}


def handler_of(interaction: Interaction, extra: Mapping[str, Handler]) -> Handler:
    for table in (extra, HANDLERS, _BY_CODE):
        for key in (interaction.name, interaction.code):
            if key in table:
                return table[key]
    raise LookupError(f"nothing answers {interaction.name}")


class _Part:
    """One part of a path: what follows it, and the door that stands there."""

    __slots__ = ("door", "literal", "name", "placeholder")

    def __init__(self) -> None:
        self.literal: dict[str, _Part] = {}
        self.placeholder: _Part | None = None
        self.name = ""
        self.door: ASGIApp | None = None


class Addresses(BaseRoute):
    """All doors, by address."""

    def __init__(self) -> None:
        self.doors: dict[str, Door | EmergencyDoor] = {}
        self._root = _Part()

    def add(self, door: Door | EmergencyDoor) -> None:
        part = self._root
        for piece in door.template.split("/")[1:]:
            if piece.startswith("{"):
                part.placeholder = part.placeholder or _Part()
                part = part.placeholder
                part.name = piece[1:-1]
            else:
                part = part.literal.setdefault(piece, _Part())
        part.door = door
        self.doors[door.template] = door

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http":
            return Match.NONE, {}
        found: dict[str, str] = {}
        path = scope["path"]
        # Many clients write the base with a slash at its end.
        pieces = (path[:-1] if path.endswith("/") and path != "/" else path).split("/")
        door = _find(self._root, pieces, 1, found)
        if door is None:
            return Match.NONE, {}
        return Match.FULL, {"endpoint": door, "path_params": found}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["endpoint"](scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        raise NoMatchFound(name, path_params)


def _find(part: _Part, pieces: list[str], at: int, found: dict[str, str]) -> ASGIApp | None:
    """The door at the end of the pieces; the literal way first, the placeholder's where that leads nowhere."""
    if at == len(pieces):
        return part.door
    piece = pieces[at]
    following = part.literal.get(piece)
    if following is not None and (door := _find(following, pieces, at + 1, found)) is not None:
        return door
    if part.placeholder is None or not piece or piece[0] in "$_":
        return None
    door = _find(part.placeholder, pieces, at + 1, found)
    if door is not None:
        found[part.placeholder.name] = piece
    return door


def build_routes(house: House, emergency: EmergencyDoor, extra: Mapping[str, Handler]) -> Addresses:
    """Every address of the registry."""
    handlers: dict[str, dict[str, tuple[Interaction, Handler]]] = {}
    for interaction in all_interactions():
        if interaction.code != OWN_DOOR:
            handlers.setdefault(interaction.path, {})[interaction.method] = (
                interaction,
                handler_of(interaction, extra),
            )
    addresses = Addresses()
    addresses.add(emergency)
    for path, mine in handlers.items():
        addresses.add(Door(path, house, mine))
    return addresses
