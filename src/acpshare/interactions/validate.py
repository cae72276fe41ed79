"""$validate: everything that is to be said about a resource, storing nothing.

https://hl7.org/fhir/R4/resource-operation-validate.html
"""

from __future__ import annotations

from acpshare.fhir import validation
from acpshare.fhir.json_text import JsonObject, parse
from acpshare.interactions.components import Components
from acpshare.interactions.intake import TYPE, examine
from acpshare.interactions.operation_outcome import operation_outcome
from acpshare.interactions.parameters import Parameters
from acpshare.outcome import IssueType, Malformed, error

_NAMES = frozenset({"resource", "mode", "profile"})


def validate(components: Components, type: str, body: bytes, max_bytes: int) -> JsonObject:
    """The OperationOutcome. A filled form is also held against its own definition and the safety rules."""
    resource = _resource(parse(body, max_bytes=max_bytes))
    if type == TYPE == resource.get("resourceType"):
        intake, issues = examine(components, resource)
        if intake is not None:
            issues += intake.translation.issues
        return operation_outcome(dict.fromkeys(issues))
    return operation_outcome(validation.validate(resource, expected_type=type))


def _resource(body: JsonObject) -> JsonObject:
    if body.get("resourceType") != "Parameters":
        return body
    resource = Parameters(body, _NAMES).resource("resource")
    if resource is None:
        raise Malformed(
            error(IssueType.REQUIRED, "the parameter resource holds what is to be checked", "Parameters.resource")
        )
    return resource
