"""A plan as flat facts, each with its path, and back: the one shape between the hub and all resources.

Paths are the catalogue's. A list's entry is `contacts.emergency[0]`, its columns `contacts.emergency[0].name`; what
belongs to a statement stands below it (`cpr.decision.condition`). Residue is whole answers, and travels by itself.
"""

from __future__ import annotations

import re
import typing
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import Enum
from functools import cache
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple

from acpshare.fhir.json_text import Number
from acpshare.outcome import Issue, IssueType, error
from acpshare.plan import CATALOGUE, Element, Kind, Plan, put, stated
from acpshare.plan.record import Signature, SignatureRole
from acpshare.plan.values import FhirDate, FhirTime, Scale, fhir_date

_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?", re.ASCII)
_ENTRY = re.compile(r"(.+)\[([0-9]{1,6})\]", re.ASCII)
_VALUE_TYPES = {
    Kind.TEXT: "valueString",
    Kind.DATE: "valueDate",
    Kind.TIME: "valueTime",
    Kind.CODE: "valueCode",
}
_SCALE_PARTS = ("value", "low", "high")


class Fact(NamedTuple):
    """Values as JSON holds them, and the `value[x]` that they are in an extension. An entry itself has no value."""

    type: str = ""
    values: tuple[Any, ...] = ()

    @property
    def value(self) -> Any:
        return self.values[0]


ENTRY = Fact()


@dataclass(slots=True)
class Facts:
    """What a plan states, from which each resource takes what it is the home of."""

    left: dict[str, Fact]
    order: list[str] = field(init=False)
    """All paths, sorted: what is below a path follows it at once."""

    def __post_init__(self) -> None:
        self.order = sorted(self.left)

    def take(self, path: str) -> Any:
        """The value at the path, taken out, or None."""
        fact = self.left.pop(path, None)
        return fact.values[0] if fact is not None and fact.values else None

    def take_below(self, prefix: str) -> list[tuple[str, Fact]]:
        """Everything at or below the path, taken out."""
        below = f"{prefix}."
        taken = []
        for path in islice(self.order, bisect_left(self.order, prefix), None):
            if path != prefix and not path.startswith(below):
                break
            if (fact := self.left.pop(path, None)) is not None:
                taken.append((path, fact))
        return taken

    def entries(self, path: str) -> Iterator[str]:
        """The paths of a list's entries, in order."""
        index = 0
        while (entry := f"{path}[{index}]") in self.left:
            yield entry
            index += 1

    def split(self, path: str) -> Facts:
        """The facts of a list's entries, taken out."""
        return Facts({each: self.left.pop(each) for each in [*self.left] if each.startswith(f"{path}[")})


def facts_of(plan: Plan) -> Facts:
    """Everything that the plan states but its residue."""
    left: dict[str, Fact] = {}
    for element, value in stated(plan):
        if element.kind is not Kind.RESIDUE:
            _flatten(element, element.path, value, left)
    return Facts(left)


def _flatten(element: Element, path: str, value: Any, into: dict[str, Fact]) -> None:
    kind = element.kind
    if (simple := _VALUE_TYPES.get(kind)) is not None:
        into[path] = Fact(simple, (value,) if kind is not Kind.CODE else (value.value,))
    elif kind is Kind.CODES:
        into[path] = Fact("valueCode", tuple(code.value for code in value))
    elif kind in (Kind.LIST, Kind.SIGNATURES):
        for index, entry in enumerate(value):
            _flatten_entry(element, f"{path}[{index}]", entry, into)
    elif kind is Kind.STATEMENT:
        into[path] = Fact("valueCode", (value.kind.value,))
        for name, type in _companions(element.type).items():
            if (part := getattr(value, name)) is not None:
                into[f"{path}.{name}"] = Fact(type, (part,))
    elif kind is Kind.SCALE:
        for name in _SCALE_PARTS:
            into[f"{path}.{name}"] = Fact("valueDecimal", (Number(str(getattr(value, name))),))


def _flatten_entry(element: Element, path: str, entry: Any, into: dict[str, Fact]) -> None:
    into[path] = ENTRY
    if element.kind is Kind.SIGNATURES:
        into[f"{path}.form"] = Fact("valueString", (entry.form,))
        into[f"{path}.role"] = Fact("valueCode", (entry.role.value,))
    for name, column in element.columns.items():
        if (value := _getter(name)(entry)) is not None and value != ():
            _flatten(column, f"{path}.{name}", value, into)


_getter = cache(attrgetter)


