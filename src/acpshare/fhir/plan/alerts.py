"""What is derived from the plan for systems that show alerts: the CPR Consent and Flags. Never read back.

No unconditional code ever stands for a conditional decision (SR6), for modified CPR (SR4), for no decision (SR3), or
for one that was changed after it was signed and that nobody signed (SR7).
"""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan import narrative
from acpshare.fhir.plan.instruments import consent_base
from acpshare.fhir.plan.parts import Setting
from acpshare.fhir.systems import (
    CONDITION,
    CONDITIONAL_CPR,
    CONSENT_CATEGORY,
    CPR,
    DECISION_CATEGORIES,
    DECISION_CATEGORY,
    FLAG_CATEGORY,
    FOR_CPR,
    NOT_FOR_CPR,
    RESPECT_IN_PLACE,
    Snomed,
    coding,
    concept,
)
from acpshare.plan import Plan
from acpshare.plan.decision import is_changed_unsigned
from acpshare.plan.values import CprKind

CPR_ALERT = "flag-cpr"
"""What the id of a plan's CPR Flag ends with."""
POLICY = "A clinical recommendation about CPR; not legally binding"
DNR = concept(coding(CONSENT_CATEGORY, "dnr", "Do Not Resuscitate"))
IN_CIRCUMSTANCES = concept(coding(DECISION_CATEGORY, CONDITIONAL_CPR, DECISION_CATEGORIES[CONDITIONAL_CPR]))


def cpr_consent(plan: Plan, setting: Setting) -> Iterator[JsonObject]:
    """The Consent of a do-not-attempt decision; other decisions have none, for a search by `dnr` would find it."""
    decision = plan.cpr.decision
    if decision is None or decision.kind is not CprKind.DO_NOT_ATTEMPT or is_changed_unsigned(plan):
        return
    resource: JsonObject = {"resourceType": "Consent", "id": setting.context.id("cpr")}
    if decision.condition is not None:
        resource["modifierExtension"] = [{"url": CONDITION, "valueString": decision.condition}]
    consent_base(resource, setting, active=setting.stands, policy=POLICY)
    resource["category"] = [DNR if decision.condition is None else IN_CIRCUMSTANCES]
    if plan.cpr.decided_on is not None:
        resource["dateTime"] = plan.cpr.decided_on
    if (recorder := setting.context.recorder) is not None:
        resource["organization"] = [recorder]
    resource["provision"] = {"type": "deny", "code": [concept(CPR.coding())]}
    resource["text"] = narrative.cpr(decision)
    yield resource


def flags(plan: Plan, setting: Setting) -> Iterator[JsonObject]:
    """The alerts of a plan that stands."""
    if not setting.stands:
        return
    decision = plan.cpr.decision
    limited = decision is None or decision.condition is not None or decision.kind is CprKind.MODIFIED
    if decision is not None and not limited and not is_changed_unsigned(plan):
        status = FOR_CPR if decision.kind is CprKind.ATTEMPT else NOT_FOR_CPR
        yield _flag(status, CPR_ALERT, narrative.cpr_words(decision), plan.cpr.decided_on, setting)
    if setting.context.family == "respect":
        yield _flag(RESPECT_IN_PLACE, "flag-respect", "A ReSPECT plan is in place", None, setting)


def _flag(code: Snomed, suffix: str, words: str, since: str | None, setting: Setting) -> JsonObject:
    resource: JsonObject = {
        "resourceType": "Flag",
        "id": setting.context.id(suffix),
        "text": narrative.flag(words),
        "status": "active",
        "category": [concept(coding(FLAG_CATEGORY, "clinical", "Clinical"))],
        "code": concept(code.coding(), text=words),
        "subject": setting.context.subject,
    }
    if since is not None:
        resource["period"] = {"start": since}
    if (recorder := setting.context.recorder) is not None:
        resource["author"] = recorder
    return resource
