"""The operations: rows of the registry; their handlers stand in api/operation_handlers.py.

https://hl7.org/fhir/R4/operations.html
"""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.interactions.registry.model import BASE, JSON_TYPES, R4, Interaction, Kind, Parameter
from acpshare.interactions.registry.operations_export import export_operations
from acpshare.interactions.registry.operations_record import record_operations
from acpshare.interactions.registry.operations_terminology import terminology_operations
from acpshare.interactions.registry.operations_validate import validate_operations
from acpshare.interactions.registry.parameters import SHOWN

_IDENTIFIER = "https://fhir.nhs.uk/Id/nhs-number|9990000018"
_SUBJECT = (
    Parameter("subject", "the person, as `Patient/<id>`", "Patient/example"),
    Parameter("identifier", "the person, by NHS number", _IDENTIFIER),
)
_FORM = Parameter(
    "canonical", "the form's canonical address", "https://acpshare.example/fhir/Questionnaire/tep-devon", required=True
)
_MAP = Parameter(
    "source", "the map's canonical address", "https://acpshare.example/fhir/StructureMap/respect-v3-to-tep-devon"
)


def operations() -> Iterator[Interaction]:
    """Every operation, in the order in which it is documented."""
    yield from _populate()
    yield from _transform()
    yield from _emergency_view()
    yield from validate_operations()
    yield from record_operations()
    yield from terminology_operations()
    yield from export_operations()


def _populate() -> Iterator[Interaction]:
    spec = "http://hl7.org/fhir/uv/sdc/OperationDefinition-Questionnaire-populate.html"
    for level, path, form in (("", "/{id}", ()), ("-type", "", (_FORM,))):
        for method in ("GET", "POST"):
            yield Interaction(
                f"populate{level}-{method.lower()}", "populate", Kind.OPERATION, method,
                f"{BASE}/Questionnaire{path}/$populate", "system/CarePlan.r", "populate", spec,
                "Show the person's current plan as a form", (200, 400, 404, 422), "Questionnaire",
                (*form, *_SUBJECT, *SHOWN) if method == "GET" else SHOWN,
                body=None if method == "GET" else "Parameters", answer="Parameters",
            )  # fmt: skip


def _transform() -> Iterator[Interaction]:
    for level, path, named in (("", "/{id}", ()), ("-type", "", (_MAP,))):
        yield Interaction(
            f"transform{level}", "transform", Kind.OPERATION, "POST", f"{BASE}/StructureMap{path}/$transform",
            "system/StructureMap.r", "transform", f"{R4}/structuremap-operation-transform.html",
            "Translate a filled form into another, storing nothing",
            (200, 404, 413, 422), "StructureMap", (*named, *SHOWN), body="Resource", answer="Parameters",
        )  # fmt: skip


def _emergency_view() -> Iterator[Interaction]:
    for method in ("GET", "POST"):
        yield Interaction(
            f"emergency-view-{method.lower()}", "emergency-view", Kind.OPERATION, method,
            f"{BASE}/Patient/$emergency-view", "system/Patient.r", "emergency-view",
            "https://acpshare.example/fhir/OperationDefinition/emergency-view",
            "What a crew needs to know about a person, by NHS number", (200,), "Patient",
            (Parameter("identifier", "the person, by NHS number", _IDENTIFIER, required=True), SHOWN[0])
            if method == "GET" else SHOWN[:1],
            body=None if method == "GET" else "Parameters", answer="Bundle",
            media_types=(*JSON_TYPES, "text/html"), takes=JSON_TYPES,
        )  # fmt: skip
