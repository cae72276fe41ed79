"""The decision about cardiopulmonary resuscitation, which is about nothing else (SR1)."""

from __future__ import annotations

from dataclasses import dataclass

from acpshare.plan.elements import element, section
from acpshare.plan.values import CprDecision, FhirDate, Reason


@dataclass(frozen=True, slots=True)
class CprReasons:
    """Reason categories, one per distinct printed meaning: they pass between editions only where identical."""

    unlikely_to_succeed: Reason | None = element("CPR is unlikely to be successful", "South Central A (V2 S14)")
    no_realistic_chance: Reason | None = element("No realistic chance of success", "Deciding Right (V2 S15)")
    not_of_overall_benefit: Reason | None = element(
        "CPR may succeed, but length and quality of life afterwards would not be of overall benefit",
        "South Central B (V2 S14)",
    )
    refused_with_capacity: Reason | None = element("The person has capacity and refuses CPR", "Deciding Right (V2 S15)")
    advance_decision: Reason | None = element("Valid advance decision refusing CPR", "South Central C (V2 S14)")
    advance_decision_or_court_order: Reason | None = element(
        "Lacks capacity, with a valid and applicable advance decision or court order", "Deciding Right (V2 S15)"
    )
    parental_responsibility: Reason | None = element(
        "Decision by those with parental responsibility", "Deciding Right (V2 S15)"
    )
    best_interests: Reason | None = element("Decision by the MCA best-interests process", "Deciding Right (V2 S15)")


@dataclass(frozen=True, slots=True)
class Cpr:
    decision: CprDecision | None = element(
        "CPR decision", "ReSPECT v3 4.3 (V S3); SCCI1580 44 (V S2); absent is 'no decision recorded'", code="89666000"
    )
    decided_on: FhirDate | None = element("Date of the CPR decision", "SCCI1580 45 (V S2)")
    reason_text: str | None = element(
        "Main clinical problems and reasons for the CPR decision", "RCUK 2015 box 2 (V2 S12)"
    )
    reasons: CprReasons = section(CprReasons)
    documentation_location: str | None = element("Where the CPR document is kept", "SCCI1580 47 (V S2)")
