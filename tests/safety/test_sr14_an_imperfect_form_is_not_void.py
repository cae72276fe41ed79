"""SR14: an imperfect form is kept and its gaps are shown; only what cannot be understood, or would mislead, is refused.

Basis: clinical.md section 4 (S19, S24d).
"""

from __future__ import annotations

import pytest

from tests.support.forms import DNACPR_EDITIONS, EDITIONS, Said, filled, reading

IMPERFECT: list[tuple[str, str, Said]] = [
    ("no signature", "respect-v3", {"1.1": "A Person", "4.3": "do-not-attempt"}),
    ("no name", "respect-v3", {"4.3": "do-not-attempt", "7": [{"7.2": "Dr A"}]}),
    ("no reason", "dnacpr-rcuk-2015", {"head.name": "A Person", "6.name": "Dr A"}),
    ("no date", "tep-devon", {"A.4": "do-not-attempt", "S.1": "Dr A"}),
    ("a year where a day is asked", "respect-v3", {"1.3": "1940", "4.3": "attempt"}),
    ("no focus", "respect-v3", {"1.1": "A Person", "4.2": "Treat infections at home"}),
    ("only part B", "tep-devon", {"B.1": "no"}),
    ("modified CPR without details", "respect-v3", {"1.3": "2020-01-01", "4.3": "modified"}),
    ("a condition ticked and not written", "teal-working", {"5.1": "conditional"}),
    ("review needed, no date", "dnacpr-south-central", {"1.A": "true", "3.review": "needs-review"}),
]


@pytest.mark.parametrize(("what", "form", "said"), IMPERFECT, ids=[row[0] for row in IMPERFECT])
def test_the_plan_is_kept_with_warnings(what: str, form: str, said: Said) -> None:
    result = reading(form, said)
    assert result.value is not None
    assert not [issue.diagnostics for issue in result.issues if issue.is_error]
    assert result.issues


@pytest.mark.parametrize("edition", [each for each in EDITIONS if each not in DNACPR_EDITIONS])
def test_even_an_empty_form_is_readable_but_for_one_that_decides_by_existing(edition: str) -> None:
    assert filled(edition, {}).items == ()
    assert reading(edition, {}).value is not None
