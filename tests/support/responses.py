"""Filled forms of any compiled mapping, valid by construction: the definition's rules run backwards."""

from __future__ import annotations

import string
from decimal import Decimal

from hypothesis import strategies as st
from stdnum.gb import nhs

from acpshare.forms import Answer, AnswerType, FormResponse, Item, ItemType, ResponseItem
from acpshare.translation import CompiledMapping
from acpshare.translation.rows import NhsNumberRow, ScaleRow, StatementRow

_WORDS = st.text(string.ascii_letters + string.digits + " .,'-é\n", min_size=1, max_size=30).filter(
    lambda text: text.strip()
)
_DATES = st.one_of(
    st.dates().map(lambda day: day.isoformat()),
    st.integers(1900, 2100).map(str),
    st.tuples(st.integers(1900, 2100), st.integers(1, 12)).map(lambda ym: f"{ym[0]:04}-{ym[1]:02}"),
)
_TIMES = st.times().map(lambda time: time.replace(microsecond=0).isoformat())


@st.composite
def nhs_numbers(draw: st.DrawFn) -> str:
    """A valid NHS number of the synthetic 999 range."""
    digits = f"999{draw(st.integers(0, 999_999)):06}"
    return next((digits + last for last in string.digits if nhs.is_valid(digits + last)), "9990000018")


def _value(mapping: CompiledMapping, item: Item) -> st.SearchStrategy[str]:
    row = mapping.row_of.get(item.link_id)
    if isinstance(row, NhsNumberRow):
        return nhs_numbers()
    if isinstance(row, ScaleRow) and item.type in (ItemType.INTEGER, ItemType.DECIMAL):
        return st.integers(int(row.low), int(row.high)).map(lambda mark: str(Decimal(mark)))
    match item.type:
        case ItemType.BOOLEAN:
            return st.sampled_from(["true", "false"])
        case ItemType.INTEGER | ItemType.DECIMAL:
            return st.integers(0, 100).map(str)
        case ItemType.DATE:
            return _DATES
        case ItemType.TIME:
            return _TIMES
        case ItemType.CHOICE:
            return st.sampled_from([option.code for option in item.options])
        case _:
            return _WORDS


def _answer(item: Item, value: str) -> Answer:
    if item.type is ItemType.CHOICE:
        option = item.option(value)
        assert option is not None
        return Answer(AnswerType.CODING, option.code, option.system, option.display)
    kind = {ItemType.STRING: AnswerType.STRING, ItemType.TEXT: AnswerType.STRING}.get(item.type)
    return Answer(kind or AnswerType(item.type.value), value)


def _chance(draw: st.DrawFn, often: int) -> bool:
    return draw(st.integers(1, 10)) <= often


class _Filling:
    """One form being filled in, top to bottom, so that conditions see earlier answers."""

    def __init__(self, draw: st.DrawFn, mapping: CompiledMapping, often: int) -> None:
        self.draw, self.mapping, self.often = draw, mapping, often
        self.said: dict[str, str] = {}

    def items(self, known: tuple[Item, ...]) -> tuple[ResponseItem, ...]:
        return tuple(each for item in known for each in self.item(item))

    def item(self, item: Item) -> list[ResponseItem]:
        condition = item.enable_when
        if condition is not None and self.said.get(condition.question) not in condition.answers:
            return []
        if item.type is ItemType.DISPLAY or not (item.type is ItemType.GROUP or _chance(self.draw, self.often)):
            return []
        if item.type is ItemType.GROUP:
            repetitions = self.draw(st.integers(0, 3)) if item.repeats else 1
            groups = [self.items(item.items) for _ in range(repetitions)]
            return [ResponseItem(item.link_id, items=items) for items in groups if items]
        if self._is_companion_of_nothing(item):
            return []
        values = [self.draw(_value(self.mapping, item))]
        if item.repeats:
            values = self.draw(st.lists(_value(self.mapping, item), min_size=1, max_size=3, unique=True))
        self.said[item.link_id] = values[0]
        return [ResponseItem(item.link_id, tuple(_answer(item, value) for value in values))]

    def _is_companion_of_nothing(self, item: Item) -> bool:
        """Whether the item belongs to a choice that was not made, or that has no such part."""
        row = self.mapping.row_of.get(item.link_id)
        if not isinstance(row, StatementRow) or row.choice is None or row.codes is None or item is row.choice:
            return False
        kind = row.codes.to_value.get(self.said.get(row.choice.link_id, ""))
        if kind is None:
            return True
        part = next(name for name, companion in row.companions.items() if companion is item)
        try:
            row.statement(kind=kind, **{part: "2026-01-01" if part == "date" else "words"})
        except ValueError:
            return True
        return False


def filled_forms(mapping: CompiledMapping) -> st.SearchStrategy[FormResponse]:
    """A valid filled form of the edition, from nearly empty to nearly full."""

    @st.composite
    def filled(draw: st.DrawFn) -> FormResponse:
        return _fill(draw, mapping)

    return filled()


def _fill(draw: st.DrawFn, mapping: CompiledMapping) -> FormResponse:
    filling = _Filling(draw, mapping, draw(st.sampled_from([2, 6, 9, 10])))
    return FormResponse(mapping.id, filling.items(mapping.definition.items))


def edited_forms(mapping: CompiledMapping, shown: FormResponse) -> st.SearchStrategy[FormResponse]:
    """The shown form with some of its top-level items filled in anew; carried text left as it was."""

    @st.composite
    def edited(draw: st.DrawFn) -> FormResponse:
        return _edit(draw, mapping, shown)

    return edited()


def _edit(draw: st.DrawFn, mapping: CompiledMapping, shown: FormResponse) -> FormResponse:
    fresh = {item.link_id: item for item in draw(filled_forms(mapping)).items}
    shown_items = {item.link_id: item for item in shown.items}
    items: list[ResponseItem] = []
    for known in mapping.definition.items:
        source = fresh if known.type is ItemType.GROUP and not known.repeats and _chance(draw, 4) else shown_items
        if known.link_id in source:
            items.append(source[known.link_id])
    return FormResponse(mapping.id, tuple(items), shown.carried)
