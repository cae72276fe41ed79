"""What care is to aim at, as Goals: the clinical focus, goals of treatment, and what the person most values.

What the person fears is never a Goal: read without its context, it would say the opposite.
https://hl7.org/fhir/R4/goal.html
"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.context import PlanStatus
from acpshare.fhir.plan.parts import Part, Said, Setting
from acpshare.fhir.plan.slots import Slot, at, coded
from acpshare.fhir.systems import PLAN_ELEMENT_CODES, code_system, coding, concept
from acpshare.plan.care import ClinicalFocus, LegacyFocus
from acpshare.plan.labels import label

FOCUS_TEXT: dict[str, str] = {each.value: label(each) for each in (*ClinicalFocus, *LegacyFocus)}
_LIFECYCLE = {
    PlanStatus.ACTIVE: "active",
    PlanStatus.DRAFT: "proposed",
    PlanStatus.ON_HOLD: "on-hold",
    PlanStatus.REVOKED: "cancelled",
    PlanStatus.ENTERED_IN_ERROR: "entered-in-error",
}


def _goal(path: str, suffix: str, label: str, slot: Slot) -> Part:
    category = concept(coding(PLAN_ELEMENT_CODES, path, label), text=label)

    def make(resource: JsonObject, said: Said, setting: Setting) -> None:
        resource["lifecycleStatus"] = _LIFECYCLE.get(setting.status, "completed")
        resource["category"] = [category]
        resource["subject"] = setting.context.subject
        if said[""] in FOCUS_TEXT and "coding" in resource["description"]:
            resource["description"]["text"] = FOCUS_TEXT[said[""]]

    return Part(path, "Goal", suffix, (slot,), make, path)


PARTS = (
    _goal("care.focus", "focus", "Clinical focus", coded("", "description", code_system(ClinicalFocus), FOCUS_TEXT)),
    _goal(
        "care.legacy_focus",
        "legacy-focus",
        "Clinical focus (older two-point form)",
        coded("", "description", code_system(LegacyFocus), FOCUS_TEXT),
    ),
    _goal("care.goals", "goals", "Goals of treatment", at("", "description.text")),
    _goal("matters.values", "values", "What I most value", at("", "description.text")),
)
