"""Operations of our own, for those that FHIR does not define: https://hl7.org/fhir/R4/operationdefinition.html"""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.artefacts.definition import of_plan
from acpshare.fhir.json_text import JsonObject

_NUMBER = "The person, by NHS number: system https://fhir.nhs.uk/Id/nhs-number"


def operations() -> Iterator[JsonObject]:
    """Patient/$emergency-view and CarePlan/$everything."""
    what = (
        "What a crew needs to know about one person, whichever forms it came on: a collection of the Patient, the "
        "plans in force, Consents, Flags and the reference of each form. Nobody on record, and no plan, are answers of "
        "their own."
    )
    yield _operation(
        "emergency-view",
        "Emergency view",
        what,
        code="emergency-view",
        resource="Patient",
        level="type",
        parameters=[
            _parameter("identifier", "in", "Identifier", _NUMBER),
            _parameter("return", "out", "Bundle", "A collection; as application/json the compact view, as HTML a page"),
        ],
    )
    what = (
        "A plan with all that was made from it: the CarePlan and its parts as matches; the Patient, the form it was "
        "taken from, and the people and places in it as what is included."
    )
    yield _operation(
        "CarePlan-everything",
        "Everything of a plan",
        what,
        code="everything",
        resource="CarePlan",
        level="instance",
        parameters=[_parameter("return", "out", "Bundle", "A searchset")],
    )


def _operation(
    id: str, title: str, what: str, *, code: str, resource: str, level: str, parameters: list[JsonObject]
) -> JsonObject:
    return of_plan("OperationDefinition", id, title, what) | {
        "kind": "operation",
        "affectsState": False,
        "code": code,
        "resource": [resource],
        "system": False,
        "type": level == "type",
        "instance": level == "instance",
        "parameter": parameters,
    }


def _parameter(name: str, use: str, type: str, what: str) -> JsonObject:
    return {"name": name, "use": use, "min": 1, "max": "1", "documentation": what, "type": type}
