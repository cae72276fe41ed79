"""SR8: until the senior responsible clinician has signed, every reading says that endorsement is pending; the plan stays.

Basis: clinical.md section 4 (S12, S14, S15, S25; V); requirement R3.
"""

from __future__ import annotations

import pytest

from tests.support.forms import Said, edited, reading, rules

# (form, signed by the author only, the answer that endorses it)
JUNIOR: list[tuple[str, Said, str]] = [
    ("tep-devon", {"A.4": "do-not-attempt", "S.1": "Dr A"}, "E.4"),
    ("teal-working", {"6.1": "no", "9.1": "Dr A"}, "10.4"),
    ("tep-scotland", {"2": "full-escalation", "5.1": "Nurse A"}, "6.4"),
    ("dnacpr-rcuk-2015", {"2": "Frailty", "6.name": "Dr A"}, "7.signature"),
    ("dnacpr-south-central", {"1.A": "true", "2.name": "Dr A"}, "2.verification.signature"),
    ("dnacpr-deciding-right", {"reasons.best-interests": "true", "junior.name": "Dr A"}, "senior.signature"),
]


@pytest.mark.parametrize(("form", "said", "endorsing"), JUNIOR, ids=[row[0] for row in JUNIOR])
def test_a_plan_without_senior_endorsement_is_kept_and_pending(form: str, said: Said, endorsing: str) -> None:
    result = reading(form, said)
    assert result.value is not None
    assert "SR8" in rules(result)
    assert "SR8" not in rules(reading(form, {**said, endorsing: "A Senior"}))


@pytest.mark.parametrize(("form", "said", "endorsing"), JUNIOR, ids=[row[0] for row in JUNIOR])
def test_endorsing_it_is_not_a_new_decision(form: str, said: Said, endorsing: str) -> None:
    plan = reading(form, said).value
    assert plan is not None
    endorsed = edited(plan, form, {endorsing: "A Senior"})
    assert endorsed.value is not None
    assert not endorsed.signed
    assert endorsed.value.record.amended_since_signed is None


# (date of the CPR decision, date of the senior's signature, pending)
DATES = [
    ("2026-02-01", "2026-02-01", False),
    ("2026-02-01", "2026-02-03", False),
    ("2026-02-01", "2025-01-12", True),
    ("2026-02", "2026-02-01", False),
    ("2026-02-01", "2026", False),
]


@pytest.mark.parametrize(("decided", "endorsed", "pending"), DATES)
def test_nobody_endorses_a_decision_before_it_is_made(decided: str, endorsed: str, pending: bool) -> None:
    said: Said = {"4.3": "attempt", "4.3s": "A", "4.3t": decided, "7s.4": "B Senior", "7s.5": endorsed}
    assert ("SR8" in rules(reading("respect-v3", said))) is pending
