"""A legal instrument that a plan describes, changed through its Consent: what FHIR says of it is what the plan says.

A Consent that is withdrawn is an advance decision retracted, or an attorney's authority ended; one that now refuses CPR
refuses CPR. https://hl7.org/fhir/R4/consent-definitions.html#Consent.status
"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.facts import Fact
from acpshare.fhir.plan.plan_element import marked, plan_element, read_plan_elements
from acpshare.fhir.systems import CPR, PLAN_ELEMENT, SNOMED

WITHDRAWN = ("inactive", "rejected")


def followed(before: JsonObject, after: JsonObject) -> JsonObject:
    """The Consent with its plan elements as its own elements were changed; any other resource as it is."""
    mark = marked(after)
    if after["resourceType"] != "Consent" or mark is None:
        return after
    if after.get("status") in WITHDRAWN and before.get("status") not in WITHDRAWN:
        after = _with(after, f"{mark}.status", "retracted")
    if mark.startswith("legal.advance_decisions["):
        path, was, now = f"{mark}.refuses_cpr", _refuses_cpr(before), _refuses_cpr(after)
        if now and not was:
            after = _with(after, path, "yes")
        elif was and not now and _said(after, path) == _said(before, path):
            after = _with(after, path, None)
    return after


def _refuses_cpr(consent: JsonObject) -> bool:
    codes = (code for code in consent.get("provision", {}).get("code", ()))
    return any(
        (SNOMED, CPR.code) == (each.get("system"), each.get("code"))
        for code in codes
        for each in code.get("coding", ())
    )


def _said(consent: JsonObject, path: str) -> object:
    return next((values for name, values in read_plan_elements(consent) if name == path), None)


def _with(consent: JsonObject, path: str, code: str | None) -> JsonObject:
    """The resource with the plan element at a path, or without it."""
    kept = [
        each
        for each in consent.get("extension", ())
        if each.get("url") != PLAN_ELEMENT or path not in dict(read_plan_elements({"extension": [each]}))
    ]
    added = [plan_element(path, Fact("valueCode", (code,)))] if code is not None else []
    return consent | {"extension": [*kept, *added]}
