"""Legal instruments: advance decisions as Consents; attorneys, deputies and guardians as RelatedPerson and Consent.

https://hl7.org/fhir/R4/consent.html
"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan import narrative
from acpshare.fhir.plan.parts import Part, Said, Setting
from acpshare.fhir.plan.people import NAME, PHONE, related_person
from acpshare.fhir.plan.slots import at, modifier
from acpshare.fhir.systems import (
    ADRT,
    ADRT_LIFE_SUSTAINING,
    ADRT_RETRACTED,
    ATTORNEY,
    CONDITION,
    CONSENT_CATEGORY,
    CONSENT_SCOPE,
    CPR,
    DECISION_CATEGORIES,
    DECISION_CATEGORY,
    LPA,
    LPA_LIFE_SUSTAINING,
    ROLE_CLASS,
    Snomed,
    coding,
    concept,
)
from acpshare.plan.labels import label
from acpshare.plan.legal import ProxyKind
from acpshare.plan.record import Jurisdiction

LAW = {
    Jurisdiction.ENGLAND_WALES: "Mental Capacity Act 2005",
    Jurisdiction.SCOTLAND: "Adults with Incapacity (Scotland) Act 2000",
}
NO_LAW = "The law on capacity of the place where it was made"
PROXY_KINDS = {each.value: label(each) for each in ProxyKind}


def consent_base(resource: JsonObject, setting: Setting, *, active: bool, policy: str) -> None:
    """What every Consent here has in common."""
    resource["status"] = setting.unless_in_error("active" if active else "inactive")
    resource["scope"] = concept(coding(CONSENT_SCOPE, "adr", "Advanced Care Directive"))
    resource["patient"] = setting.context.subject
    if setting.context.source is not None:
        resource["sourceReference"] = {"reference": setting.context.source}
    resource["policyRule"] = {"text": policy}


def advance_decision(resource: JsonObject, said: Said, setting: Setting) -> None:
    retracted = said.get("status") == "retracted"
    consent_base(resource, setting, active=not retracted, policy=LAW.get(setting.jurisdiction, NO_LAW))  # type: ignore[arg-type]
    resource["category"] = [concept(coding(CONSENT_CATEGORY, "acd", "Advance Directive"))]
    if setting.jurisdiction is Jurisdiction.ENGLAND_WALES:  # the terms name the Act of England and Wales (SR16)
        snomed = ADRT_LIFE_SUSTAINING if said.get("life_sustaining") == "yes" else ADRT
        resource["category"].append(concept((ADRT_RETRACTED if retracted else snomed).coding()))
    if said.get("refuses_cpr") == "yes":
        resource.setdefault("provision", {}).setdefault("code", []).append(concept(CPR.coding()))
    if "provision" in resource:
        resource["provision"] = {"type": "deny"} | resource["provision"]
    resource["text"] = narrative.advance_decision(said, retracted=retracted)


def attorney_consent(resource: JsonObject, said: Said, setting: Setting) -> None:
    ended = said.get("status") == "retracted"
    consent_base(resource, setting, active=not ended, policy=LAW.get(setting.jurisdiction, NO_LAW))  # type: ignore[arg-type]
    kind = said.get("kind")
    words = PROXY_KINDS.get(str(kind), "Attorney, deputy or guardian")
    resource["category"] = [concept(coding(DECISION_CATEGORY, ATTORNEY, DECISION_CATEGORIES[ATTORNEY]), text=words)]
    if kind == "lpa-welfare" and not ended:
        resource["category"].append(concept(_lpa(said).coding()))
    number = resource["id"].rpartition("-")[2]
    agent = {"reference": f"RelatedPerson/{setting.context.id(f'attorney-{number}')}"}
    resource["provision"] = {
        "type": "permit",
        "actor": [{"role": concept(coding(ROLE_CLASS, "AGNT", "agent"), text=words), "reference": agent}],
    }
    resource["text"] = narrative.attorney(said, label=words, ended=ended)


def _lpa(said: Said) -> Snomed:
    return LPA_LIFE_SUSTAINING if said.get("life_sustaining") == "yes" else LPA


PARTS = (
    Part(
        "legal.advance_decisions",
        "Consent",
        "adrt",
        (
            at("refuses", "provision.code[0].text"),
            modifier("circumstances", CONDITION),
            at("made_on", "dateTime"),
        ),
        advance_decision,
        "legal.advance_decisions",
        repeats=True,
    ),
    Part(
        "legal.proxies",
        "RelatedPerson",
        "attorney",
        (at("name", NAME), at("phone", PHONE)),
        related_person,
        "legal.proxies",
        repeats=True,
        whole=False,
    ),
    Part(
        "legal.proxies",
        "Consent",
        "attorney-authority",
        (at("appointed_on", "dateTime"),),
        attorney_consent,
        "legal.proxies",
        repeats=True,
    ),
)
