"""What a test asks of the columns of an index table, always so that an index can answer it.

https://hl7.org/fhir/R4/search.html#ptypes
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Integer, Table, and_, false, literal, not_, or_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.sql.functions import FunctionElement

from acpshare.search.query import (
    VALUE_OF,
    Address,
    Comparator,
    DateTest,
    QuantityTest,
    ReferenceTest,
    StringTest,
    Test,
    Text,
    TokenTest,
    UriTest,
)
from acpshare.search.texts import folded
from acpshare.storage.checks import is_storable
from acpshare.storage.sql.tables import INDEX_TABLES

Condition: TypeAlias = ColumnElement[bool]
Column: TypeAlias = ColumnElement[Any]

_SHORT = 100
"""Characters of a text that is certainly not cut in an index; of a longer one the beginning is compared first."""

_TOGETHER = 100


def table_of(test: Test) -> Table:
    return INDEX_TABLES[VALUE_OF[type(test)]]


def is_point(test: Test) -> bool:
    """Whether what it is met by stands together in an index, in the order of the keys."""
    match test:
        case TokenTest():
            return test.code is not None
        case StringTest():
            return test.how is Text.EXACT and len(test.text) <= _SHORT
        case UriTest():
            return test.how is Address.EXACT
        case _:
            return isinstance(test, ReferenceTest)


def any_of(tests: Sequence[Test], index: FromClause) -> Condition:
    """One of the tests, all of one table, holds for the row."""
    return either([one_of(group, index) for group in lists_of(tests)])


def either(conditions: Sequence[Condition]) -> Condition:
    """One of them holds. SQLite reads no chain of a thousand, but any number in brackets."""
    while len(conditions) > _TOGETHER:
        some = range(0, len(conditions), _TOGETHER)
        conditions = [Grouping(or_(*conditions[place : place + _TOGETHER])) for place in some]
    return or_(false(), *conditions)


def lists_of(tests: Sequence[Test]) -> list[list[Test]]:
    """What can be asked at once: many values of one parameter, or one value of many."""
    of_one: defaultdict[tuple[object, ...], list[Test]] = defaultdict(list)
    for place, test in enumerate(tests):
        value = _listed(test)
        of_one[(place,) if value is None else (test.__class__, test.parameter, value[1])].append(test)
    of_many: defaultdict[tuple[object, ...], list[Test]] = defaultdict(list)
    for place, same in enumerate(of_one.values()):
        value = _listed(same[0])
        of_many[(place,) if value is None or len(same) > 1 else (same[0].__class__, *value)] += same
    return list(of_many.values())


def one_of(tests: Sequence[Test], index: FromClause) -> Condition:
    """One of a list of `lists_of` holds for the row."""
    first = _listed(tests[0])
    if first is None or len(tests) == 1:
        return holds(tests[0], index)
    column, kind = ("code", "system") if isinstance(tests[0], TokenTest) else ("id", "type")
    values = [value[0] for test in tests if (value := _listed(test)) is not None]
    asked = is_one_of(index.c.parameter, [test.parameter for test in tests]), is_one_of(index.c[column], values)
    return and_(*asked) if first[1] is None else and_(*asked, is_one_of(index.c[kind], [first[1]]))


def is_one_of(column: Column, values: Sequence[str | int]) -> Condition:
    """No row has a text that could not be stored."""
    found = [value for value in dict.fromkeys(values) if is_storable({"": value})]
    return column == found[0] if len(found) == 1 else column.in_(found)


def _listed(test: Test) -> tuple[str, str | None] | None:
    """What many tests can differ in, and what they must have in common."""
    if isinstance(test, TokenTest) and test.code is not None:
        return test.code, test.system
    return (test.id, test.type) if isinstance(test, ReferenceTest) else None


def holds(test: Test, index: FromClause) -> Condition:
    """The test, its parameter included, holds for the row."""
    if not _storable(test):
        return false()
    return and_(index.c.parameter == test.parameter, _VALUE[type(test)](test, index))


def _storable(test: Test) -> bool:
    """No row has a text that could not be stored, and an engine would only complain of it."""
    return is_storable({name: getattr(test, name, None) for name in ("system", "code", "text", "type", "id", "uri")})


def _token(test: TokenTest, index: FromClause) -> Condition:
    parts = [
        index.c[name] == value for name, value in (("code", test.code), ("system", test.system)) if value is not None
    ]
    return and_(true(), *parts)


def _string(test: StringTest, index: FromClause) -> Condition:
    if test.how is Text.EXACT:
        short = len(test.text) <= _SHORT
        folded_is = (
            index.c.folded == folded(test.text) if short else begins_with(index.c.folded, folded(test.text[:_SHORT]))
        )
        return and_(folded_is, index.c.exact == test.text)
    if test.how is Text.STARTS_WITH:
        return begins_with(index.c.folded, test.text)
    return place_in(index.c.folded, literal(test.text)) > 0


def _reference(test: ReferenceTest, index: FromClause) -> Condition:
    this = index.c.id == test.id
    return this if test.type is None else and_(this, index.c.type == test.type)


def _uri(test: UriTest, index: FromClause) -> Condition:
    if test.how is Address.EXACT:
        return index.c.uri == test.uri
    if test.how is Address.BELOW:
        return begins_with(index.c.uri, test.uri)
    return index.c.uri.in_([test.uri[:end] for end in range(1, len(test.uri) + 1)])


def _date(test: DateTest, index: FromClause) -> Condition:
    return compared(test.comparator, index.c.low, index.c.high, test.low, test.high)


def _quantity(test: QuantityTest, index: FromClause) -> Condition:
    units = [
        index.c[name] == value for name, value in (("system", test.system), ("code", test.code)) if value is not None
    ]
    return and_(compared(test.comparator, index.c.low, index.c.high, test.low, test.high), *units)


_VALUE: dict[type, Callable[[Any, FromClause], Condition]] = {
    TokenTest: _token,
    StringTest: _string,
    ReferenceTest: _reference,
    UriTest: _uri,
    DateTest: _date,
    QuantityTest: _quantity,
}


def compared(comparator: Comparator, r_low: Column, r_high: Column, low: float, high: float) -> Condition:
    """A range on record against the range asked for. All but `ne` bound a column that an index begins with."""
    within = and_(r_low >= low, r_low <= high, r_high <= high)
    match comparator:
        case Comparator.EQ:
            return within
        case Comparator.NE:
            return not_(and_(r_low >= low, r_high <= high))
        case Comparator.GT:
            return r_high > high
        case Comparator.LT:
            return r_low < low
        case Comparator.GE:
            return and_(r_high >= low, or_(r_high > high, r_low >= low))
        case Comparator.LE:
            return and_(r_low <= high, or_(r_low < low, r_high <= high))
        case Comparator.SA:
            return r_low >= high
        case Comparator.EB:
            return r_high <= low
        case Comparator.AP:
            return and_(r_low < high, r_high > low)


def begins_with(column: Column, text: str) -> Condition:
    """As a range: LIKE uses an index on neither engine as it comes."""
    end = _after_all_that_begin_with(text)
    return and_(column >= text, column < end) if end is not None else and_(true(), column >= text)


class place_in(FunctionElement[int]):  # noqa: N801 - a function of the database, named like one
    """Where a text begins within another, 0 where it does not: LIKE would give a meaning to some of its characters."""

    type = Integer()
    inherit_cache = True


@compiles(place_in, "sqlite")
def _instr(element: place_in, compiler: SQLCompiler, **how: Any) -> str:
    return f"instr({compiler.process(element.clauses, **how)})"


@compiles(place_in, "postgresql")
def _strpos(element: place_in, compiler: SQLCompiler, **how: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **how)})"


def _after_all_that_begin_with(text: str) -> str | None:
    """The least text that is greater than all that begin so; None where there is none."""
    kept = text.rstrip("\U0010ffff")
    if not kept:
        return None
    last = ord(kept[-1]) + 1
    return kept[:-1] + chr(0xE000 if 0xD800 <= last <= 0xDFFF else last)


def tables_of(tests: Iterable[Test]) -> dict[Table, list[Test]]:
    """The tests of each table: one value, however, is of one."""
    found: defaultdict[Table, list[Test]] = defaultdict(list)
    for test in tests:
        found[table_of(test)].append(test)
    return found
