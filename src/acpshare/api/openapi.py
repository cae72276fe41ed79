"""The contract: OpenAPI 3.1 from the registry, with examples of synthetic people; openapi/acpshare.json is its copy.

https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from acpshare.api.examples import BODIES, PATH_EXAMPLES
from acpshare.interactions.registry import BASE, PUBLIC, Interaction, Parameter, all_interactions

FHIR_JSON = "application/fhir+json"
REFUSED = (400, 401, 405, 406, 500)
"""Answers that every FHIR address may give."""
WITH_BODY = (413, 415, 422)


def contract(version: str) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for interaction in all_interactions():
        paths.setdefault(interaction.path, {})[interaction.method.lower()] = _operation(interaction)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "acpshare",
            "version": version,
            "summary": "One advance care plan, shown as any form",
            "description": "FHIR R4 (4.0.1). Examples are of synthetic people; NHS numbers are of the 999 range.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "headers": _headers(),
        },
    }


def _operation(interaction: Interaction) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": interaction.name,
        "summary": interaction.summary,
        "tags": [interaction.type or "service"],
        "parameters": [*_path_parameters(interaction), *(_parameter(each) for each in interaction.parameters)],
        "responses": {str(status): _response(interaction, status) for status in _statuses(interaction)},
        "x-access-scope": interaction.scope,
    }
    if interaction.spec:
        operation["externalDocs"] = {"url": interaction.spec}
    if interaction.body is not None:
        operation["requestBody"] = _body(interaction)
    if interaction.scope != PUBLIC:
        operation["security"] = [{"bearer": []}, {}]
    return operation


def _statuses(interaction: Interaction) -> list[int]:
    if not interaction.path.startswith(BASE):
        return sorted({*interaction.statuses, 400, 406, 500})
    body = WITH_BODY if interaction.body is not None else ()
    return sorted({*interaction.statuses, *REFUSED, *body, 503})


def _path_parameters(interaction: Interaction) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9\\-.]{1,64}$"},
            "example": PATH_EXAMPLES.get((interaction.code, name), PATH_EXAMPLES.get((interaction.type, name), "1")),
        }
        for name in ("id", "vid")
        if f"{{{name}}}" in interaction.path
    ]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    made = {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.required,
        "description": parameter.meaning,
        "schema": {"type": "string"},
    }
    return made | ({"example": parameter.example} if parameter.example else {})


def _body(interaction: Interaction) -> dict[str, Any]:
    media: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{interaction.body}"}}
    if interaction.code in BODIES or interaction.name in BODIES:
        media["example"] = BODIES.get(interaction.name, BODIES.get(interaction.code))
    return {"required": True, "content": {FHIR_JSON: media, "application/json": media}}


def _response(interaction: Interaction, status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "headers": _answer_headers(interaction, status),
    }
    if status == HTTPStatus.NOT_MODIFIED:
        return response
    if status >= HTTPStatus.BAD_REQUEST:
        response["content"] = {FHIR_JSON: {"schema": {"$ref": "#/components/schemas/OperationOutcome"}}}
        return response
    response["content"] = {
        media_type: {"schema": _answer_schema(interaction, media_type)} for media_type in interaction.media_types
    }
    return response


def _answer_schema(interaction: Interaction, media_type: str) -> dict[str, Any]:
    if media_type == "text/html":
        return {"type": "string"}
    if interaction.code == "emergency-view" and media_type == "application/json":
        return {"$ref": "#/components/schemas/EmergencyView"}
    if not interaction.path.startswith(BASE):
        return {"type": "object"}
    if interaction.code == "create":
        # Prefer decides: the resource, or what is to be said about it.
        listed = [{"$ref": f"#/components/schemas/{name}"} for name in (interaction.answer, "OperationOutcome")]
        return {"oneOf": listed}
    return {"$ref": f"#/components/schemas/{interaction.answer}"}


def _answer_headers(interaction: Interaction, status: int) -> dict[str, Any]:
    names = ["X-Request-ID"]
    if status in (200, 201, 304) and interaction.code in ("read", "vread", "create", "capabilities"):
        names.append("ETag")
    if status in (200, 201) and interaction.code == "create":
        names += ["Location", "Last-Modified"]
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        names.append("Allow")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _headers() -> dict[str, Any]:
    meanings = {
        "X-Request-ID": "The client's request id if it sent a UUID, else a new one",
        "ETag": "The version",
        "Location": "The version that was recorded",
        "Last-Modified": "When the version was recorded",
        "Allow": "The methods of this address",
    }
    return {
        name: {"description": meaning, "required": True, "schema": {"type": "string"}}
        for name, meaning in meanings.items()
    }


def _schemas() -> dict[str, Any]:
    types = sorted(
        {each.answer for each in all_interactions() if each.path.startswith(BASE)} | {"Consent", "Parameters"}
    )
    schemas: dict[str, Any] = {
        "Resource": {
            "type": "object",
            "required": ["resourceType"],
            "properties": {"resourceType": {"type": "string"}},
        },
        "EmergencyView": _emergency_schema(),
    }
    for type in types:
        schemas.setdefault(type, _resource_schema(type))
    schemas["OperationOutcome"] = _outcome_schema()
    return schemas


def _resource_schema(type: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["resourceType"],
        "properties": {"resourceType": {"const": type}},
        "externalDocs": {"url": f"https://hl7.org/fhir/R4/{type.lower()}.html"},
    }


def _outcome_schema() -> dict[str, Any]:
    severities = ["fatal", "error", "warning", "information"]
    issue = {
        "type": "object",
        "required": ["severity", "code"],
        "properties": {
            "severity": {"enum": severities},
            "code": {"type": "string"},
            "diagnostics": {"type": "string"},
            "details": {"type": "object"},
            "expression": {"type": "array", "items": {"type": "string"}},
        },
    }
    return {
        "type": "object",
        "required": ["resourceType", "issue"],
        "properties": {
            "resourceType": {"const": "OperationOutcome"},
            "issue": {"type": "array", "minItems": 1, "items": issue},
        },
    }


def _emergency_schema() -> dict[str, Any]:
    parts = ("person", "cpr", "validity", "legal", "focus", "medicines_and_access", "preferred_place", "source")
    lists = ("treatments", "contacts", "warnings")
    decisions = ["attempt", "do-not-attempt", "modified", "no-decision-recorded"]
    return {
        "type": "object",
        "required": [*parts, *lists, "statement"],
        "properties": {
            **{part: {"type": "object"} for part in parts},
            **{name: {"type": "array"} for name in lists},
            "cpr": {"type": "object", "required": ["decision"], "properties": {"decision": {"enum": decisions}}},
            "statement": {"type": "string"},
        },
    }
