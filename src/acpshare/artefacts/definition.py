"""What every derived definition has in common: its canonical address, version, status and where it comes from."""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.systems import BASE
from acpshare.forms import FormDefinition

PLAN_VERSION = "0.1.0"
"""Version of the plan's own definitions (logical model, code systems)."""
PLAN_DATE = "2026-11-22"
PUBLISHER = "acpshare"
PLAN_MODEL = f"{BASE}/StructureDefinition/plan"
EVIDENCE_MARK = f"{BASE}/StructureDefinition/evidence-mark"
"""Extension (code): how far a wording or a fact may be trusted: V, V2, K or U."""


def model_path(path: str) -> str:
    """A plan path as the logical model spells it: `legal.proxy_in_place` is `plan.legal.proxyInPlace` (eld-20)."""
    steps = [step.split("_") for step in path.split(".")]
    return ".".join(["plan", *(first + "".join(word.capitalize() for word in rest) for first, *rest in steps)])


def definition(kind: str, id: str, title: str, description: str, *, version: str, date: str) -> JsonObject:
    """The head of a definitional resource. Everything derived is a draft until a clinician has reviewed the mapping."""
    return {
        "resourceType": kind,
        "id": id,
        "url": f"{BASE}/{kind}/{id}",
        "version": version,
        "name": "".join(part.capitalize() for part in id.replace(".", "-").split("-")),
        "title": title,
        "status": "draft",
        "experimental": False,
        "date": date,
        "publisher": PUBLISHER,
        "description": description,
    }


def of_form(kind: str, id: str, title: str, form: FormDefinition, what: str) -> JsonObject:
    """The head of a definition derived from one mapping file."""
    origin = f"Derived from {form.file}, version {form.version}: {form.source} ({form.mark.value})."
    description = f"{what} {origin} Clinical review: {form.clinical_review}."
    return definition(kind, id, title, description, version=form.version, date=form.released.isoformat())


def of_plan(kind: str, id: str, title: str, what: str) -> JsonObject:
    """The head of a definition derived from the plan's own types."""
    return definition(kind, id, title, what, version=PLAN_VERSION, date=PLAN_DATE)
