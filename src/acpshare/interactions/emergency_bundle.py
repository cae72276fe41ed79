"""The emergency view as a FHIR Bundle: the person, the plans that are not superseded, and what was made from them.

https://hl7.org/fhir/R4/bundle.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from acpshare.emergency import EmergencyView
from acpshare.fhir.json_text import dump
from acpshare.storage import StoredResource

SHOWN = ("Patient", "CarePlan", "Consent", "Flag", "Goal", "RelatedPerson", "PractitionerRole")
"""In this order; the form as received is referred to by each CarePlan's supportingInfo."""
WARNING_SYSTEM = "https://acpshare.example/fhir/CodeSystem/emergency-warning"
NO_PLAN = "no-plan-recorded"
_BEFORE = {"Consent": -1}


def emergency_bundle(
    base_url: str, resources: Sequence[StoredResource], plans: Sequence[str], not_shown: set[str], view: EmergencyView
) -> bytes:
    """The Bundle's text. Its first entry is an OperationOutcome: the view's warnings and the fixed safety statement."""
    entries = [f'{{"resource":{dump(_outcome(view))}}}']
    entries += [_entry(base_url, each) for each in _ordered(resources, plans, not_shown)]
    return f'{{"resourceType":"Bundle","type":"collection","entry":[{",".join(entries)}]}}'.encode()


def _ordered(
    resources: Sequence[StoredResource], plans: Sequence[str], not_shown: set[str]
) -> Iterable[StoredResource]:
    """Resources by type, then by plan with the current one first; instruments that no plan brought come before these.

    Any other resource that no plan brought comes last of its type: it hides no plan.
    """

    def rank(stored: StoredResource) -> tuple[int, int, str]:
        plan = next(
            (number for number, plan in enumerate(plans) if _is_of(stored, plan)), _BEFORE.get(stored.type, len(plans))
        )
        return SHOWN.index(stored.type), plan, stored.id

    found = (each for each in resources if each.type in SHOWN)
    return sorted((each for each in found if not any(_is_of(each, plan) for plan in not_shown)), key=rank)


def _is_of(stored: StoredResource, plan: str) -> bool:
    return stored.id == plan or stored.id.startswith(f"{plan}-")


def _entry(base_url: str, stored: StoredResource) -> str:
    text = (stored.text or b"").decode()
    return f'{{"fullUrl":{dump(f"{base_url}/{stored.type}/{stored.id}")},"resource":{text}}}'


def _outcome(view: EmergencyView) -> dict[str, Any]:
    issues: list[dict[str, Any]] = [
        {
            "severity": "information" if warning.code == NO_PLAN else "warning",
            "code": "not-found" if warning.code == NO_PLAN else "business-rule",
            "details": {"coding": [{"system": WARNING_SYSTEM, "code": warning.code}], "text": warning.text},
        }
        for warning in view.warnings
    ]
    issues.append({"severity": "information", "code": "informational", "details": {"text": view.statement}})
    return {"resourceType": "OperationOutcome", "issue": issues}
