"""Every system, canonical URL and clinical code that acpshare writes, each code with its evidence mark.

The marks say how far a code may be trusted: V read in a primary source, V2 in a secondary copy, K general knowledge,
U unverified. Codes marked U are not here: what has no verified code is said with a code system of our own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache

from acpshare.fhir.json_text import JsonObject
from acpshare.forms import Mark

BASE = "https://acpshare.example/fhir"

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ODS_ORGANISATION = "https://fhir.nhs.uk/Id/ods-organization-code"
PROFESSIONAL_CODE = "https://fhir.hl7.org.uk/Id/professional-code"
"""A registration number whose register is not known: shapes overlap, so it is never guessed (V S35)."""
NHS_NUMBER_VERIFICATION = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
NHS_NUMBER_VERIFICATION_CODES = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"

SNOMED = "http://snomed.info/sct"
CONSENT_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
CONSENT_CATEGORY = "http://terminology.hl7.org/CodeSystem/consentcategorycodes"
FLAG_CATEGORY = "http://terminology.hl7.org/CodeSystem/flag-category"
PROVENANCE_AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
ROLE_CLASS = "http://terminology.hl7.org/CodeSystem/v3-RoleClass"
DATA_ABSENT_REASON = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
PATIENT_INTERPRETER = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
PATIENT_DISABILITY = "http://hl7.org/fhir/StructureDefinition/patient-disability"

PLAN_ELEMENT = f"{BASE}/StructureDefinition/plan-element"
"""Extension: `path` (string, a path of the plan) and `value` (any number, typed as the element is). Without a value it
marks the resource, or the part, that is the element at that path."""
CONDITION = f"{BASE}/StructureDefinition/condition"
"""Modifier extension (string): the decision holds only in these circumstances (SR6)."""
MODIFIED_CPR = f"{BASE}/StructureDefinition/modified-cpr"
"""Modifier extension (complex, `details` string at most once): CPR is modified as described, for a child only (SR4)."""

PLAN_ELEMENT_CODES = f"{BASE}/CodeSystem/plan-element"
"""What a resource says about the plan; the codes are paths of the plan."""
TREATMENT = f"{BASE}/CodeSystem/treatment"
CPR_REASON = f"{BASE}/CodeSystem/cpr-reason"
FORM_FAMILY = f"{BASE}/CodeSystem/form-family"
DECISION_CATEGORY = f"{BASE}/CodeSystem/decision-category"
CONDITIONAL_CPR = "do-not-attempt-cpr-in-circumstances"
ATTORNEY = "attorney-deputy-or-guardian"
DECISION_CATEGORIES = {
    CONDITIONAL_CPR: "Do not attempt CPR, in the stated circumstances only",
    ATTORNEY: "Attorney, deputy or guardian",
}


@dataclass(frozen=True, slots=True)
class Snomed:
    """A SNOMED CT concept: `term` as the source prints it, absent where the source gives the number only."""

    code: str
    term: str | None
    mark: Mark
    source: str

    def coding(self) -> JsonObject:
        coding = {"system": SNOMED, "code": self.code}
        return coding | {"display": self.term} if self.term else coding


_V, _V2 = Mark.VERIFIED, Mark.SECONDARY

CPR = Snomed("89666000", None, _V, "Dutch ACP guide, Consent.provision.code")
FOR_CPR = Snomed("450475007", "For attempted cardiopulmonary resuscitation", _V, "SCCI1580 44")
NOT_FOR_CPR = Snomed("450476008", "Not for attempted cardiopulmonary resuscitation", _V, "SCCI1580 44")
RESPECT_IN_PLACE = Snomed(
    "1107891000000106", "Has Recommended Summary Plan for Emergency Care and Treatment", _V2, "OpenSAFELY code list"
)
ADVANCE_CARE_PLAN = Snomed("736366004", "Advance care plan", _V, "NRL record types")
RESPECT_FORM = Snomed(
    "1382601000000107", "Recommended Summary Plan for Emergency Care and Treatment form", _V, "NRL; term V2"
)
TREATMENT_ESCALATION_PLAN = Snomed("735324008", "Treatment escalation plan", _V, "NRL record types")
ADRT = Snomed("816301000000100", "Has advance decision to refuse treatment (MCA 2005)", _V, "SCCI1580 49")
ADRT_LIFE_SUSTAINING = Snomed(
    "816321000000109", "Has advance decision to refuse life sustaining treatment (MCA 2005)", _V, "SCCI1580 49"
)
ADRT_RETRACTED = Snomed("962601000000103", "Advance decision to refuse treatment retracted", _V2, "ROSI")
LPA = Snomed("816361000000101", "Has appointed person with personal welfare LPA", _V, "SCCI1580 52")
LPA_LIFE_SUSTAINING = Snomed("816381000000105", None, _V, "SCCI1580 52")
PREFERRED_PLACE_OF_DEATH = Snomed("395091006", None, _V2, "Dutch ACP guide, Observation.code")

FAMILIES: Mapping[str, Snomed] = {"respect": RESPECT_FORM, "tep": TREATMENT_ESCALATION_PLAN}
"""The document type of a family. A DNACPR form has none in the NRL, and a TEAL form is not a published one."""

POSITIVE_CPR = frozenset({FOR_CPR.code, "304252001"})
"""Codes that say yes to CPR, the older one included (V S4)."""
NEGATIVE_CPR = frozenset({NOT_FOR_CPR.code, "304253006", "143021000119109"})
"""Codes that say no to CPR, older ones included (V S4)."""

VALUES: Mapping[tuple[str, str], Snomed] = {
    ("condition.prognosis", "last-days"): Snomed("511401000000102", "Last days of life", _V, "SCCI1580 34"),
    ("condition.prognosis", "last-weeks"): Snomed("955231000000109", "Last weeks of life", _V, "SCCI1580 34"),
    ("condition.prognosis", "last-months"): Snomed("968211000000101", "Last months of life", _V, "SCCI1580 34"),
    ("condition.prognosis", "about-one-year"): Snomed(
        "767503006", "Limited life expectancy of approximately one year", _V2, "palliative care code list"
    ),
    ("condition.prognosis", "more-than-one-year"): Snomed(
        "1413121000000106", "Limited life expectancy of more than one year", _V2, "palliative care code list"
    ),
    ("condition.gsf_stage", "a-blue"): Snomed(
        "845701000000104", "GSF prognostic indicator stage A blue", _V, "EoL alpha"
    ),
    ("condition.gsf_stage", "b-green"): Snomed(
        "845721000000108", "GSF prognostic indicator stage B green", _V, "EoL alpha"
    ),
    ("condition.gsf_stage", "c-yellow"): Snomed(
        "845751000000103", "GSF prognostic indicator stage C yellow", _V, "EoL alpha"
    ),
    ("condition.gsf_stage", "d-red"): Snomed(
        "845771000000107", "GSF prognostic indicator stage D red", _V, "EoL alpha"
    ),
}
"""SNOMED codes of single values of coded elements, beside our own code."""


@cache
def code_system(values: type[Enum]) -> str:
    """Our code system for the values of a coded element: `ClinicalFocus` is `clinical-focus`."""
    return f"{BASE}/CodeSystem/{re.sub(r'(?<=[a-z])(?=[A-Z])', '-', values.__name__).lower()}"


def display(value: Enum) -> str:
    """A value in words, from its name: `EXTEND_LIFE` is `Extend life`."""
    return value.name.replace("_", " ").capitalize()


def coding(system: str, code: str, text: str | None = None) -> JsonObject:
    made = {"system": system, "code": code}
    return made | {"display": text} if text else made


def concept(*codings: JsonObject, text: str | None = None) -> JsonObject:
    made: JsonObject = {"coding": list(codings)} if codings else {}
    return made | {"text": text} if text else made
