"""Examples in the contract: complete enough to be sent as they are, of a synthetic person."""

from __future__ import annotations

from typing import Any

NUMBER = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}
RESPECT = "https://acpshare.example/fhir/CodeSystem/respect-v3"
CONSENT = "http://terminology.hl7.org/CodeSystem"

PATH_EXAMPLES: dict[str, str] = {
    "Questionnaire": "tep-devon",
    "StructureMap": "respect-v3-to-tep-devon",
    "StructureDefinition": "plan",
    "ConceptMap": "respect-v3-to-plan",
    "ValueSet": "yes-no",
    "CodeSystem": "respect-v3",
    "OperationDefinition": "emergency-view",
}
"""Ids of what is published, by type."""


def _said(link_id: str, **value: Any) -> dict[str, Any]:
    return {"linkId": link_id, "answer": [value]}


def _chosen(link_id: str, code: str) -> dict[str, Any]:
    return _said(link_id, valueCoding={"system": RESPECT, "code": code})


def _group(link_id: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"linkId": link_id, "item": list(items)}


FORM: dict[str, Any] = {
    "resourceType": "QuestionnaireResponse",
    "questionnaire": "https://acpshare.example/fhir/Questionnaire/respect-v3",
    "status": "completed",
    "subject": {"identifier": NUMBER},
    "authored": "2026-11-20T10:30:00Z",
    "item": [
        _group(
            "1",
            _said("1.1", valueString="Aroha Sample"),
            _said("1.3", valueDate="1941-05-17"),
            _said("1.5", valueString="9990000018"),
            _said("1.6", valueDate="2026-11-20"),
        ),
        _group("2", _said("2.1", valueString="Heart failure, NYHA class IV. Lives alone with carers twice a day.")),
        _group("3", _chosen("3.1", "8"), _said("3.2", valueString="Being at home with her dog.")),
        _group(
            "4",
            _chosen("4.1", "comfort"),
            _said("4.2", valueString="Treat what is reversible at home. Hospital only for a fracture."),
            _chosen("4.3", "do-not-attempt"),
            _said("4.3t", valueDate="2026-11-20"),
        ),
        _group("5", _chosen("5.1", "yes")),
        _group("6", _chosen("6.1", "A")),
        _group(
            "7",
            _said("7.1", valueString="Consultant geriatrician"),
            _said("7.2", valueString="Dr Sam Example"),
            _said("7.4", valueString="S. Example"),
            _said("7.5", valueDate="2026-11-20"),
        ),
    ],
}
ADVANCE_DECISION: dict[str, Any] = {
    "resourceType": "Consent",
    "status": "active",
    "scope": {"coding": [{"system": f"{CONSENT}/consentscope", "code": "adr"}]},
    "category": [{"coding": [{"system": f"{CONSENT}/consentcategorycodes", "code": "acd"}]}],
    "patient": {"identifier": NUMBER},
    "dateTime": "2024-03-02",
    "sourceReference": {"display": "Original in the blue folder in the hall"},
    "policyRule": {"text": "Mental Capacity Act 2005"},
    "provision": {"type": "deny", "code": [{"text": "Artificial ventilation, if there is no prospect of recovery"}]},
}
BY_NUMBER: dict[str, Any] = {
    "resourceType": "Parameters",
    "parameter": [{"name": "identifier", "valueIdentifier": NUMBER}],
}

TRANSACTION: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [
        {
            "fullUrl": "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a",
            "resource": {"resourceType": "Organization", "name": "Sample Hospice"},
            "request": {"method": "POST", "url": "Organization"},
        },
        {
            "resource": {
                "resourceType": "PractitionerRole",
                "organization": {"reference": "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"},
            },
            "request": {"method": "POST", "url": "PractitionerRole"},
        },
        {"request": {"method": "GET", "url": "Organization?name=Sample"}},
    ],
}

BODIES: dict[str, dict[str, Any]] = {
    "create-QuestionnaireResponse": FORM,
    "create-Consent": ADVANCE_DECISION,
    "transaction": TRANSACTION,
    "populate": BY_NUMBER,
    "emergency-view": BY_NUMBER,
    "transform": FORM,
    "validate-QuestionnaireResponse": FORM,
    "validate-Consent": ADVANCE_DECISION,
}
JSON_PATCH: list[dict[str, Any]] = [{"op": "add", "path": "/language", "value": "en-GB"}]


def fhirpath_patch(type: str) -> dict[str, Any]:
    """https://hl7.org/fhir/R4/fhirpatch.html"""
    parts = [{"name": "type", "valueCode": "delete"}, {"name": "path", "valueString": f"{type}.language"}]
    return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}
