"""What was assessed or said about the person, as Observations: capacity, best interests, scale, prognosis, places.

https://hl7.org/fhir/R4/observation.html
"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.parts import Make, Part, Said, Setting
from acpshare.fhir.plan.slots import Slot, at, coded
from acpshare.fhir.systems import (
    PLAN_ELEMENT_CODES,
    PREFERRED_PLACE_OF_DEATH,
    Snomed,
    code_system,
    coding,
    concept,
    display,
)
from acpshare.plan.care import GsfStage, Prognosis
from acpshare.plan.involvement import CapacityStatus
from acpshare.plan.people import PlaceType
from acpshare.plan.values import YesNo

VALUE = "valueCodeableConcept"


def _observation(code: str, label: str, snomed: Snomed | None = None) -> Make:
    codings = [coding(PLAN_ELEMENT_CODES, code, label)]
    if snomed is not None:
        codings.insert(0, snomed.coding())

    def make(resource: JsonObject, _: Said, setting: Setting) -> None:
        resource["status"] = setting.unless_in_error("final")
        resource["code"] = concept(*codings, text=label)
        resource["subject"] = setting.context.subject

    return make


def _capacity(decision: str, label: str) -> Part:
    terms = {status.value: display(status) for status in CapacityStatus}
    slots = (
        coded("status", VALUE, code_system(CapacityStatus), terms),
        at("basis", "note[0].text"),
        at("assessed_on", "effectiveDateTime"),
        at("assessor", "performer[0].display"),
    )
    path = f"capacity.{decision}"
    return Part(path, "Observation", f"capacity-{decision}", slots, _observation(path, label), path)


def _place(name: str, label: str, snomed: Snomed | None = None) -> Part:
    terms = {place.value: display(place) for place in PlaceType}
    slots = (at("place", f"{VALUE}.text"), coded("type", VALUE, code_system(PlaceType), terms))
    path = f"places.{name}"
    return Part(path, "Observation", name.replace("_", "-"), slots, _observation(path, label, snomed), path)


def _single(path: str, suffix: str, label: str, slot: Slot) -> Part:
    return Part(path, "Observation", suffix, (slot,), _observation(path, label), path)


def _scale() -> Part:
    path, label = "matters.scale", "Priority: living as long as possible (low) to quality of life and comfort (high)"
    slots = (
        at("value", "valueQuantity.value"),
        at("low", "referenceRange[0].low.value"),
        at("high", "referenceRange[0].high.value"),
    )
    return Part(path, "Observation", "scale", slots, _observation(path, label), path)


_PROGNOSES = {value.value: display(value) for value in Prognosis}
_STAGES = {value.value: display(value) for value in GsfStage}
_YES_NO = {value.value: display(value) for value in YesNo}

PARTS = (
    _scale(),
    _single(
        "condition.prognosis",
        "prognosis",
        "Likely prognosis",
        coded("", VALUE, code_system(Prognosis), _PROGNOSES, "condition.prognosis"),
    ),
    _single(
        "condition.gsf_stage",
        "gsf-stage",
        "Gold Standards Framework stage",
        coded("", VALUE, code_system(GsfStage), _STAGES, "condition.gsf_stage"),
    ),
    _capacity("plan", "Capacity to take part in making this plan"),
    _capacity("cpr", "Capacity to decide about CPR"),
    _capacity("treatment", "Capacity to decide about treatment escalation"),
    Part(
        "best_interests",
        "Observation",
        "best-interests",
        (
            coded("decision_made", VALUE, code_system(YesNo), _YES_NO),
            at("record", "note[0].text"),
            at("held_on", "effectiveDateTime"),
        ),
        _observation("best_interests", "Best-interests decision made"),
        "best_interests",
    ),
    _place("care_first", "Preferred place of care, first choice"),
    _place("care_second", "Preferred place of care, second choice"),
    _place("death_first", "Preferred place of death, first choice", PREFERRED_PLACE_OF_DEATH),
    _place("death_second", "Preferred place of death, second choice", PREFERRED_PLACE_OF_DEATH),
)
