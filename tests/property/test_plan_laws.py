"""The laws from any plan, not only from plans that a form can state, and no sequence of views invents anything.

Whoever makes a plan (a form, another system's resources, an earlier version of a mapping), its views must neither change
it nor say more than it holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from acpshare.forms import Answer, AnswerType, FormResponse, ItemType, ResponseItem
from acpshare.plan import CATALOGUE, Plan, get, is_stated, put, stated
from acpshare.plan.answers import Residue
from acpshare.plan.record import Signature
from acpshare.plan.values import CprDecision, CprKind
from acpshare.translation import SERVICE_OWNED, CompiledMapping, load_mappings, read, update, write
from acpshare.translation.rows import ListRow, ResidueRow, SameRow
from tests.property.strategies import VALUES, plans
from tests.property.strategies import answers as any_answers
from tests.support.laws import own_text
from tests.support.responses import edited_forms, filled_forms

MAPPINGS = load_mappings()
EDITIONS = list(MAPPINGS)
TODAY = date(2026, 11, 22)
UNHURRIED = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def can_be_held(residue: Residue) -> bool:
    """Residue is made by reading a residue item of its edition; anything else under such an item's name cannot arise."""
    mapping = MAPPINGS.get(residue.form)
    return mapping is None or not isinstance(mapping.row_of.get(residue.item), ResidueRow)


@st.composite
def plans_of_any_make(draw: st.DrawFn) -> Plan:
    """Any plan, more often than not with a decision from which a DNACPR form may be filled."""
    plan = draw(plans())
    changes: dict[str, Any] = {"residue": tuple(each for each in plan.residue if can_be_held(each))}
    changes["record.form"] = draw(st.none() | st.sampled_from(EDITIONS))
    if draw(st.booleans()):
        changes["cpr.decision"] = CprDecision(CprKind.DO_NOT_ATTEMPT)
    return put(plan, changes)


@pytest.mark.parametrize("edition", EDITIONS)
@given(plan=plans_of_any_make())
@settings(max_examples=25, suppress_health_check=UNHURRIED)
def test_any_plan_shown_and_sent_back_unchanged_is_the_same_plan(edition: str, plan: Plan) -> None:
    shown = write(MAPPINGS[edition], plan, TODAY)
    if shown.value is None:
        assert shown.is_unsafe
        return
    back = update(MAPPINGS[edition], plan, shown.value, TODAY)
    assert back.value == plan
    assert not back.changes
    assert not back.signed


@pytest.mark.parametrize("edition", EDITIONS)
@given(plan=plans_of_any_make())
@settings(max_examples=25, suppress_health_check=UNHURRIED)
def test_every_stated_element_of_any_plan_is_in_the_ledger_and_every_text_on_the_form(edition: str, plan: Plan) -> None:
    shown = write(MAPPINGS[edition], plan, TODAY)
    assume(shown.value is not None)
    assert shown.value is not None
    whole = own_text(shown.value) + "\n".join(shown.value.carried)
    named = {entry.element for entry in shown.ledger.entries}
    for element, value in stated(plan):
        if element.path in SERVICE_OWNED:
            continue
        assert element.path in named
        if isinstance(value, str) and element.type is str and element.path != "person.nhs_number":
            assert value in whole, element.path


LISTS = [(edition, row.element) for edition in EDITIONS for row in MAPPINGS[edition].rows if isinstance(row, ListRow)]


