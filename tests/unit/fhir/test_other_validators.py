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
        "an id of 65 characters",
        "a contained resource that is not there",
    }
)
"""None of the three in Python sees these; `make validate-java` does."""
SEEN_BY_OURS_ALONE = frozenset(
    {
        "a media type that is none",
        "a control character",
        "a reference to the wrong type",
        "a reference that points nowhere",
        "an NHS number with a wrong check digit",
        "an NHS number of one digit repeated",
        "an NHS number with spaces",
        "an NHS number in digits of another script",
    }
)
"""HAPI's validator, too, lets these pass when it can follow no reference; the NHS number is England's rule, not FHIR's."""


@pytest.mark.parametrize("resource", [care_plan(), patient(), answered(answer=[{"valueBoolean": True}])])
def test_a_sound_resource_is_sound_for_all(resource: dict[str, object]) -> None:
    assert_valid_r4(resource)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_seen_by_another_validator_too(fault: Fault) -> None:
    assert bool(independent_issues(fault.resource)) == (fault.name not in SEEN_BY_HAPI_ALONE | SEEN_BY_OURS_ALONE)
