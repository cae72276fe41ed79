"""The shapes of the contract: shallow, because R4's own definitions are the truth of a resource. https://hl7.org/fhir/R4"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

REFERENCE = "#/components/schemas"


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"{REFERENCE}/{name}"}


def schemas(types: Iterable[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "Resource": {
            "type": "object",
            "required": ["resourceType"],
            "properties": {"resourceType": {"type": "string"}},
        },
        "EmergencyView": _emergency_schema(),
        "ExportManifest": _manifest_schema(),
        "JsonPatch": _json_patch(),
        "Xml": {"type": "string", "description": "A resource as XML: https://hl7.org/fhir/R4/xml.html"},
    }
    for type in sorted({*types, "Parameters"} - {"Resource", "ExportManifest"}):
        made[type] = _resource_schema(type)
    made["OperationOutcome"] = _outcome_schema()
    return made


def _resource_schema(type: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["resourceType"],
        "properties": {"resourceType": {"const": type}},
        "externalDocs": {"url": f"https://hl7.org/fhir/R4/{type.lower()}.html"},
    }


def _json_patch() -> dict[str, Any]:
    operation = {
        "type": "object",
        "required": ["op", "path"],
        "properties": {
            "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
            "path": {"type": "string"},
            "from": {"type": "string"},
            "value": {},
        },
    }
    return {"type": "array", "items": operation, "externalDocs": {"url": "https://www.rfc-editor.org/rfc/rfc6902"}}


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


def _manifest_schema() -> dict[str, Any]:
    """https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---complete-status"""
    file = {
        "type": "object",
        "required": ["type", "url", "count"],
        "properties": {"type": {"type": "string"}, "url": {"type": "string"}, "count": {"type": "integer"}},
    }
    lists = ("output", "deleted", "error")
    return {
        "type": "object",
        "required": ["transactionTime", "request", "requiresAccessToken", *lists],
        "properties": {
            "transactionTime": {"type": "string"},
            "request": {"type": "string"},
            "requiresAccessToken": {"type": "boolean"},
            **{name: {"type": "array", "items": file} for name in lists},
        },
    }
