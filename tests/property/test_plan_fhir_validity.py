"""Everything made from a plan is valid R4, by our own validator and by three that we did not write."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from acpshare.fhir import json_text
from acpshare.fhir.plan import Context, PlanStatus, patient_of, to_resources
from acpshare.fhir.validation import validate
from acpshare.plan import Plan, put
from tests.property.strategies import plans
from tests.support.validators import assert_valid_r4

contexts = st.builds(
    Context,
    plan_id=st.sampled_from(("plan-1", "p" * 64)),
    patient=st.just("Patient/person-1"),
    family=st.sampled_from(("respect", "tep", "teal", "dnacpr")),
    recorded=st.just("2026-11-22T10:00:00Z"),
    source=st.none() | st.just("QuestionnaireResponse/form-1"),
    organisation=st.none() | st.just("X26"),
    replaces=st.none() | st.just("CarePlan/plan-0"),
    status=st.sampled_from(PlanStatus),
)


@given(plans(), contexts)
def test_every_resource_of_every_plan_is_valid(plan: Plan, context: Context) -> None:
    for resource in to_resources(plan, context):
        assert validate(json_text.parse(json_text.dump(resource))) == ()


@given(plans(), contexts)
@settings(max_examples=5)
def test_other_validators_think_so_too(plan: Plan, context: Context) -> None:
    for resource in to_resources(plan, context):
        assert_valid_r4(json_text.parse(json_text.dump(resource)))


@given(plans())
@settings(max_examples=10)
def test_the_person_is_a_valid_patient(plan: Plan) -> None:
    known = put(plan, {"person.nhs_number": "9990000018"})
    assert_valid_r4(patient_of(known, id="person-1"))
