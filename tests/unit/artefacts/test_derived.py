"""What is derived from the mappings and the plan is valid R4, complete, and says what the mapping says."""

from __future__ import annotations

import pytest

from acpshare.artefacts import all_resources, derived
from acpshare.fhir.json_text import parse
from acpshare.plan import CATALOGUE
from acpshare.translation.mapping import SERVICE_OWNED
from tests.support.forms import MAPPINGS
from tests.support.validators import assert_valid_r4

DERIVED = {(str(each["resourceType"]), str(each["id"])): each for each in derived(MAPPINGS)}
PAIRS = [(a, b) for a in MAPPINGS for b in MAPPINGS if a != b]


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in DERIVED}))
def test_every_definition_is_valid_r4(kind: str) -> None:
    for (each_kind, _), resource in DERIVED.items():
        if each_kind == kind:
            assert_valid_r4(resource)


def test_every_form_is_a_questionnaire_and_every_pair_a_structure_map() -> None:
    assert {id for kind, id in DERIVED if kind == "Questionnaire"} == set(MAPPINGS)
    assert {f"{a}-to-{b}" for a, b in PAIRS} <= {id for kind, id in DERIVED if kind == "StructureMap"}


def test_no_two_definitions_share_an_address() -> None:
    addresses = [each["url"] for each in DERIVED.values()]
    assert len(set(map(str, addresses))) == len(addresses)


@pytest.mark.parametrize("form", list(MAPPINGS))
def test_the_concept_maps_account_for_every_item_and_every_element(form: str) -> None:
    to_plan = DERIVED["ConceptMap", f"{form}-to-plan"]["group"][0]
    from_plan = DERIVED["ConceptMap", f"{form}-from-plan"]["group"][0]
    assert {each["code"] for each in to_plan["element"]} == set(MAPPINGS[form].row_of)
    assert set(CATALOGUE) - SERVICE_OWNED <= {each["code"] for each in from_plan["element"]}
    unmatched = [t for each in from_plan["element"] for t in each["target"] if t["equivalence"] == "unmatched"]
    assert all(target["comment"] for target in unmatched)


@pytest.mark.parametrize("form", list(MAPPINGS))
def test_every_code_that_a_form_sends_is_in_its_code_system_with_the_printed_words(form: str) -> None:
    for item in MAPPINGS[form].definition.walk():
        for option in item.options:
            if option.system == MAPPINGS[form].definition.code_system:
                concepts = {each["code"]: each["display"] for each in DERIVED["CodeSystem", form]["concept"]}
                assert option.code in concepts


def test_the_logical_model_has_every_element_of_the_plan() -> None:
    paths = {each["path"].lower() for each in DERIVED["StructureDefinition", "plan"]["differential"]["element"]}
    assert {f"plan.{path.replace('_', '').lower()}" for path in CATALOGUE} <= paths


def test_the_text_that_is_served_parses_back_to_the_definition() -> None:
    for key, text in all_resources(MAPPINGS).items():
        assert parse(text, max_depth=64) == DERIVED[key]
