"""Addresses and their handlers: one door for each path of the registry."""

from __future__ import annotations

from starlette.routing import Route

from acpshare.api import definitions, operations, resources, writing
from acpshare.api.door import Door, Handler, House
from acpshare.api.emergency import EmergencyDoor
from acpshare.interactions.registry import DEFINITIONS, Interaction, all_interactions

OWN_DOOR = "emergency-view"
"""The one interaction that does not pass an ordinary door: it must be quick."""

_BY_CODE: dict[str, Handler] = {
    "read": resources.read,
    "vread": resources.vread,
    "history-instance": resources.history_instance,
    "search-type": definitions.search_type,
    "capabilities": definitions.capabilities,
    "live": definitions.health_live,
    "ready": definitions.health_ready,
    "populate": operations.populate,
    "transform": operations.transform,
    "validate": operations.validate,
}
_BY_NAME: dict[str, Handler] = {
    "create-QuestionnaireResponse": writing.record,
    "create-Consent": writing.create_consent,
    **{f"read-{type}": definitions.read for type in DEFINITIONS},
}


def handler_of(interaction: Interaction, extra: dict[str, Handler]) -> Handler:
    for table, key in ((extra, interaction.name), (_BY_NAME, interaction.name), (_BY_CODE, interaction.code)):
        if key in table:
            return table[key]
    raise LookupError(f"nothing answers {interaction.name}")


def build_routes(house: House, emergency: EmergencyDoor, extra: dict[str, Handler]) -> list[Route]:
    """Every route of the registry; the quickest first, because they are tried in order."""
    doors: dict[str, dict[str, tuple[Interaction, Handler]]] = {}
    for interaction in all_interactions():
        if interaction.code != OWN_DOOR:
            doors.setdefault(interaction.path, {})[interaction.method] = (interaction, handler_of(interaction, extra))
    # A fixed address goes before one with an id in it.
    fixed_first = sorted(doors, key=lambda path: (path.count("{"), path))
    return [
        Route(emergency.template, emergency),
        *(Route(path, Door(path, house, doors[path])) for path in fixed_first),
    ]
