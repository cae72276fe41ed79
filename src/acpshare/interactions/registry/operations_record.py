"""Operations that give a whole record, or take a form apart: rows of the registry.

https://hl7.org/fhir/R4/patient-operation-everything.html
"""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.interactions.registry.model import BASE, R4, Interaction, Kind, Parameter
from acpshare.interactions.registry.parameters import COUNT, CURSOR, SHOWN

_EXTRACT = "http://hl7.org/fhir/uv/sdc/OperationDefinition-QuestionnaireResponse-extract.html"
PLAN_EVERYTHING = "https://acpshare.example/fhir/OperationDefinition/CarePlan-everything"
_EVERYTHING = (
    Parameter("start", "only care that did not end before this date", "2026-01-01"),
    Parameter("end", "only care that did not begin after this date", "2026-12-31"),
    Parameter("_since", "only what was changed after this instant", "2026-01-01T00:00:00Z"),
    Parameter("_type", "only these resource types, separated by commas", "CarePlan,Consent", repeats=True),
    COUNT,
    CURSOR,
)


def record_operations() -> Iterator[Interaction]:
    for method in ("GET", "POST"):
        body = None if method == "GET" else "Parameters"
        yield Interaction(
            f"everything-Patient-{method.lower()}", "everything", Kind.OPERATION, method,
            f"{BASE}/Patient/{{id}}/$everything", "system/Patient.r", "everything",
            f"{R4}/patient-operation-everything.html", "Everything that is recorded about a person",
            (200, 404, 410), "Patient", (*_EVERYTHING, *SHOWN) if method == "GET" else SHOWN,
            body=body, answer="Bundle",
        )  # fmt: skip
        yield Interaction(
            f"everything-CarePlan-{method.lower()}", "everything", Kind.OPERATION, method,
            f"{BASE}/CarePlan/{{id}}/$everything", "system/CarePlan.r", "everything", PLAN_EVERYTHING,
            "A plan with all that was made from it", (200, 404, 410), "CarePlan", SHOWN, body=body, answer="Bundle",
        )  # fmt: skip
        yield Interaction(
            f"extract-instance-{method.lower()}", "extract", Kind.OPERATION, method,
            f"{BASE}/QuestionnaireResponse/{{id}}/$extract", "system/QuestionnaireResponse.r", "extract", _EXTRACT,
            "The resources that a recorded form makes", (200, 404, 410, 422), "QuestionnaireResponse", SHOWN,
            body=body, answer="Parameters",
        )  # fmt: skip
    yield Interaction(
        "extract-type", "extract", Kind.OPERATION, "POST", f"{BASE}/QuestionnaireResponse/$extract",
        "system/QuestionnaireResponse.r", "extract", _EXTRACT,
        "The resources that recording a form would make, storing nothing", (200, 413, 422), "QuestionnaireResponse",
        SHOWN, body="Resource", answer="Parameters",
    )  # fmt: skip
