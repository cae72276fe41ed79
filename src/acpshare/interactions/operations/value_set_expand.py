"""ValueSet/$expand: the codes of a published value set. https://hl7.org/fhir/R4/valueset-operation-expand.html"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.interactions.components import Components
from acpshare.interactions.derived import instant
from acpshare.interactions.operations.answers import coding, value
from acpshare.interactions.operations.coded import TEXT, named
from acpshare.interactions.parameters import Parameters

NAMES = frozenset({"url", "valueSetVersion", "filter", "offset", "count", "includeDesignations", "includeDefinition",
                   "activeOnly", "excludeNested", "excludeNotForUI", "displayLanguage"})  # fmt: skip
"""The last four change nothing here: every code is active, flat, for use and in English."""


def expand(components: Components, given: Parameters, id: str | None = None) -> JsonObject:
    """The ValueSet with its expansion. Codes have no designations but their display."""
    definition = named(components, "ValueSet", id, given)
    words = (given.text("filter", *TEXT) or "").casefold().split()
    found = [
        each
        for each in components.terminology.concepts(definition)
        if all(word in f"{each.code} {each.display or ''}".casefold() for word in words)
    ]
    offset, count = given.integer("offset") or 0, given.integer("count")
    page = found[offset:] if count is None else found[offset : offset + count]
    expansion: JsonObject = {
        "identifier": f"urn:uuid:{components.ids()}",
        "timestamp": instant(components.clock()),
        "total": len(found),
        **({"offset": offset} if "offset" in given or count is not None else {}),
        **({"parameter": said} if (said := _said(given)) else {}),
    }
    if page:
        expansion["contains"] = [coding(each) for each in page]
    shown = definition if given.boolean("includeDefinition") else _without(definition, "compose")
    return shown | {"expansion": expansion}


def _said(given: Parameters) -> list[JsonObject]:
    """What the expansion depends on: https://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.expansion.parameter"""
    return [
        *value("filter", "String", given.text("filter", *TEXT)),
        *value("offset", "Integer", given.integer("offset")),
        *value("count", "Integer", given.integer("count")),
        *value("includeDesignations", "Boolean", given.boolean("includeDesignations")),
        *value("activeOnly", "Boolean", given.boolean("activeOnly")),
    ]


def _without(resource: JsonObject, element: str) -> JsonObject:
    return {name: part for name, part in resource.items() if name != element}
