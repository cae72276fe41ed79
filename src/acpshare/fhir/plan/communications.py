"""Conversations that took place, as Communications. https://hl7.org/fhir/R4/communication.html"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.parts import Part, Said, Setting
from acpshare.fhir.plan.slots import at
from acpshare.fhir.systems import PLAN_ELEMENT_CODES, coding, concept

LABEL = "Conversation about the advance care plan"


def _make(resource: JsonObject, _: Said, setting: Setting) -> None:
    resource["status"] = setting.unless_in_error("completed")
    resource["category"] = [concept(coding(PLAN_ELEMENT_CODES, "involvement.conversations", LABEL), text=LABEL)]
    resource["subject"] = setting.context.subject


PARTS = (
    Part(
        "involvement.conversations",
        "Communication",
        "conversation",
        (at("held_on", "sent"), at("explained", "payload[0].contentString")),
        _make,
        "involvement.conversations",
        repeats=True,
    ),
)
