"""SR15: a form for adults is not filled for a child, nor read for one; age counts at the decision.

Basis: clinical.md section 4 (S12, S36b, S27, S3).
"""

from __future__ import annotations

import pytest

from tests.support.forms import BORN, MAPPINGS, Said, plan_from, reading, rules, shown_as

DECIDED = "2026-06-15"

# (edition, from what age)
FROM_AGE = [("dnacpr-rcuk-2015", 16), ("dnacpr-deciding-right", 0), ("respect-v3", 0), ("respect-v2", 0)]

# (born, age on the day of the decision, shown as the RCUK adult form)
BIRTHDAYS = [
    ("2010-06-15", "16 on that day", True),
    ("2010-06-16", "15, and 16 tomorrow", False),
    ("2016-01-01", "10", False),
    ("1940-01-01", "86", True),
]


@pytest.mark.parametrize(("edition", "start"), FROM_AGE)
def test_the_edition_is_for_people_aged_from(edition: str, start: int) -> None:
    assert MAPPINGS[edition].definition.ages.start == start


@pytest.mark.parametrize(("born", "age", "shown"), BIRTHDAYS, ids=[row[1] for row in BIRTHDAYS])
def test_the_adult_form_is_filled_from_sixteen(born: str, age: str, shown: bool) -> None:
    plan = plan_from("respect-v3", {"1.3": born, "4.3": "do-not-attempt", "4.3t": DECIDED})
    result = shown_as(plan, "dnacpr-rcuk-2015")
    assert (result.value is not None) is shown
    assert ("SR15" in rules(result, errors=True)) is not shown


SIGNATORY = {"dnacpr-rcuk-2015": "6.name", "dnacpr-south-central": "2.name", "tep-devon": "S.1", "tep-scotland": "5.1"}
ADULTS_ONLY = [each for each in MAPPINGS if MAPPINGS[each].definition.ages.start > 0]


@pytest.mark.parametrize("edition", ADULTS_ONLY)
def test_an_adult_form_made_out_for_a_child_is_said_to_be_one_and_kept(edition: str) -> None:
    said: Said = {BORN[edition]: "2016-01-01", SIGNATORY[edition]: "Dr A"}
    result = reading(edition, said)
    assert result.value is not None
    assert "SR15" in rules(result)


def test_an_involvement_option_for_children_is_noticed_for_an_adult() -> None:
    said: Said = {"1.3": "1950-01-01", "4.3t": DECIDED, "4.3": "attempt", "6.1": ["C1", "C3"]}
    assert "SR15" in rules(reading("respect-v3", said))
