"""What a rule's code or a coded value means is said in words wherever it is shown: a crew and a ward clerk read no codes."""

from __future__ import annotations

import typing
from enum import Enum

import pytest

from acpshare.artefacts import all_resources
from acpshare.interactions.operation_outcome import RULE_SYSTEM, operation_outcome
from acpshare.outcome import SAFETY_RULES, IssueType, warning
from acpshare.plan import CATALOGUE, Kind
from acpshare.plan.labels import label
from tests.support.forms import MAPPINGS, everything_said, plan_from, shown_as


def test_the_safety_rules_are_published_as_the_code_system_that_refusals_name() -> None:
    text = all_resources(MAPPINGS)[("CodeSystem", "safety-rule")].decode()
    assert f'"{RULE_SYSTEM}"' in text
    assert list(SAFETY_RULES) == [f"SR{number}" for number in range(1, 19)]
    for rule, title in SAFETY_RULES.items():
        assert f'"{title}"' in text
        (issue,) = operation_outcome([warning(IssueType.BUSINESS_RULE, "what", rule=rule)])["issue"]
        assert issue["details"]["coding"] == [{"system": RULE_SYSTEM, "code": rule, "display": title}]


VALUES = [
    value
    for element in CATALOGUE.values()
    for each in (element, *element.columns.values())
    if each.kind in (Kind.CODE, Kind.CODES)
    for value in typing.cast("type[Enum]", each.type)
]


@pytest.mark.parametrize("value", dict.fromkeys(VALUES), ids=lambda value: f"{type(value).__name__}.{value.name}")
def test_every_coded_value_is_said_in_words(value: Enum) -> None:
    words = label(value)
    assert not words.isdigit()
    assert "-" not in words.replace("life-sustaining", "").replace("Ward-based", "").replace(
        "Court-appointed", ""
    ).replace("non-invasive", "")


def test_a_tier_is_carried_in_words_that_say_whose_tier_it_is() -> None:
    said = everything_said(shown_as(plan_from("teal-working", {"4": "hdu-niv"}), "tep-scotland").value)
    assert "Up to high dependency care or non-invasive ventilation (TEAL tier)" in said
    assert "hdu niv" not in said
