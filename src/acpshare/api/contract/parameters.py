"""Parameters of the contract: those of many operations stand once, and each operation refers to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from acpshare.api.contract.examples import PATH_EXAMPLES
from acpshare.api.contract.resources import ID
from acpshare.api.contract.shared import Shared
from acpshare.interactions.registry import Interaction, Parameter
from acpshare.search.parameters import SearchParameter, parameters_of

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_ID = {"type": "string", "pattern": "^[A-Za-z0-9\\-.]{1,64}$"}
_VERSION = {"type": "string", "pattern": "^[1-9][0-9]{0,8}$"}
_OF_EVERY_SEARCH = (
    Parameter("_count", "how many matches a page has, 1,000 at the most", "20"),
    Parameter("_cursor", "where a page begins: taken from a link that the service gave"),
    Parameter("_sort", "names of parameters, each after `-` to go down", "-_lastUpdated", repeats=True),
    Parameter("_total", "`none`, `estimate` or `accurate`", "accurate"),
    Parameter("_include", "`Type:parameter`: what the matches refer to", repeats=True),
    Parameter("_revinclude", "`Type:parameter`: what refers to the matches", repeats=True),
)
_EXAMPLES = {"identifier": "https://fhir.nhs.uk/Id/nhs-number|9990000018", "_lastUpdated": "ge2026-01-01"}

_CRITERIA = {
    "name": "criteria",
    "in": "query",
    "required": False,
    "description": "the parameters of a search, as of GET [type]",
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
    "example": {"identifier": _EXAMPLES["identifier"]},
}


def query_of(interaction: Interaction, shared: Shared) -> Iterator[dict[str, str]]:
    """The parameters and headers of an interaction; those of a search are listed where one searches a type."""
    for each in interaction.parameters:
        yield shared.reference("parameters", each.name, _parameter(each))
    if not interaction.searches or interaction.type is None:
        return
    if interaction.code != "search-type" or interaction.method == "POST":
        yield shared.reference("parameters", "criteria", _CRITERIA)
        return
    for each in _OF_EVERY_SEARCH:
        yield shared.reference("parameters", each.name, _parameter(each))
    for known in parameters_of(interaction.type).values():
        yield shared.reference("parameters", known.code, _search_parameter(known))


def path_parameters(interaction: Interaction, shared: Shared) -> Iterator[dict[str, str]]:
    for name in _PLACEHOLDER.findall(interaction.path):
        schema = _VERSION if name == "vid" else _ID
        made = {"name": name, "in": "path", "required": True, "schema": schema}
        yield shared.reference("parameters", name, made | {"example": _example(interaction, name)})


def _example(interaction: Interaction, name: str) -> str:
    """What is there: published, or made by the example of an update."""
    if name != "id":
        return "1"
    if interaction.method in ("PUT", "PATCH", "DELETE"):
        return ID
    return PATH_EXAMPLES.get(interaction.code, PATH_EXAMPLES.get(interaction.type or "", ID))


def _parameter(parameter: Parameter) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    made = {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.required,
        "description": parameter.meaning,
        "schema": {"type": "array", "items": text} if parameter.repeats else text,
    }
    if parameter.example is None:
        return made
    return made | {"example": [parameter.example] if parameter.repeats else parameter.example}


def _search_parameter(known: SearchParameter) -> dict[str, Any]:
    made = {
        "name": known.code,
        "in": "query",
        "required": False,
        "description": f"{known.kind} search parameter",
        "schema": {"type": "array", "items": {"type": "string"}},
    }
    return made | ({"example": [_EXAMPLES[known.code]]} if known.code in _EXAMPLES else {})
