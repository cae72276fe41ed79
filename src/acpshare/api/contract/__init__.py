"""The contract: OpenAPI 3.1 from the registry, with examples of synthetic people; openapi/acpshare.json is its copy.

What many operations share (parameters, refusals, headers) stands once. https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Any

from acpshare.api.contract.bodies import request_body
from acpshare.api.contract.parameters import path_parameters, query_of
from acpshare.api.contract.schemas import reference, schemas
from acpshare.api.contract.shared import Shared
from acpshare.fhir.json_text import dump
from acpshare.interactions.registry import BASE, PUBLIC, Interaction, all_interactions
from acpshare.interactions.registry.model import JSON_TYPES, XML_TYPES

__all__ = ["contract", "contract_text"]

FHIR_JSON, FHIR_XML = JSON_TYPES[0], XML_TYPES[0]
REFUSED = (400, 401, 403, 405, 406, 429, 500, 503)
"""Answers that every FHIR address may give."""
WITH_BODY = (408, 413, 415, 422)
_VERSIONED = ("read", "vread", "create", "update", "patch", "conditional-update", "conditional-patch")
_WRITES = ("create", "update", "patch", "conditional-update", "conditional-patch")
_SAYS = {"delete", "conditional-delete"}


@cache
def contract_text(version: str) -> bytes:
    """The document as it is sent, made when it is first asked for."""
    return dump(contract(version)).encode()


@cache
def contract(version: str) -> dict[str, Any]:
    """The document. Nobody changes it: there is one."""
    shared = Shared()
    paths: dict[str, dict[str, Any]] = {}
    for interaction in all_interactions():
        paths.setdefault(interaction.path, {})[interaction.method.lower()] = _operation(interaction, shared)
    answers = {each.answer for each in all_interactions() if each.path.startswith(BASE)}
    bodies = {each.body for each in all_interactions() if each.body} - {"Patch", "Search"}
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
            "schemas": schemas(answers | bodies),
            **shared.components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "headers": _headers(),
        },
    }


def _operation(interaction: Interaction, shared: Shared) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": interaction.name,
        "summary": interaction.summary,
        "tags": [interaction.type or "service"],
        "parameters": [*path_parameters(interaction, shared), *query_of(interaction, shared)],
        "responses": {str(status): _response(interaction, status, shared) for status in _statuses(interaction)},
        "x-access-scope": interaction.scope,
    }
    if interaction.spec:
        operation["externalDocs"] = {"url": interaction.spec}
    if interaction.body is not None:
        operation["requestBody"] = shared.reference(
            "requestBodies", interaction.body, request_body(interaction, shared)
        )
    if interaction.scope != PUBLIC:
        operation["security"] = [{"bearer": []}, {}]
    return operation


def _statuses(interaction: Interaction) -> list[int]:
    if not interaction.path.startswith(BASE):
        return sorted({*interaction.statuses, 400, 406, 500})
    body = WITH_BODY if interaction.body is not None else ()
    return sorted({*interaction.statuses, *REFUSED, *body})


def _refusal(status: int) -> dict[str, Any]:
    names = ["X-Request-ID", *(["Allow"] if status == HTTPStatus.METHOD_NOT_ALLOWED else [])]
    outcome = {"schema": reference("OperationOutcome")}
    return {
        "description": HTTPStatus(status).phrase,
        "headers": _named(names),
        "content": {FHIR_JSON: outcome, JSON_TYPES[1]: outcome, **dict.fromkeys(XML_TYPES, _XML)},
    }


_XML = {"schema": {"$ref": "#/components/schemas/Xml"}}


def _response(interaction: Interaction, status: int, shared: Shared) -> dict[str, Any]:
    if status >= HTTPStatus.BAD_REQUEST:
        return shared.reference("responses", f"Refused{status}", _refusal(status))
    response: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "headers": _named(_answer_headers(interaction, status)),
    }
    if status not in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT):
        response["content"] = {
            media_type: {"schema": _answer_schema(interaction, media_type)} for media_type in interaction.media_types
        }
    return shared.reference("responses", f"{interaction.answer}{status}", response)


def _answer_schema(interaction: Interaction, media_type: str) -> dict[str, Any]:
    if media_type in XML_TYPES:
        return dict(_XML["schema"])
    if media_type not in JSON_TYPES:
        return {"type": "string"}
    if interaction.code == "emergency-view" and media_type == JSON_TYPES[1]:
        return dict(reference("EmergencyView"))
    if not interaction.path.startswith(BASE):
        return {"type": "object"}
    if interaction.code in _WRITES:
        # Prefer decides: the resource, or what is to be said about it.
        return {"oneOf": [reference(name) for name in (interaction.answer, "OperationOutcome")]}
    return dict(reference(interaction.answer))


def _answer_headers(interaction: Interaction, status: int) -> list[str]:
    names = ["X-Request-ID"]
    if interaction.code in (*_VERSIONED, "capabilities"):
        names.append("ETag")
    if interaction.code in _VERSIONED:
        names.append("Last-Modified")
    if status in (200, 201) and interaction.code in _WRITES:
        names.append("Location")
    return names


def _named(names: list[str]) -> dict[str, Any]:
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
