"""Who said it: one Provenance for everything made from a plan, its source form as entity, its signatories as agents.

A name typed or written on a form is no digital signature, so `Provenance.signature` is never made of it.
https://hl7.org/fhir/R4/provenance.html
"""

from __future__ import annotations

from collections.abc import Sequence

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.context import Context, reference
from acpshare.fhir.plan.facts import Facts, Read
from acpshare.fhir.plan.plan_element import marked, plan_element, plan_elements, read_plan_elements
from acpshare.fhir.plan.slots import Slot, at
from acpshare.fhir.systems import DATA_ABSENT_REASON, PROFESSIONAL_CODE, PROVENANCE_AGENT, coding, concept

SIGNATURES = "signatures"
SLOTS: tuple[Slot, ...] = (
    at("name", "who.display"),
    at("registration", "who.identifier.value"),
    at("position", "role[0].text"),
)
ASSEMBLER: JsonObject = {
    "type": concept(coding(PROVENANCE_AGENT, "assembler", "Assembler")),
    "who": {"display": "acpshare"},
}
_TYPES = {"author": "author", "senior": "verifier", "reviewer": "verifier"}


def provenance(facts: Facts, made: Sequence[JsonObject], context: Context) -> JsonObject:
    agents = [_signatory(entry, facts) for entry in list(facts.entries(SIGNATURES))]
    if (recorder := context.recorder) is not None:
        agents.append({"type": concept(coding(PROVENANCE_AGENT, "enterer", "Enterer")), "who": recorder})
    resource: JsonObject = {
        "resourceType": "Provenance",
        "id": context.id("provenance"),
        "target": [reference(each) for each in made],
        "recorded": context.recorded,
        "agent": [*agents, ASSEMBLER],
    }
    if context.source is not None:
        resource["entity"] = [{"role": "source", "what": {"reference": context.source}}]
    return resource


def _signatory(entry: str, facts: Facts) -> JsonObject:
    agent: JsonObject = {}
    for slot in SLOTS:
        if (value := facts.take(f"{entry}.{slot.path}")) is not None:
            slot.put(agent, value)
    rest = [(path, fact) for path, fact in facts.take_below(entry) if fact.values]
    role = next(str(fact.value) for path, fact in rest if path == f"{entry}.role")
    code = _TYPES.get(role, "attester")
    agent["extension"] = [plan_element(entry), *plan_elements(rest)]
    agent["type"] = concept(coding(PROVENANCE_AGENT, code, code.capitalize()))
    if "who" not in agent:
        agent["who"] = {"extension": [{"url": DATA_ABSENT_REASON, "valueCode": "unknown"}]}
    if "identifier" in agent["who"]:
        agent["who"]["identifier"]["system"] = PROFESSIONAL_CODE
    return agent


def read_provenance(resource: JsonObject, read: Read) -> None:
    for agent in resource.get("agent", ()):
        if (entry := marked(agent)) is None or not entry.startswith(f"{SIGNATURES}["):
            continue
        read[entry] = ()
        for path, values in read_plan_elements(agent):
            if path.startswith(f"{entry}."):
                read[path] = values
        for slot in SLOTS:
            if (value := slot.get(agent)) is not None:
                read[f"{entry}.{slot.path}"] = (value,)
