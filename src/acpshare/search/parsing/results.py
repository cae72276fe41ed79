"""The parameters that say how to answer: order, size, total, and what to bring along.

https://hl7.org/fhir/R4/search.html#return
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from acpshare.search.parameters import Kind, SearchParameter, parameters_of, types
from acpshare.search.parsing.problems import Problems, shown
from acpshare.search.query import Include, Sort, Total
from acpshare.search.values import DateValue

USUAL_COUNT = 50
LONGEST_VALUE = 10_000
MOST_SORTS = 8
MOST_INCLUDES = 64
GENERAL = frozenset({"_format", "_pretty"})
"""Of every request, not of a search: whoever writes the answer sees to them."""
SUMMARIES = ("true", "text", "data", "count", "false")
_ELEMENT = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)*")
_INCLUDES = {
    "_include": (False, False),
    "_include:iterate": (False, True),
    "_revinclude": (True, False),
    "_revinclude:iterate": (True, True),
}
"""Reverse or not, iterated or not."""


@dataclass(slots=True)
class Results:
    """What was asked for of the answer to a search of `type`, at most `most` matches on a page."""

    type: str
    most: int
    problems: Problems
    sort: tuple[Sort, ...] = ()
    count: int = USUAL_COUNT
    total: Total = Total.NONE
    includes: list[Include] = field(default_factory=list)
    summary: str | None = None
    elements: tuple[str, ...] = ()
    pairs: list[tuple[str, str]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def understands(self, name: str) -> bool:
        return name in _READ or name in _INCLUDES

    def read(self, name: str, value: str) -> None:
        if len(value) > LONGEST_VALUE:
            self.problems.too_much(name, f"{name} has a value of more than {LONGEST_VALUE} characters")
            return
        if name in _INCLUDES:
            self._include(name, value)
            return
        if name in self.seen:
            self.problems.value(name, f"{name} stands more than once")
            return
        self.seen.add(name)
        if not value:
            self.problems.missing(name)
        elif (used := _READ[name](self, value)) is not None:
            self.pairs.append((name, used))

    def wants_only_the_total(self) -> bool:
        return self.count == 0 or self.summary == "count"

    def _include(self, name: str, value: str) -> None:
        reverse, iterate = _INCLUDES[name]
        made = list(_includes(self.type, value, reverse=reverse, iterate=iterate))
        if not made:
            source = "a type" if reverse or iterate else self.type
            what = f"{name}: {source}:parameter or {source}:parameter:type is expected, with a reference parameter"
            self.problems.unsupported(name, f"{what} that can lead there")
            return
        self.pairs.append((name, value))
        self.includes += [include for include in made if include not in self.includes]
        if len(self.pairs) > MOST_INCLUDES:
            self.problems.too_much(name, f"there are more than {MOST_INCLUDES} parameters of this kind")


def _count(results: Results, value: str) -> str | None:
    if not (value.isascii() and value.isdigit()):
        results.problems.value("_count", "_count: a whole number from 0 on is expected")
        return None
    # As many digits as anybody likes: what is above the most is the most.
    results.count = min(int(value[:18]) if len(value) <= 18 else results.most, results.most)
    return str(results.count)


def _total(results: Results, value: str) -> str | None:
    if value not in tuple(Total):
        results.problems.value("_total", f"_total: one of {', '.join(Total)} is expected")
        return None
    results.total = Total(value)
    return value


def _summary(results: Results, value: str) -> str | None:
    if value not in SUMMARIES:
        results.problems.value("_summary", f"_summary: one of {', '.join(SUMMARIES)} is expected")
        return None
    results.summary = value
    return value


def _elements(results: Results, value: str) -> str | None:
    names = tuple(dict.fromkeys(value.split(",")))
    if not all(_ELEMENT.fullmatch(name) for name in names):
        results.problems.value("_elements", "_elements: names of elements with commas between them are expected")
        return None
    results.elements = names
    return ",".join(names)


def _contained(results: Results, value: str) -> str | None:
    if value != "false":
        results.problems.unsupported("_contained", "_contained: only false is supported")
        return None
    return value


def _sort(results: Results, value: str) -> str | None:
    items = value.split(",")
    if len(items) > MOST_SORTS:
        results.problems.too_much("_sort", f"_sort has more than {MOST_SORTS} parameters")
        return None
    made = [(item, sort) for item in items if (sort := _one_sort(results, item)) is not None]
    results.sort = tuple(sort for _, sort in made)
    return ",".join(item for item, _ in made) or None


def _one_sort(results: Results, item: str) -> Sort | None:
    code = item.removeprefix("-")
    descending = code != item
    if code == "_lastUpdated":
        return Sort(None, DateValue, descending)
    if code == "_id":
        return Sort(None, None, descending)
    parameter = parameters_of(results.type).get(code)
    if parameter is None:
        what = f"_sort: {shown(code)} is not a search parameter of {results.type}"
        results.problems.unknown(code, what, parameters_of(results.type), widens=False)
        return None
    if parameter.kind is Kind.COMPOSITE:
        results.problems.unsupported("_sort", f"_sort: {code} is a composite, which has no order")
        return None
    return Sort(parameter.key, parameter.value, descending)


_READ: dict[str, Callable[[Results, str], str | None]] = {
    "_count": _count,
    "_total": _total,
    "_summary": _summary,
    "_elements": _elements,
    "_contained": _contained,
    "_sort": _sort,
}


def _includes(type: str, value: str, *, reverse: bool, iterate: bool) -> Iterable[Include]:
    source, _, rest = value.partition(":")
    code, _, target = rest.partition(":")
    if value == "*":
        sources: tuple[str, ...] = types() if reverse else (type,)
        code, target = "*", type if reverse else ""
    else:
        sources = (source,) if source in types() and (reverse or iterate or source == type) else ()
    for each in sources:
        for parameter in _references(each, code):
            leads_there = not target or target in parameter.targets
            if leads_there and (not reverse or iterate or type in parameter.targets):
                yield Include(each, parameter.key, target or None, reverse, iterate)


def _references(type: str, code: str) -> Iterable[SearchParameter]:
    for parameter in parameters_of(type).values():
        if parameter.kind is Kind.REFERENCE and code in ("*", parameter.code):
            yield parameter
