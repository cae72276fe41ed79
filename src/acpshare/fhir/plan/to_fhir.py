"""A plan as FHIR R4 resources: the CarePlan first, then its parts, the alerts made from it, and one Provenance."""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.alerts import cpr_consent, flags
from acpshare.fhir.plan.care_plan import care_plan
from acpshare.fhir.plan.context import Context, status_of
from acpshare.fhir.plan.facts import facts_of
from acpshare.fhir.plan.parts import Setting
from acpshare.fhir.plan.provenance import SIGNATURES, provenance
from acpshare.fhir.plan.table import PARTS
from acpshare.plan import Plan


def to_resources(plan: Plan, context: Context) -> tuple[JsonObject, ...]:
    """Everything that the plan is in FHIR; `from_resources` gives the same plan back.

    Ids depend on the context's plan id alone. A resource that an earlier version of the plan had and this one has not
    (a Flag whose decision was cancelled, say) no longer stands: whoever stores them deletes it.
    """
    facts = facts_of(plan)
    setting = Setting(context, status_of(plan, context), plan.record.jurisdiction)
    parts = [resource for part in PARTS for resource in part.write(facts, setting)]
    consents = list(cpr_consent(plan, setting))
    signatures = facts.split(SIGNATURES)
    root = care_plan(plan, facts, [*consents, *parts], setting)
    made = [root, *consents, *flags(plan, setting), *parts]
    return (*made, provenance(signatures, made, context))
