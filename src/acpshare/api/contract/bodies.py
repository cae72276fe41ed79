"""Request bodies of the contract, by media type, with examples that can be sent as they are."""

from __future__ import annotations

from typing import Any

from acpshare.api.contract.examples import BODIES, JSON_PATCH, fhirpath_patch
from acpshare.api.contract.resources import ID, RESOURCES
from acpshare.api.contract.schemas import reference
from acpshare.api.contract.shared import Shared
from acpshare.fhir import xml
from acpshare.interactions.registry import Interaction
from acpshare.interactions.registry.model import FORM, JSON_TYPES, XML_TYPES

_JSON_PATCH = "application/json-patch+json"


def request_body(interaction: Interaction, shared: Shared) -> dict[str, Any]:
    return {
        "required": interaction.body != "Search",
        "content": {each: _media(interaction, each, shared) for each in interaction.takes},
    }


def _media(interaction: Interaction, media_type: str, shared: Shared) -> dict[str, Any]:
    if media_type == FORM:
        form = {"type": "object", "additionalProperties": {"type": "string"}}
        return {"schema": form, "example": {"_count": "10"}}
    if media_type == _JSON_PATCH:
        named = shared.reference("examples", "JsonPatch", {"value": JSON_PATCH})
        return {"schema": reference("JsonPatch"), "examples": {"valid": named}}
    if media_type not in (*JSON_TYPES, *XML_TYPES):
        return {"schema": {"type": "string"}}
    name = "Parameters" if interaction.body == "Patch" else interaction.body or "Resource"
    example = example_of(interaction, name)
    is_xml = media_type in XML_TYPES
    media: dict[str, Any] = {"schema": reference("Xml" if is_xml else name)}
    if example is None:
        return media
    title = f"{interaction.name}.xml" if is_xml else interaction.name
    said: dict[str, Any] = {"value": xml.dump(example).decode() if is_xml else example}
    return media | {"examples": {"valid": shared.reference("examples", title, said)}}


def example_of(interaction: Interaction, name: str) -> dict[str, Any] | None:
    """What can be sent as it is: of the interaction, or of the type that it takes."""
    for key in (interaction.name, interaction.code):
        if key in BODIES:
            return BODIES[key]
    if interaction.body == "Patch":
        return fhirpath_patch(interaction.type or "Resource")
    if name == "Resource":
        name = interaction.type or name
    made = RESOURCES.get(name, BODIES.get(f"create-{name}"))
    if made is not None and interaction.code == "update":
        return {"resourceType": name, "id": ID} | made
    return made
