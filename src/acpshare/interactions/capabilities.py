"""https://hl7.org/fhir/R4/http.html#capabilities: the CapabilityStatement, from the registry, so that it is true."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from acpshare.interactions.components import Components
from acpshare.interactions.registry import DEFINITIONS, R4, RESOURCE_TYPES, Interaction, Kind, all_interactions
from acpshare.interactions.registry.types import IN_COMPARTMENT
from acpshare.search.parameters import Kind as SearchKind
from acpshare.search.parameters import SearchParameter, parameters_of

HOW_TO = (
    "Record a filled form with POST QuestionnaireResponse; see the plan as another form with Questionnaire/$populate, "
    "and by NHS number with Patient/$emergency-view. A parameter that is not known is refused, unless the client "
    "prefers handling=lenient."
)
OF_A_TYPE = (
    "read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type",
)  # fmt: skip
"""https://hl7.org/fhir/R4/valueset-type-restful-interaction.html"""
OF_THE_SYSTEM = ("transaction", "batch", "history-system", "search-system")
PATIENT_COMPARTMENT = "http://hl7.org/fhir/CompartmentDefinition/patient"


def capability_statement(components: Components) -> dict[str, Any]:
    """What this server can do, and nothing that it cannot."""
    listed = [each for each in all_interactions() if each.kind is not Kind.SERVICE]
    codes = {each.code for each in listed if each.type is None} | {"batch"}
    rest: dict[str, Any] = {
        "mode": "server",
        "documentation": HOW_TO,
        "resource": [
            _resource(type, [each for each in listed if each.type == type], components)
            for type in sorted(RESOURCE_TYPES)
        ],
        "interaction": [{"code": code} for code in OF_THE_SYSTEM if code in codes],
        "operation": _operations(each for each in listed if each.type is None),
        "compartment": [PATIENT_COMPARTMENT],
    }
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
        "instantiates": ["http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data"],
        "software": {"name": "acpshare", "version": components.version},
        "implementation": {"description": "acpshare", "url": components.base_url},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "application/fhir+xml", "json", "xml"],
        "patchFormat": ["application/json-patch+json", "application/fhir+json", "application/fhir+xml"],
        "rest": [{name: value for name, value in rest.items() if value}],
    }


def _resource(type: str, mine: list[Interaction], components: Components) -> dict[str, Any]:
    codes = {each.code for each in mine}
    known = parameters_of(type)
    references = [each for each in known.values() if each.kind is SearchKind.REFERENCE]
    resource: dict[str, Any] = {
        "type": type,
        "interaction": [{"code": code} for code in OF_A_TYPE if code in codes],
        "versioning": _versioning(codes, components),
        "readHistory": "vread" in codes,
        "updateCreate": "update" in codes,
        "conditionalCreate": "create" in codes,
        "conditionalRead": "full-support",
        "conditionalUpdate": "conditional-update" in codes,
        "conditionalDelete": _conditional_delete(codes, components),
        "referencePolicy": ["literal", "logical", "local"],
        "searchInclude": [f"{type}:{each.code}" for each in references],
        "searchRevInclude": _reverse_includes(type),
        "searchParam": [_parameter(each) for each in known.values()],
        "operation": _operations(each for each in mine if each.kind is Kind.OPERATION),
    }
    return {name: value for name, value in resource.items() if value not in ([], None)}


def _versioning(codes: set[str], components: Components) -> str:
    needed = getattr(components, "require_if_match", False) and "update" in codes
    return "versioned-update" if needed else "versioned"


def _conditional_delete(codes: set[str], components: Components) -> str:
    if "conditional-delete" not in codes:
        return "not-supported"
    return "single" if getattr(components, "most_deletes", 1) == 1 else "multiple"


def _parameter(each: SearchParameter) -> dict[str, str]:
    return {
        "name": each.code,
        "definition": each.url,
        "type": str(each.kind),
        "documentation": f"Modifiers: {', '.join(each.modifiers) or 'none'}",
    }


def _reverse_includes(type: str) -> list[str]:
    """What of this server's may refer to the type."""
    return [
        f"{other}:{each.code}"
        for other in sorted({*IN_COMPARTMENT, *RESOURCE_TYPES} - set(DEFINITIONS))
        for each in parameters_of(other).values()
        if each.kind is SearchKind.REFERENCE and (type in each.targets)
    ]


def _operations(listed: Iterable[Interaction]) -> list[dict[str, str]]:
    found = {each.code: each for each in listed if each.kind is Kind.OPERATION}
    return [{"name": code, "definition": definition(each)} for code, each in sorted(found.items())]


def definition(operation: Interaction) -> str:
    """The canonical address of an operation's definition: R4's, an implementation guide's, or our own."""
    spec, of = operation.spec, operation.type
    if spec.startswith(f"{R4}/resource-operation-"):
        return f"http://hl7.org/fhir/OperationDefinition/Resource-{operation.code}"
    if spec.startswith(f"{R4}/"):
        return f"http://hl7.org/fhir/OperationDefinition/{of}-{operation.code}"
    if "/bulkdata/" in spec:
        return f"http://hl7.org/fhir/uv/bulkdata/OperationDefinition/{f'{of.lower()}-' if of else ''}{operation.code}"
    return spec.replace("/OperationDefinition-", "/OperationDefinition/").removesuffix(".html")