@cache
def _companions(statement: type) -> Mapping[str, str]:
    """The fields that belong to a statement's kind, with their `value[x]`."""
    hints = typing.get_type_hints(statement)
    return {
        each.name: "valueDate" if FhirDate in typing.get_args(hints[each.name]) else "valueString"
        for each in fields(statement)
        if each.name != "kind"
    }


Read = dict[str, tuple[Any, ...]]
"""What was read from resources: values by path; an empty tuple for an entry itself."""


def plan_of(read: Read) -> tuple[Plan, tuple[Issue, ...]]:
    """The plan that states what was read. What cannot be understood is left out: an error names the path."""
    builder = _Builder(read)
    changes = {
        path: value
        for path, element in CATALOGUE.items()
        if element.kind is not Kind.RESIDUE and (value := builder.value(element, path)) is not None
    }
    for path in read.keys() - builder.used:
        builder.wrong(path, "the plan has no such element")
    return put(Plan(), changes), tuple(builder.issues)


@dataclass(slots=True)
class _Builder:
    read: Read
    used: set[str] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)
    indices: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in self.read:
            if match := _ENTRY.fullmatch(path):
                self.indices.setdefault(match[1], []).append(int(match[2]))

    def wrong(self, path: str, why: str) -> None:
        # A path from outside could hold anything, so only its shape is repeated.
        shown = path if re.fullmatch(r"[a-z_.\[\]0-9]{1,120}", path) else "unreadable"
        self.issues.append(error(IssueType.VALUE, f"{why}: {shown}", f"CarePlan.extension('{shown}')"))

    def take(self, path: str) -> tuple[Any, ...]:
        if path not in self.read:
            return ()
        self.used.add(path)
        return self.read[path]

    def value(self, element: Element, path: str) -> Any:
        try:
            return self.typed(element, path)
        except (ValueError, TypeError, ArithmeticError):
            self.wrong(path, "this is not a value that the element can have")
            return None

    def typed(self, element: Element, path: str) -> Any:
        kind = element.kind
        if kind in (Kind.LIST, Kind.SIGNATURES):
            return self.entries(element, path)
        if kind is Kind.SCALE:
            return self.scale(path)
        values = self.take(path)
        if kind is Kind.STATEMENT:
            return self.statement(element.type, path, values)
        if kind is Kind.CODES:
            return tuple(element.type(value) for value in values) or None
        if not values:
            return None
        return element.type(_single(values)) if kind is Kind.CODE else _lexical(kind, _single(values))

    def entries(self, element: Element, path: str) -> tuple[Any, ...] | None:
        made = (self.entry(element, f"{path}[{index}]") for index in sorted(self.indices.get(path, ())))
        return tuple(entry for entry in made if entry is not None) or None

    def entry(self, element: Element, path: str) -> Any:
        self.take(path)
        values = {name: self.value(column, f"{path}.{name}") for name, column in element.columns.items()}
        if element.kind is Kind.LIST:
            return element.type(**{name: value for name, value in values.items() if value is not None})
        try:
            form = _lexical(Kind.TEXT, _single(self.take(f"{path}.form")))
            return Signature(form, SignatureRole(_single(self.take(f"{path}.role"))), **values)
        except (ValueError, TypeError):
            self.wrong(path, "a signature says on which form and in which place it stands")
            return None

    def statement(self, type: type, path: str, kind: tuple[Any, ...]) -> Any:
        parts = {}
        for name, value_type in _companions(type).items():
            if values := self.take(f"{path}.{name}"):
                parts[name] = _lexical(Kind.DATE if value_type == "valueDate" else Kind.TEXT, _single(values))
        if not kind:
            if parts:
                raise ValueError("what belongs to a decision is there, and the decision is not")
            return None
        return type(_kind_type(type)(_single(kind)), **parts)

    def scale(self, path: str) -> Scale | None:
        parts = [self.take(f"{path}.{name}") for name in _SCALE_PARTS]
        if not any(parts):
            return None
        numbers = [Decimal(str(_single(part))) for part in parts]
        if not all(number.is_finite() for number in numbers):
            raise ValueError("a mark on a scale is a number")
        return Scale(*numbers)


@cache
def _kind_type(statement: type) -> type[Enum]:
    return typing.cast("type[Enum]", typing.get_type_hints(statement)["kind"])


def _single(values: Iterable[Any]) -> Any:
    (value,) = values
    return value


def _lexical(kind: Kind, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("a text is expected")
    if kind is Kind.DATE:
        return fhir_date(value)
    if kind is Kind.TIME:
        if not _TIME.fullmatch(value):
            raise ValueError("a time is written HH:MM:SS")
        return FhirTime(value)
    return value
