"""The laws are worth something: faults planted in the engine make them fail, and their forms reach every item.

A fault is planted in a row of the mapping under test, or in a step of the engine, while a law runs; the law has to object.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from acpshare.forms import FormResponse, ItemType
from acpshare.plan.values import CprDecision, TreatmentDecision
from acpshare.translation import carry
from acpshare.translation.rows import CodeRow, CodesRow, ListRow, SameRow, ScaleRow, SignatureRow, StatementRow, grouped
from acpshare.translation.rows.base import Reading, Writing
from tests.property import test_laws, test_plan_laws
from tests.support.responses import filled_forms

LAW = settings(
    max_examples=100, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
REACH = settings(LAW, max_examples=2000, report_multiple_bugs=False)
"""As many as are needed: drawing ends when everything has been seen."""


class Reached(Exception):
    """Everything has been drawn."""


ROUND_TRIP = "test_a_form_read_and_written_again_is_the_same_form"
ELSEWHERE = "test_a_form_shown_as_another_and_taken_back_is_the_form_as_sent"
EDITED = "test_what_was_edited_is_shown_and_nothing_else_changes"
UNCHANGED = "test_showing_a_plan_and_sending_it_back_unchanged_changes_nothing"
ONE_ENTRY = "test_editing_one_entry_of_a_list_changes_nothing_else_of_the_list"
WORDS = "test_every_word_of_a_plan_is_shown_or_carried_in_every_form"


def caught(law: str, *editions: str) -> bool:
    """Whether the law fails for these editions, tried by generation alone."""
    test: Any = getattr(test_plan_laws if law == ONE_ENTRY else test_laws, law)
    inner: Callable[..., None] = test.hypothesis.inner_test
    names = [name for name in inspect.signature(inner).parameters if name != "data"]

    @LAW
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        inner(**dict(zip(names, editions, strict=True)), data=data)

    try:
        run()
    except Exception:  # noqa: BLE001 - a law fails by assertion, or because the engine broke under it
        return True
    return False


def drop_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    """A treatment's condition is left out on reading: "only if ..." becomes a bare "conditional"."""
    whole = StatementRow.read

    def read(self: StatementRow, said: Any) -> Reading:
        found = whole(self, said)
        value = found.value
        if isinstance(value, TreatmentDecision | CprDecision):
            value = replace(value, condition=None)
        return Reading(value, found.issues)

    monkeypatch.setattr(StatementRow, "read", read)


def hide_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement is written without its companions."""
    whole = StatementRow.write

    def write(self: StatementRow, value: Any) -> Writing:
        found = whole(self, value)
        kept = {link: items for link, items in found.items.items() if self.choice and link == self.choice.link_id}
        return Writing(kept, found.unsaid)

    monkeypatch.setattr(StatementRow, "write", write)


def ignore_removal(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that was taken out is taken for one that was left alone."""
    whole = SameRow.merge

    def merge(self: SameRow, value: Any, shown: Any, said: Any) -> Reading:
        found = whole(self, value, shown, said)
        return Reading(value if found.value is None else found.value, found.issues)

    monkeypatch.setattr(SameRow, "merge", merge)


def lose_hidden_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list is read anew after an edit, so that what the form does not show of an entry is lost."""
    monkeypatch.setattr(ListRow, "merge", lambda self, _value, _shown, said: self.read(said))


def move_hidden_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries are told apart by their place alone, and what is hidden goes to the next."""
    monkeypatch.setattr(
        grouped, "_pairs", lambda before, after: {j: (j + 1) % len(before) for j in range(len(after))} if before else {}
    )


def lose_other_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a list only the first entry is written."""
    whole = ListRow.write

    def write(self: ListRow, value: Any) -> Writing:
        return whole(self, value[:1])

    monkeypatch.setattr(ListRow, "write", write)


def first_option_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several ticked options one is written."""
    whole = CodesRow.write
    monkeypatch.setattr(CodesRow, "write", lambda self, value: whole(self, value[:1]))


def infer_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """A blank choice is read as its first option."""

    def read(self: CodeRow, said: Any) -> Reading:
        option = next((answer.value for item in said.get(self.item.link_id, ()) for answer in item.answers), None)
        first = next(iter(self.codes.to_value.values()))
        return Reading(first if option is None else self.codes.to_value.get(option))

    monkeypatch.setattr(CodeRow, "read", read)


