"""Parameters as operations answer with them: values by name. https://hl7.org/fhir/R4/parameters.html"""

from __future__ import annotations

from collections.abc import Iterable

from acpshare.fhir.json_text import JsonObject
from acpshare.interactions.operations.terminology import Concept, Match


def value(name: str, type: str, said: object) -> list[JsonObject]:
    """One parameter, or none where there is nothing to say."""
    return [] if said is None else [{"name": name, f"value{type}": said}]


def answer(*parameters: list[JsonObject]) -> JsonObject:
    return {"resourceType": "Parameters", "parameter": [each for listed in parameters for each in listed]}


def coding(concept: Concept) -> JsonObject:
    made: JsonObject = {"system": concept.system, "code": concept.code}
    return made | ({"display": concept.display} if concept.display is not None else {})


def matches(found: Iterable[Match]) -> list[JsonObject]:
    """https://hl7.org/fhir/R4/conceptmap-operation-translate.html: one `match` each."""
    return [
        {
            "name": "match",
            "part": [
                *value("equivalence", "Code", each.equivalence),
                *value("concept", "Coding", coding(each.concept) if each.concept is not None else None),
                *value("source", "Uri", each.source),
            ],
        }
        for each in found
    ]
