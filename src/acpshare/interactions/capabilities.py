"""https://hl7.org/fhir/R4/http.html#capabilities: the CapabilityStatement, from the registry, so that it is true."""

from __future__ import annotations

from typing import Any

from acpshare.interactions.components import Components
from acpshare.interactions.registry import DEFINITIONS, STORED, Interaction, Kind, all_interactions

HOW_TO = (
    "Record a filled form with POST QuestionnaireResponse; see the plan as another form with Questionnaire/$populate, "
    "and by NHS number with Patient/$emergency-view."
)
SEARCH_TYPES = {"url": "uri", "_id": "token"}


def capability_statement(components: Components) -> dict[str, Any]:
    """What this server can do, and nothing that it cannot."""
    listed = [each for each in all_interactions() if each.kind is not Kind.SERVICE]
    return {
        "resourceType": "CapabilityStatement",
        "url": "https://acpshare.example/fhir/CapabilityStatement/acpshare",
        "version": components.version,
        "name": "AcpShare",
        "title": "acpshare: one advance care plan, shown as any form",
        "status": "active",
        "experimental": components.synthetic_only,
        "date": components.started.date().isoformat(),
        "kind": "instance",
        "software": {"name": "acpshare", "version": components.version},
        "implementation": {"description": "acpshare", "url": components.base_url},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": HOW_TO,
                "resource": [_resource(type, listed) for type in sorted({*STORED, *DEFINITIONS})],
            }
        ],
    }


def _resource(type: str, listed: list[Interaction]) -> dict[str, Any]:
    mine = [each for each in listed if each.type == type]
    stored = type in STORED
    resource: dict[str, Any] = {
        "type": type,
        "interaction": [{"code": each.code} for each in mine if each.kind is Kind.INTERACTION],
        "versioning": "versioned" if stored else "no-version",
        "readHistory": stored,
        "updateCreate": False,
        "conditionalCreate": any(each.code == "create" for each in mine),
        "conditionalRead": "not-match",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
    }
    searched = sorted({name for each in mine if each.code == "search-type" for name in each.query if name != "_format"})
    if searched:
        resource["searchParam"] = [{"name": name, "type": SEARCH_TYPES[name]} for name in searched]
    operations = {each.code: each.spec for each in mine if each.kind is Kind.OPERATION}
    if operations:
        resource["operation"] = [
            {"name": name, "definition": definition(name, spec)} for name, spec in sorted(operations.items())
        ]
    return resource


def definition(name: str, spec: str) -> str:
    """The canonical address of an operation's definition."""
    return {
        "populate": "http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-populate",
        "transform": "http://hl7.org/fhir/OperationDefinition/StructureMap-transform",
        "validate": "http://hl7.org/fhir/OperationDefinition/Resource-validate",
    }.get(name, spec)
