"""A valid example of each type that clients record: to be sent as it is, of nobody. https://hl7.org/fhir/R4/resourcelist.html"""

from __future__ import annotations

from typing import Any

ID = "example"
"""The id of all examples: an update with one makes the resource that a read with one then finds."""

_PERSON = {"reference": "Patient/example"}
_SNOMED = "http://snomed.info/sct"
_WHEN = "2026-11-20T10:30:00Z"
_ADVANCE_CARE_PLAN = {"coding": [{"system": _SNOMED, "code": "736366004", "display": "Advance care plan"}]}

_TYPES: dict[str, dict[str, Any]] = {
    "Patient": {
        "identifier": [{"system": "https://example.org/hospital", "value": "H-7"}],
        "name": [{"family": "Sample", "given": ["Aroha"]}],
        "gender": "female",
        "birthDate": "1941-05-17",
    },
    "CarePlan": {
        "status": "active",
        "intent": "plan",
        "title": "Wishes for the time after hospital",
        "subject": _PERSON,
        "description": "Physiotherapy at home twice a week.",
    },
    "Flag": {
        "status": "active",
        "code": {"text": "Wears hearing aids"},
        "subject": _PERSON,
    },
    "Goal": {
        "lifecycleStatus": "active",
        "description": {"text": "To be at home with her dog"},
        "subject": _PERSON,
    },
    "Condition": {
        "clinicalStatus": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
        },
        "code": {"text": "Heart failure"},
        "subject": _PERSON,
    },
    "Observation": {
        "status": "final",
        "code": {"text": "Weight"},
        "subject": _PERSON,
        "effectiveDateTime": _WHEN,
        "valueQuantity": {"value": 72.5, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
    },
    "ServiceRequest": {
        "status": "active",
        "intent": "order",
        "code": {"text": "Review of the plan"},
        "subject": _PERSON,
        "authoredOn": _WHEN,
    },
    "Communication": {
        "status": "completed",
        "subject": _PERSON,
        "sent": _WHEN,
        "payload": [{"contentString": "Rang her son."}],
    },
    "Task": {"status": "requested", "intent": "order", "for": _PERSON, "description": "Review the plan"},
    "RelatedPerson": {"patient": _PERSON, "name": [{"text": "Tane Sample"}], "relationship": [{"text": "Son"}]},
    "Practitioner": {"name": [{"family": "Example", "given": ["Sam"], "prefix": ["Dr"]}]},
    "PractitionerRole": {"active": True, "code": [{"text": "Consultant geriatrician"}]},
    "Organization": {"active": True, "name": "Sample Hospice"},
    "Location": {"status": "active", "name": "Ward 7"},
    "DocumentReference": {
        "status": "current",
        "type": _ADVANCE_CARE_PLAN,
        "subject": _PERSON,
        "date": _WHEN,
        "content": [{"attachment": {"contentType": "application/pdf", "url": "https://example.org/plan.pdf"}}],
    },
    "Binary": {"contentType": "text/plain", "data": "QSBzY2FuIG9mIHRoZSBmb3JtLg=="},
    "Composition": {
        "status": "final",
        "type": _ADVANCE_CARE_PLAN,
        "subject": _PERSON,
        "date": _WHEN,
        "author": [{"display": "Dr Sam Example"}],
        "title": "Advance care plan",
    },
    "List": {"status": "current", "mode": "working", "title": "For review this month", "subject": _PERSON},
    "Group": {"type": "person", "actual": True, "name": "Ward 7", "member": [{"entity": _PERSON}]},
    "Provenance": {
        "target": [{"reference": "Goal/example"}],
        "recorded": _WHEN,
        "agent": [{"who": {"display": "Dr Sam Example"}}],
    },
    "AuditEvent": {
        "type": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "110112", "display": "Query"},
        "recorded": _WHEN,
        "agent": [{"requestor": True, "name": "hospital"}],
        "source": {"observer": {"display": "hospital records system"}},
    },
    "Subscription": {
        "status": "requested",
        "reason": "To hear of plans that change",
        "criteria": "CarePlan?status=active",
        "channel": {"type": "rest-hook", "endpoint": "https://example.org/hook", "payload": "application/fhir+json"},
    },
    "Measure": {"status": "draft", "title": "Plans that were reviewed in time"},
    "MeasureReport": {
        "status": "complete",
        "type": "summary",
        "measure": "https://example.org/Measure/reviewed",
        "period": {"start": "2026-01-01", "end": "2026-06-30"},
    },
    "Questionnaire": {
        "url": "https://example.org/Questionnaire/visit",
        "status": "draft",
        "title": "A visit",
        "item": [{"linkId": "1", "text": "What was said", "type": "text"}],
    },
}

RESOURCES: dict[str, dict[str, Any]] = {
    type: {"resourceType": type, "id": ID} | elements for type, elements in _TYPES.items()
}
