"""The law of the FHIR representation: what a plan states is what its resources state, and nothing else."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from acpshare.fhir import json_text
from acpshare.fhir.plan import Context, from_resources, to_resources
from acpshare.plan import Plan
from tests.property.strategies import plans

CONTEXT = Context(
    plan_id="plan-1",
    patient="Patient/person-1",
    family="respect",
    recorded="2026-11-22T10:00:00+00:00",
    source="QuestionnaireResponse/form-1",
    organisation="X26",
    replaces="CarePlan/plan-0",
)


@given(plans(), st.randoms())
def test_a_plan_read_from_its_resources_in_any_order_is_the_plan(plan: Plan, order: random.Random) -> None:
    written = [json_text.parse(json_text.dump(resource)) for resource in to_resources(plan, CONTEXT)]
    order.shuffle(written)
    assert from_resources(written) == (plan, ())


@given(plans())
def test_resources_made_again_from_what_was_read_are_the_same(plan: Plan) -> None:
    written = to_resources(plan, CONTEXT)
    assert to_resources(from_resources(written)[0], CONTEXT) == written


@given(plans())
def test_every_resource_has_an_id_of_its_own_and_every_reference_within_the_plan_leads_somewhere(plan: Plan) -> None:
    written = to_resources(plan, Context("p" * 64, "Patient/person-1", "tep", "2026-11-22T10:00:00Z"))
    names = [f"{each['resourceType']}/{each['id']}" for each in written]
    assert len(set(names)) == len(names)
    assert all(len(each["id"]) <= 64 for each in written)
    care_plan, provenance = written[0], written[-1]
    referred = [*care_plan.get("supportingInfo", ()), *care_plan.get("goal", ()), *provenance["target"]]
    assert {each["reference"] for each in referred} <= set(names)
