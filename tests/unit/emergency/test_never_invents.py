"""Whatever forms a person has: the view says nothing that no form in force says, and a cancelled form never speaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from acpshare.emergency import PlanOnRecord, changes_on, emergency_view, standing, to_compact_json
from acpshare.plan import Plan, put
from acpshare.plan.care import ClinicalFocus
from acpshare.plan.people import Contact
from acpshare.plan.record import Signature, SignatureRole
from acpshare.plan.values import CprDecision, CprKind, FhirDate, Review, ReviewKind, TreatmentDecision, TreatmentKind
from acpshare.web.emergency import render_page
from tests.unit.emergency.people import MARGARET, TODAY

DATES = [
    FhirDate(day) for day in ("2024-02-29", "2025", "2025-06", "2025-06-30", "2026-01-01", "2026-06-15", "2026-07-01")
]
FAMILIES = {"respect": "respect-v3", "tep": "tep-devon", "teal": "teal-working", "dnacpr": "dnacpr-rcuk-2015"}
some_date = st.sampled_from([None, *DATES])


@st.composite
def decisions(draw: st.DrawFn, word: str) -> CprDecision | None:
    kind = draw(st.sampled_from([None, *CprKind]))
    if kind is None:
        return None
    condition = f"condition {word}" if kind is CprKind.DO_NOT_ATTEMPT and draw(st.booleans()) else None
    return CprDecision(kind, condition, f"details {word}" if kind is CprKind.MODIFIED else None)


@st.composite
def forms(draw: st.DrawFn, number: int) -> PlanOnRecord:
    """Any form, all of whose free words end in its own name."""
    word, family = f"of-form-{number}", draw(st.sampled_from(sorted(FAMILIES)))
    edition = FAMILIES[family]
    roles = draw(
        st.lists(st.sampled_from([SignatureRole.AUTHOR, SignatureRole.SENIOR, SignatureRole.PERSON]), max_size=2)
    )
    review = draw(
        st.sampled_from([None, Review(ReviewKind.INDEFINITE), *(Review(ReviewKind.BY_DATE, day) for day in DATES)])
    )
    treatment = draw(st.sampled_from([None, *TreatmentKind]))
    elements: dict[str, Any] = {
        "person": MARGARET,
        "record.form": edition,
        "cpr.decision": draw(decisions(word)),
        "cpr.decided_on": draw(some_date),
        "record.completed_on": draw(some_date),
        "review": review,
        "treatments.icu": TreatmentDecision(treatment) if treatment else None,
        "care.focus": draw(st.sampled_from([None, *ClinicalFocus])),
        "care.guidance": f"guidance {word}",
        "contacts.primary": Contact(f"contact {word}"),
        "home.access": f"access {word}",
        "record.original_location": f"location {word}",
        "cancellation.by": draw(st.sampled_from([None, None, "somebody"])),
        "signatures": tuple(
            Signature(edition, role, f"Dr {word}", None, None, "signed", draw(some_date)) for role in roles
        ),
    }
    ids = st.sampled_from([None, None, "0", "1", "2", "3", "elsewhere"])
    return PlanOnRecord(
        put(Plan(), elements),
        str(number),
        family,
        datetime(2026, 6, 1, tzinfo=UTC) + timedelta(days=draw(st.integers(-400, 10))),
        replaces=draw(ids),
        replaced_by=draw(ids),
        form_title=f"{family} {word}",
    )


people = st.integers(0, 4).flatmap(lambda many: st.tuples(*(forms(number) for number in range(many))))


@given(people)
def test_every_cpr_statement_is_one_of_a_form_in_force(plans: tuple[PlanOnRecord, ...]) -> None:
    cpr = emergency_view(plans, TODAY).cpr
    in_force = [each for each in standing(plans, TODAY).in_force if each.plan.cpr.decision]
    if not in_force:
        assert cpr.decision.value == "no-decision-recorded"
        assert [cpr.decided_on, cpr.signed_by, cpr.endorsement, cpr.condition, cpr.endorsed_by, cpr.signed_on] == [
            None
        ] * 6
        return
    behind = [each for each in in_force if states(each.plan, (cpr.decision.value, cpr.condition, cpr.details))]
    assert behind, "no form in force says this"
    assert any(cpr.decided_on in (None, *dates(each.plan)) for each in behind)
    assert any(cpr.signed_by in (None, *(each.name for each in one.plan.signatures)) for one in behind)
    assert cpr.endorsed_by is None or any(
        signature.role is SignatureRole.SENIOR and signature.name == cpr.endorsed_by
        for each in behind
        for signature in each.plan.signatures
    )


def states(plan: Plan, said: tuple[str, str | None, str | None]) -> bool:
    decision = plan.cpr.decision
    return decision is not None and (decision.kind.value, decision.condition, decision.details) == said


def dates(plan: Plan) -> list[str | None]:
    return [plan.cpr.decided_on, plan.record.completed_on, *(each.date for each in plan.signatures)]


@given(people)
def test_a_form_that_is_not_in_force_never_speaks(plans: tuple[PlanOnRecord, ...]) -> None:
    view = emergency_view(plans, TODAY)
    said = to_compact_json(replace(view, warnings=())).decode() + render_page(replace(view, warnings=()))
    found = standing(plans, TODAY)
    for each in found.superseded + found.cancelled:
        assert f"of-form-{each.plan_id}" not in said
    for each in found.in_force:
        assert f"guidance of-form-{each.plan_id}" in said, "every form in force is heard"


@given(people)
def test_a_form_leaves_force_only_by_being_cancelled_or_replaced(plans: tuple[PlanOnRecord, ...]) -> None:
    found = standing(plans, TODAY)
    assert len(found.everything) == len(plans)
    for each in found.cancelled:
        assert each.plan.cancellation.by
    for each in found.superseded:
        others = [other for other in plans if other is not each]
        named = each.replaced_by is not None or any(other.replaces == each.plan_id for other in others)
        assert named or any(other.family == each.family for other in others)


@given(people, st.randoms(use_true_random=False))
def test_neither_order_nor_day_of_upload_decides(plans: tuple[PlanOnRecord, ...], random: Any) -> None:
    view = emergency_view(plans, TODAY)
    mixed = random.sample(plans, len(plans))
    assert to_compact_json(emergency_view(mixed, TODAY)) == to_compact_json(view)
    if all(any(dates(each.plan)) for each in plans) and not any(unsigned_dates_only(each.plan) for each in plans):
        moments = [each.recorded_at for each in plans]
        swapped = [replace(each, recorded_at=moment) for each, moment in zip(plans, moments[::-1], strict=True)]
        later = emergency_view(swapped, TODAY)
        assert (later.cpr.decision, later.cpr.agreed) == (view.cpr.decision, view.cpr.agreed)


def unsigned_dates_only(plan: Plan) -> bool:
    """Whether the only dates are of signatures that decide nothing, so that the moment of recording has to serve."""
    deciding = any(each.date and each.role is not SignatureRole.PERSON for each in plan.signatures)
    return not (deciding or plan.cpr.decided_on or plan.record.completed_on)


@given(people, st.dates(date(2025, 1, 1), date(2026, 12, 31)))
def test_the_view_changes_by_itself_on_the_day_that_was_announced_and_not_before(
    plans: tuple[PlanOnRecord, ...], today: date
) -> None:
    view, announced = emergency_view(plans, today), changes_on(plans, today)
    last = (announced or today + timedelta(days=800)) - timedelta(days=1)
    for day in (today + (last - today) / 2, last):
        assert emergency_view(plans, day) == view
    if announced:
        assert announced > today
        assert emergency_view(plans, announced) != view
