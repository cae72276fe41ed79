"""SR12: capacity is for one decision at one time; one kind never stands for another, and unknown is never "has capacity".

Basis: clinical.md section 4 (S2 glossary, S3); requirement R5.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from acpshare.plan import CATALOGUE, Plan, put
from acpshare.plan.involvement import CapacityStatus
from tests.support.forms import EDITIONS, MAPPINGS, Said, answers, everything_said, plan_from, reading, rules, shown_as

CAPACITY_ITEM = {
    "respect-v3": ("5.1", "capacity.plan.status"),
    "respect-v2": ("5.1", "capacity.plan.status"),
    "dnacpr-rcuk-2015": ("1", "capacity.cpr.status"),
    "tep-devon": ("A.3", "capacity.treatment.status"),
    "teal-working": ("7.1", "capacity.treatment.status"),
}
PATHS = ("capacity.plan.status", "capacity.cpr.status", "capacity.treatment.status")


def a_plan(**capacity: CapacityStatus) -> Plan:
    plan = plan_from("dnacpr-rcuk-2015", {"head.birth-date": "1950-01-01", "2": "Frailty", "3": "Discussed"})
    return put(plan, {f"capacity.{name}.status": status for name, status in capacity.items()})


def said_in_words(kinds: Iterable[str]) -> list[str]:
    return [f"{CATALOGUE[f'capacity.{kind}.status'].label}: has capacity" for kind in kinds]


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_edition_asks_about_its_own_decision_or_none(edition: str) -> None:
    asked = {row.element for row in MAPPINGS[edition].rows if row.element in PATHS}
    assert asked == ({CAPACITY_ITEM[edition][1]} if edition in CAPACITY_ITEM else set())


@pytest.mark.parametrize("target", list(CAPACITY_ITEM))
def test_capacity_for_another_decision_is_told_in_words_and_ticks_no_box(target: str) -> None:
    item, path = CAPACITY_ITEM[target]
    other = {"plan": CapacityStatus.HAS, "cpr": CapacityStatus.HAS, "treatment": CapacityStatus.HAS}
    del other[path.split(".")[1]]
    shown = shown_as(a_plan(**other), target).value
    assert item not in answers(shown)
    assert all(line in everything_said(shown) for line in said_in_words(other))


@pytest.mark.parametrize("target", list(CAPACITY_ITEM))
def test_indeterminate_is_neither_yes_nor_no(target: str) -> None:
    item, path = CAPACITY_ITEM[target]
    shown = shown_as(a_plan(**{path.split(".")[1]: CapacityStatus.INDETERMINATE}), target).value
    assert item not in answers(shown)
    assert "indeterminate" in everything_said(shown)


# (who speaks for a person who lacks capacity, the rule asks for evidence)
EVIDENCE: list[tuple[str, Said, bool]] = [
    ("nobody", {}, True),
    ("a legal proxy is in place", {"2.3": "yes"}, False),
    ("made under capacity law, option B", {"6.1": ["B"]}, False),
]


@pytest.mark.parametrize(("who", "said", "asks"), EVIDENCE, ids=[row[0] for row in EVIDENCE])
def test_lacking_capacity_asks_for_a_proxy_or_best_interests(who: str, said: Said, asks: bool) -> None:
    result = reading("respect-v3", {"5.1": "no", "5.2": "Advanced dementia", **said})
    assert result.value is not None
    assert ("SR12" in rules(result)) is asks