@pytest.mark.parametrize(("edition", "element"), LISTS)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=UNHURRIED)
def test_editing_one_entry_of_a_list_changes_nothing_else_of_the_list(
    edition: str, element: str, data: st.DataObject
) -> None:
    mapping = MAPPINGS[edition]
    row = next(row for row in mapping.rows if row.element == element)
    assert isinstance(row, ListRow)
    held = data.draw(VALUES[element])
    plan = put(Plan(), {element: held, "record.form": edition})
    shown = write(mapping, plan, TODAY).value
    assert shown is not None
    visible = [entry for entry in held if row.write((entry,)).items]
    assume(visible)
    index = data.draw(st.integers(0, len(visible) - 1))
    column = data.draw(st.sampled_from([each for each in row.columns if isinstance(each, SameRow)]))
    assume(getattr(visible[index], column.element) is not None and column.item.type in (ItemType.STRING, ItemType.TEXT))
    counted = iter(range(len(visible)))
    edited = _with(shown.items, row.group.link_id, column.items[0], index, counted)
    after = update(mapping, plan, FormResponse(edition, edited, shown.carried), TODAY)
    if after.value is None:  # nothing else of the entry is shown, and something is hidden: whose it is cannot be told
        assert {issue.rule for issue in after.issues if issue.is_error} == {"SR17"}
        return
    wanted = list(held)
    wanted[wanted.index(visible[index])] = replace(visible[index], **{column.element: "Edited"})
    assert Counter(get(after.value, element)) == Counter(wanted)


def _with(
    items: tuple[ResponseItem, ...], group: str, link: str, index: int, counted: Iterator[int]
) -> tuple[ResponseItem, ...]:
    """The items with the answer to `link` in the repetition `index` of the group edited."""
    found: list[ResponseItem] = []
    for item in items:
        hit = item.link_id == group and next(counted) == index
        inner = (
            tuple(_edited(each) if each.link_id == link else each for each in item.items)
            if hit
            else _with(item.items, group, link, index, counted)
        )
        found.append(ResponseItem(item.link_id, item.answers, inner))
    return tuple(found)


def _edited(item: ResponseItem) -> ResponseItem:
    return ResponseItem(item.link_id, (Answer(AnswerType.STRING, "Edited"),))


# Broken forms


@st.composite
def broken(draw: st.DrawFn, mapping: CompiledMapping) -> FormResponse:
    """A filled form of the edition, spoilt in a few places: wrong answers, items elsewhere, twice, or not of the form."""
    response = draw(filled_forms(mapping))
    links = [*mapping.items, "no-such-item", "carried", ""]

    def spoil(items: tuple[ResponseItem, ...]) -> tuple[ResponseItem, ...]:
        found: list[ResponseItem] = []
        for item in items:
            fault = draw(st.integers(0, 40))
            link = draw(st.sampled_from(links)) if fault == 0 else item.link_id
            answers = tuple(draw(st.lists(any_answers | ODD, max_size=3))) if fault == 1 else item.answers
            if fault == 2 and answers:
                answers = (Answer(answers[0].type, draw(ODD).value, answers[0].system, answers[0].display),)
            inner = (*item.items, *items[:1]) if fault == 3 else item.items
            found += [ResponseItem(link, answers, spoil(inner) if fault != 3 else inner)] * (2 if fault == 4 else 1)
        return tuple(found)

    carried = draw(st.sampled_from([(), (), ("something carried",)]))
    return FormResponse(
        draw(st.sampled_from([mapping.id, mapping.id, mapping.id, "respect-v3"])), spoil(response.items), carried
    )


NUMBERS = ("", "NaN", "sNaN", "Infinity", "1e5", "1E+9999999", "-0", " 5 ", "1_0", "５", "5.0")
DATES = ("2026-02-30", "2026-01-01TxZ", "0000", "9999", "9999-12", "0001-01-01", "24:00:00", "23:59:60")
WORDS = ("true", "yes", "no", "\x00", "[From the plan")
ODD = st.builds(
    Answer,
    st.sampled_from(AnswerType),
    st.sampled_from((*NUMBERS, *DATES, *WORDS)),
    st.none() | st.just("http://example.org/codes"),
    st.none() | st.just("Display"),
)


@pytest.mark.parametrize("edition", EDITIONS)
@given(data=st.data())
@settings(max_examples=40, suppress_health_check=UNHURRIED)
def test_translation_never_raises_and_says_why_whenever_it_refuses(edition: str, data: st.DataObject) -> None:
    mapping = MAPPINGS[edition]
    response = data.draw(broken(mapping))
    first = read(mapping, response, TODAY)
    results: list[Any] = [first, update(mapping, data.draw(plans_of_any_make()), response, TODAY)]
    if first.value is not None:
        results += [write(each, first.value, TODAY) for each in MAPPINGS.values()]
        results.append(update(mapping, first.value, response, TODAY))
    for result in results:
        assert (result.value is None) == any(issue.is_error for issue in result.issues)


