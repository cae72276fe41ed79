"""The laws of two-way views (docs/explanation/architecture.md), for every edition and every pair of them.

The editions are the shipped ones and the local form that the tutorial makes.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from acpshare.forms import FormResponse
from acpshare.plan import Plan, changed
from acpshare.translation import CompiledMapping, load_mappings, read, update, write
from tests.support.laws import differs, normalised, own_text
from tests.support.responses import edited_forms, filled_forms

LOCAL = Path(__file__).resolve().parents[2] / "docs" / "tutorials" / "add-a-local-form"
MAPPINGS = load_mappings([LOCAL])
EDITIONS = list(MAPPINGS)
PAIRS = [(a, b) for a in EDITIONS for b in EDITIONS if a != b]
TODAY = date(2026, 11, 22)

some = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
few = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def plan_of(data: st.DataObject, mapping: CompiledMapping) -> tuple[FormResponse, Plan]:
    """A filled form that is safe to read, and the plan that it states."""
    response = data.draw(filled_forms(mapping))
    plan = read(mapping, response, TODAY).value
    assume(plan is not None)
    assert plan is not None
    return response, plan


@pytest.mark.parametrize("edition", EDITIONS)
@given(data=st.data())
@some
def test_a_form_read_and_written_again_is_the_same_form(edition: str, data: st.DataObject) -> None:
    response, plan = plan_of(data, MAPPINGS[edition])
    again = write(MAPPINGS[edition], plan, TODAY)
    if again.value is None:
        assert again.is_unsafe  # an edition may refuse by age what it could say (SR15)
        return
    assert normalised(MAPPINGS[edition], again.value) == normalised(MAPPINGS[edition], response)


@pytest.mark.parametrize(("source", "target"), PAIRS)
@given(data=st.data())
@few
def test_showing_a_plan_and_sending_it_back_unchanged_changes_nothing(
    source: str, target: str, data: st.DataObject
) -> None:
    _, plan = plan_of(data, MAPPINGS[source])
    shown = write(MAPPINGS[target], plan, TODAY)
    if shown.value is None:
        assert shown.is_unsafe
        return
    back = update(MAPPINGS[target], plan, shown.value, TODAY)
    assert back.value == plan
    assert not back.changes
    assert not back.signed


@pytest.mark.parametrize(("source", "target"), PAIRS)
@given(data=st.data())
@few
def test_what_was_edited_is_shown_and_nothing_else_changes(source: str, target: str, data: st.DataObject) -> None:
    first, second = MAPPINGS[source], MAPPINGS[target]
    _, plan = plan_of(data, first)
    shown = write(second, plan, TODAY).value
    if shown is None:
        return
    edited = data.draw(edited_forms(second, shown))
    after = update(second, plan, edited, TODAY)
    if after.value is None:  # an edit may be refused, whole, with its reason
        assert any(issue.is_error for issue in after.issues)
        return
    again = write(second, after.value, TODAY).value
    assert again is not None
    assert differs(second, shown=shown, said=edited, again=again) == []
    touchable = {row.element for row in second.rows} | {
        "residue",
        "record.form",
        "record.jurisdiction",
        "record.amended_since_signed",
        "record.cpr_amended_since_signed",
        *(("cpr.decided_on",) if after.signed else ()),  # another form's date is not the date of what is signed here
    }
    assert changed(plan, after.value) <= touchable


@pytest.mark.parametrize(("source", "target"), PAIRS)
@given(data=st.data())
@few
def test_a_form_shown_as_another_and_taken_back_is_the_form_as_sent(
    source: str, target: str, data: st.DataObject
) -> None:
    response, plan = plan_of(data, MAPPINGS[source])
    shown = write(MAPPINGS[target], plan, TODAY).value
    if shown is None:
        return
    back = update(MAPPINGS[target], plan, shown, TODAY).value
    assert back is not None
    again = write(MAPPINGS[source], back, TODAY)
    if again.value is None:
        assert again.is_unsafe
        return
    assert normalised(MAPPINGS[source], again.value) == normalised(MAPPINGS[source], response)


@pytest.mark.parametrize(("source", "target"), PAIRS)
@given(data=st.data())
@few
def test_every_word_of_a_plan_is_shown_or_carried_in_every_form(source: str, target: str, data: st.DataObject) -> None:
    """No silence: each free text that the source form states is found in the target, in a box or as carried text (SR17)."""
    response, plan = plan_of(data, MAPPINGS[source])
    shown = write(MAPPINGS[target], plan, TODAY).value
    if shown is None:
        return
    whole = own_text(shown) + "\n" + "\n".join(shown.carried)
    for item in response.walk():
        row = MAPPINGS[source].row_of.get(item.link_id)
        signed = getattr(row, "role", None) is not None or (row is None and item.link_id not in MAPPINGS[source].items)
        for answer in item.answers:
            if answer.type.value == "string" and row is not None and not signed and row.element != "person.nhs_number":
                assert answer.value in whole, row.element