def round_the_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mark on a scale is shown one lower."""
    whole = ScaleRow.write

    def write(self: ScaleRow, value: Any) -> Writing:
        lower = replace(value, value=max(value.low, value.value - 1)) if value is not None else value
        return whole(self, lower)

    monkeypatch.setattr(ScaleRow, "write", write)


def sign_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signature is read as if it had been made by nobody in particular."""
    whole = SignatureRow.read

    def read(self: SignatureRow, said: Any) -> Reading:
        return Reading(tuple(replace(each, name=None) for each in whole(self, said).value))

    monkeypatch.setattr(SignatureRow, "read", read)


def trim_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text is tidied up on writing."""
    whole = SameRow.write
    monkeypatch.setattr(SameRow, "write", lambda self, value: whole(self, value.strip(" \n")))


def carry_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a form has no place for is left out in silence."""
    monkeypatch.setattr("acpshare.translation.display.Display.carry", lambda *_: "carried")


def keep_carried_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text that was carried into an item is taken for somebody's answer when the form comes back."""
    monkeypatch.setattr(carry, "split", lambda text, _lines: (text, True))


FAULTS = [
    (drop_condition, ROUND_TRIP, ("teal-working",)),
    (drop_condition, ELSEWHERE, ("teal-working", "respect-v3")),
    (hide_condition, ROUND_TRIP, ("teal-working",)),
    (ignore_removal, EDITED, ("respect-v3", "tep-devon")),
    (ignore_removal, EDITED, ("tep-scotland", "teal-working")),
    (lose_hidden_columns, ONE_ENTRY, ("respect-v3", "involvement.conversations")),
    (move_hidden_columns, ONE_ENTRY, ("respect-v3", "involvement.conversations")),
    (lose_other_entries, ROUND_TRIP, ("respect-v3",)),
    (first_option_only, ROUND_TRIP, ("respect-v3",)),
    (infer_a_code, ROUND_TRIP, ("tep-devon",)),
    (infer_a_code, ROUND_TRIP, ("tep-scotland",)),
    (round_the_mark, ROUND_TRIP, ("respect-v3",)),
    (sign_for_others, ROUND_TRIP, ("respect-v3",)),
    (sign_for_others, ROUND_TRIP, ("dnacpr-rcuk-2015",)),
    (trim_text, ROUND_TRIP, ("respect-v3",)),
    (carry_nothing, WORDS, ("teal-working", "respect-v3")),
    (carry_nothing, WORDS, ("respect-v3", "tep-scotland")),
    (keep_carried_text, UNCHANGED, ("teal-working", "respect-v3")),
]


@pytest.mark.parametrize(
    "plant, law, editions", FAULTS, ids=[f"{plant.__name__}, {'-'.join(editions)}" for plant, _, editions in FAULTS]
)
def test_a_planted_fault_breaks_the_law(
    plant: Callable[[pytest.MonkeyPatch], None], law: str, editions: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    assert caught(law, *editions)


@pytest.mark.parametrize("law, editions", sorted({(law, editions) for _, law, editions in FAULTS}))
def test_the_same_law_tried_in_the_same_way_holds_for_the_engine_as_it_is(law: str, editions: tuple[str, ...]) -> None:
    assert not caught(law, *editions)


@pytest.mark.parametrize("edition", test_laws.EDITIONS)
def test_the_filled_forms_reach_every_item_and_every_option_of_the_edition(edition: str) -> None:
    mapping = test_laws.MAPPINGS[edition]
    asked = {item.link_id for item in mapping.definition.walk() if item.type is not ItemType.DISPLAY}
    options = {(item.link_id, option.code) for item in mapping.definition.walk() for option in item.options}
    items: set[str] = set()
    chosen: set[tuple[str, str]] = set()

    @REACH
    @given(filled_forms(mapping))
    def draw(response: FormResponse) -> None:
        items.update(item.link_id for item in response.walk())
        chosen.update((item.link_id, answer.value) for item in response.walk() for answer in item.answers)
        if asked <= items and options <= chosen:
            raise Reached

    with contextlib.suppress(Reached):
        draw()
    assert asked - items == set()
    assert options - chosen == set()
