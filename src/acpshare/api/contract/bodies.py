"""Request bodies of the contract, by media type, with examples that can be sent as they are."""

from __future__ import annotations

from typing import Any

from acpshare.api.contract.examples import BODIES, JSON_PATCH
from acpshare.api.contract.schemas import reference
from acpshare.interactions.registry import Interaction
from acpshare.interactions.registry.model import FORM, JSON_TYPES, XML_TYPES

_JSON_PATCH = "application/json-patch+json"


def request_body(interaction: Interaction) -> dict[str, Any]:
    return {
        "required": interaction.body != "Search",
        "content": {each: _media(interaction, each) for each in interaction.takes},
    }


def _media(interaction: Interaction, media_type: str) -> dict[str, Any]:
    if media_type == FORM:
        form = {"type": "object", "additionalProperties": {"type": "string"}}
        return {"schema": form, "example": {"_count": "10"}}
    if media_type == _JSON_PATCH:
        return {"schema": reference("JsonPatch"), "example": JSON_PATCH}
    if media_type in XML_TYPES:
        return {"schema": reference("Xml")}
    if media_type not in JSON_TYPES:
        return {"schema": {"type": "string"}}
    return _json(interaction)


def _json(interaction: Interaction) -> dict[str, Any]:
    name = "Parameters" if interaction.body == "Patch" else interaction.body or "Resource"
    media: dict[str, Any] = {"schema": reference(name)}
    for key in (interaction.name, interaction.code):
        if key in BODIES:
            return media | {"example": BODIES[key]}
    example = BODIES.get(f"create-{interaction.type}")
    return media | ({"example": example} if example is not None and name == interaction.type else {})
