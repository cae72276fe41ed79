"""The strategy for plans reaches every element, every column and every code: a law that it proves holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from acpshare.plan import CATALOGUE, Element, Kind, Plan, is_stated, stated
from acpshare.plan.answers import AnswerType
from tests.property.strategies import VALUES, answers, plans

DRAW = settings(
    max_examples=80,
    derandomize=True,  # whether something is drawn must not depend on luck
    phases=[Phase.generate],
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_one_plan_states_nothing_and_one_states_everything() -> None:
    everything = list(CATALOGUE)
    find(plans(), lambda plan: plan == Plan(), settings=DRAW)
    find(plans(), lambda plan: [element.path for element, _ in stated(plan)] == everything, settings=DRAW)


def test_every_element_is_sometimes_stated_and_sometimes_absent() -> None:
    said: set[tuple[str, bool]] = set()

    @DRAW
    @given(plans())
    def draw(plan: Plan) -> None:
        present = {element.path for element, _ in stated(plan)}
        said.update((path, path in present) for path in CATALOGUE)

    draw()
    assert said == {(path, present) for path in CATALOGUE for present in (True, False)}


@pytest.mark.parametrize("coded, examples", [(True, 400), (False, 60)], ids=["code of an element", "column of a list"])
def test_every_part_is_drawn(coded: bool, examples: int) -> None:
    elements = {path: each for path, each in CATALOGUE.items() if parts(each) and bool(each.values) is coded}
    seen: set[tuple[str, str]] = set()

    @settings(DRAW, max_examples=examples)
    @given(st.fixed_dictionaries({path: VALUES[path] for path in elements}))
    def draw(values: dict[str, Any]) -> None:
        seen.update((path, part) for path, value in values.items() for part in drawn(CATALOGUE[path], value))

    draw()
    assert seen == {(path, part) for path, element in elements.items() for part in parts(element)}


def parts(element: Element) -> tuple[str, ...]:
    return element.values or tuple(element.columns)


def drawn(element: Element, value: Any) -> Iterator[str]:
    if element.kind in (Kind.CODE, Kind.STATEMENT):
        yield getattr(value, "kind", value).value
    elif element.kind is Kind.CODES:
        yield from (code.value for code in value)
    else:
        yield from (name for entry in value for name in element.columns if is_stated(getattr(entry, name)))


def test_every_type_of_answer_is_drawn() -> None:
    types: set[AnswerType] = set()

    @DRAW
    @given(answers)
    def draw(answer: Any) -> None:
        types.add(answer.type)

    draw()
    assert types == set(AnswerType)
