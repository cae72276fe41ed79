"""How far the second opinions reach: what they say of sound resources, and which planted faults they do not see."""

from __future__ import annotations

import pytest

from tests.support.planted_faults import FAULTS, Fault, answered, care_plan, patient
from tests.support.validators import assert_valid_r4, independent_issues

SEEN_BY_HAPI_ALONE = frozenset(
    {
        "a misspelt status",
        "a code in the wrong case",
        "a code of another system where the binding is required",
        "a media type that is none",
        "an id of 65 characters",
        "a control character",
        "a reference to the wrong type",
        "a reference that points nowhere",
        "a contained resource that is not there",
    }
)
"""None of the three in Python sees these; `make validate-java` does."""


@pytest.mark.parametrize("resource", [care_plan(), patient(), answered(answer=[{"valueBoolean": True}])])
def test_a_sound_resource_is_sound_for_all(resource: dict[str, object]) -> None:
    assert_valid_r4(resource)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_seen_by_another_validator_too(fault: Fault) -> None:
    is_own_rule = fault.name.startswith("an NHS number")  # England's rule, not FHIR's
    assert bool(independent_issues(fault.resource)) == (fault.name not in SEEN_BY_HAPI_ALONE and not is_own_rule)
