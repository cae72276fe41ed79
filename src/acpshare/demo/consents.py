"""Legal instruments that reach the record by themselves: advance decisions and attorneys' authority as Consents.

https://hl7.org/fhir/R4/consent.html
"""

from __future__ import annotations

from datetime import date

from acpshare.demo.case import Attorney
from acpshare.demo.filling import identified
from acpshare.demo.stories import Refusal
from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.systems import (
    ADRT_LIFE_SUSTAINING,
    CONDITION,
    CONSENT_CATEGORY,
    CONSENT_SCOPE,
    CPR,
    LPA,
    LPA_LIFE_SUSTAINING,
    NHS_NUMBER,
    ROLE_CLASS,
    SNOMED,
)

_LAW = {"text": "Mental Capacity Act 2005"}


def advance_decision(number: str, refusal: Refusal, made: date, identifier: str) -> JsonObject:
    """All refusals here say that they hold even if life is at risk."""
    refused: list[JsonObject] = [{"text": refusal.text}]
    if refusal.cpr:
        refused.append({"coding": [{"system": SNOMED, "code": CPR.code}], "text": "Cardiopulmonary resuscitation"})
    consent = _consent(
        number,
        made,
        identifier,
        [{"coding": [{"system": CONSENT_CATEGORY, "code": "acd"}]}, {"coding": [ADRT_LIFE_SUSTAINING.coding()]}],
    )
    if refusal.circumstances:
        consent["modifierExtension"] = [{"url": CONDITION, "valueString": refusal.circumstances}]
    consent["sourceAttachment"] = {"title": "Original with the GP practice, copy at home"}
    consent["policyRule"] = _LAW
    consent["provision"] = {"type": "deny", "code": refused}
    return consent


def attorney(number: str, attorney: Attorney, identifier: str) -> JsonObject:
    code = LPA_LIFE_SUSTAINING if attorney.life_sustaining else LPA
    consent = _consent(number, attorney.appointed, identifier, [{"coding": [code.coding()]}])
    consent["contained"] = [
        {
            "resourceType": "RelatedPerson",
            "id": "attorney",
            "patient": {"identifier": {"system": NHS_NUMBER, "value": number}},
            "name": [{"text": attorney.name}],
            "telecom": [{"system": "phone", "value": attorney.phone}],
        }
    ]
    consent["policyRule"] = _LAW
    role = {"coding": [{"system": ROLE_CLASS, "code": "AGNT"}]}
    consent["provision"] = {"type": "permit", "actor": [{"role": role, "reference": {"reference": "#attorney"}}]}
    return consent


def _consent(number: str, made: date, identifier: str, category: list[JsonObject]) -> JsonObject:
    return {
        "resourceType": "Consent",
        "identifier": [identified(identifier)],
        "status": "active",
        "scope": {"coding": [{"system": CONSENT_SCOPE, "code": "adr"}]},
        "category": category,
        "patient": {"identifier": {"system": NHS_NUMBER, "value": number}},
        "dateTime": made.isoformat(),
    }