# No invention, whatever the sequence

DECIDES = ("cpr.decision", "cpr.decided_on", "care.focus", "care.legacy_focus", "care.escalation", "review")
FORCE = tuple(path for path in CATALOGUE if path.startswith("legal."))
REFUSES = tuple(path for path in CATALOGUE if path.startswith("treatments."))
GUARDED = (*DECIDES, *REFUSES, *FORCE, "cancellation.on", "record.completed_on", "person.birth_date")
"""A CPR decision, refusals, ceilings, legal force and dates: what must come from somebody's hand."""


class Views(RuleBasedStateMachine):
    """One plan passed from edition to edition: shown, sent back as it was, edited, sent as a form of its own.

    `entered` is all that any form ever said, by reading each edit on its own: what the plan holds must be there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.plan = Plan()
        self.entered: dict[str, set[Any]] = {path: set() for path in GUARDED}
        self.signed: set[Signature] = set()

    @initialize(data=st.data(), edition=st.sampled_from(EDITIONS))
    def a_form_is_filled_in(self, data: st.DataObject, edition: str) -> None:
        plan = read(MAPPINGS[edition], data.draw(filled_forms(MAPPINGS[edition])), TODAY).value
        if plan is not None:
            self.plan = plan
            self._enter(plan)

    def _enter(self, plan: Plan) -> None:
        for path in GUARDED:
            value = get(plan, path)
            self.entered[path] |= set(value) if isinstance(value, tuple) else {value}
        self.signed |= set(plan.signatures)

    @rule(edition=st.sampled_from(EDITIONS))
    def it_is_shown_and_sent_back(self, edition: str) -> None:
        shown = write(MAPPINGS[edition], self.plan, TODAY)
        if shown.value is None:
            assert shown.is_unsafe
            return
        assert update(MAPPINGS[edition], self.plan, shown.value, TODAY).value == self.plan

    @precondition(lambda self: self.plan != Plan())
    @rule(data=st.data(), edition=st.sampled_from(EDITIONS))
    def it_is_edited(self, data: st.DataObject, edition: str) -> None:
        mapping = MAPPINGS[edition]
        shown = write(mapping, self.plan, TODAY).value
        if shown is None:
            return
        edited = data.draw(edited_forms(mapping, shown))
        after = update(mapping, self.plan, edited, TODAY)
        if after.value is None:
            return
        alone = read(mapping, edited, TODAY).value
        if alone is not None:
            self._enter(alone)
        else:
            self._enter(
                after.value
            )  # an edit may be sound only beside what the plan holds: then it is what was entered
        for path in GUARDED:
            if path not in {row.element for row in mapping.rows}:
                assert get(after.value, path) == get(self.plan, path) or after.signed, path
        self.plan = after.value

    @rule(edition=st.sampled_from(EDITIONS))
    def a_view_is_read_as_if_it_were_a_form(self, edition: str) -> None:
        """A view that lost its plan states no more than the plan did."""
        shown = write(MAPPINGS[edition], self.plan, TODAY).value
        if shown is None:
            return
        alone = read(MAPPINGS[edition], shown, TODAY).value
        if alone is None:
            return
        for path in GUARDED:
            value = get(alone, path)
            if is_stated(value):
                assert value == get(self.plan, path), path
        assert set(alone.signatures) <= set(self.plan.signatures)

    @invariant()
    def nothing_is_there_that_nobody_entered(self) -> None:
        for path in GUARDED:
            value = get(self.plan, path)
            if is_stated(value):
                held = set(value) if isinstance(value, tuple) else {value}
                assert held <= self.entered[path], path
        assert set(self.plan.signatures) <= self.signed


Views.TestCase.settings = settings(max_examples=25, stateful_step_count=8, suppress_health_check=UNHURRIED)
TestViews = Views.TestCase


def test_the_guard_covers_what_the_safety_rules_name() -> None:
    assert {"cpr.decision", "review", "legal.advance_decisions", "legal.proxies"} <= set(GUARDED)
    assert len(REFUSES) > 10
