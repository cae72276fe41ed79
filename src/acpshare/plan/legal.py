"""Legal instruments: objects of their own, whose force no form and no translation creates or ends (SR5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from acpshare.plan.elements import element, listing
from acpshare.plan.values import FhirDate, YesNo


class InstrumentStatus(StrEnum):
    ACTIVE = "active"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class AdvanceDecision:
    """An advance decision to refuse treatment (ADRT): binding if valid and applicable (V S27)."""

    refuses: str | None = element("Treatment refused", "ADRT (V S27)", code="816301000000100")
    circumstances: str | None = element("Circumstances in which it applies", "SR6 (V S4, S14)")
    life_sustaining: YesNo | None = element("Refuses life-sustaining treatment", "ADRT (V S2)", code="816321000000109")
    refuses_cpr: YesNo | None = element("Refuses CPR", "ADRT (V S27)")
    made_on: FhirDate | None = element("Date made", "ADRT and LPA dates decide precedence (K)")
    location: str | None = element("Where it is kept", "SCCI1580 50 (V S2)")
    status: InstrumentStatus | None = element("Status", "ADRT retracted 962601000000103 (V2 S16)")


class ProxyKind(StrEnum):
    """Legal terms are never relabelled across jurisdictions (SR16)."""

    LPA_WELFARE = "lpa-welfare"
    COURT_DEPUTY = "court-deputy"
    WELFARE_POWER_OF_ATTORNEY = "welfare-power-of-attorney-scotland"
    WELFARE_GUARDIAN = "welfare-guardian-scotland"


@dataclass(frozen=True, slots=True)
class Proxy:
    name: str | None = element("Name of the attorney, deputy or guardian", "SCCI1580 51 (V S2)")
    kind: ProxyKind | None = element("Kind of authority", "ReSPECT-3.v0 (V S3)", code="816361000000101")
    life_sustaining: YesNo | None = element(
        "Authority for life-sustaining decisions", "SCCI1580 52 (V S2)", code="816381000000105"
    )
    phone: str | None = element("Telephone", "SCCI1580 53 (V S2)")
    appointed_on: FhirDate | None = element("Date of the power", "ADRT and LPA dates decide precedence (K)")
    status: InstrumentStatus | None = element("Status", "SR10")


class ProxyInPlace(StrEnum):
    """ReSPECT v3 2.3; openEHR Present, Absent, Unknown (V S3)."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Legal:
    documents: str | None = element("Other care planning documents and where to find them", "ReSPECT v3 2.2 (V S5, S3)")
    proxy_in_place: ProxyInPlace | None = element(
        "Legal welfare proxy in place, as stated", "ReSPECT v3 2.3 (V S5, S3)"
    )
    attorney_appointed: YesNo | None = element("Welfare attorney appointed, as stated", "RCUK 2015 box 1b (V2 S12)")
    attorney_named: str | None = element("Welfare attorney named on the form", "South Central B (V2 S14)")
    refusal_of_cpr_stated: YesNo | None = element(
        "A valid advance decision refusing CPR, relevant to the current condition, is stated",
        "RCUK 2015 box 1a (V2 S12)",
    )
    advance_decision_stated: YesNo | None = element("An advance decision is stated", "Devon TEP part A (V2 S24)")
    advance_decision_details: str | None = element("Details of an advance decision, as stated", "CMC (V S8)")
    advance_statement: str | None = element(
        "Advance statement of wishes (not binding)", "SCCI1580 35 (V S2)", code="816281000000101"
    )
    advance_decisions: tuple[AdvanceDecision, ...] = listing("Advance decisions to refuse treatment", "V S2, S27")
    proxies: tuple[Proxy, ...] = listing("Attorneys, deputies and guardians", "V S2, S3")
