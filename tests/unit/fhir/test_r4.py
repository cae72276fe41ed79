"""The typed reading of a resource, where a model is useful."""

from __future__ import annotations

import pytest
from fhir.resources.R4B.careplan import CarePlan
from fhir.resources.R4B.patient import Patient

from acpshare.fhir.json_text import dump, parse
from acpshare.fhir.r4 import typed_as
from acpshare.outcome import Invalid
from tests.support.planted_faults import care_plan, patient


def test_a_resource_is_read_into_its_model() -> None:
    plan = typed_as(parse(dump(care_plan())), CarePlan)
    assert [activity.detail.doNotPerform for activity in plan.activity or () if activity.detail] == [True]


@pytest.mark.parametrize(
    "resource, place",
    [
        (patient(birthDate="1940-02-30"), "Patient.birthDate"),
        (patient(name=[{"given": 1}]), "Patient.name[0].given"),
        ({"resourceType": "Plan"}, "Resource.resourceType"),
        (care_plan(), "Resource.resourceType"),
    ],
)
def test_what_the_model_cannot_hold_is_named_by_place(resource: dict[str, object], place: str) -> None:
    with pytest.raises(Invalid) as refusal:
        typed_as(resource, Patient)
    assert [issue.expression for issue in refusal.value.issues] == [(place,)]
    assert "1940" not in str(refusal.value)
