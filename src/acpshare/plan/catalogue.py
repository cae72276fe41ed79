"""Every plan element by its path: the one list that mappings, FHIR, documentation and tests are held against."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum, StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from acpshare.plan.answers import Residue
from acpshare.plan.elements import ElementDoc
from acpshare.plan.plan import Plan
from acpshare.plan.record import Signature
from acpshare.plan.values import FhirDate, FhirTime, Scale

T = TypeVar("T")


class Kind(StrEnum):
    """The shape of an element's value in the plan."""

    TEXT = "text"
    DATE = "date"
    TIME = "time"
    CODE = "code"
    CODES = "codes"
    """A set of codes, as a tuple in the order of the enumeration."""
    SCALE = "scale"
    STATEMENT = "statement"
    """A `kind` with the fields that belong to it (CPR decision, treatment decision, review, reason)."""
    LIST = "list"
    """Any number of entries with columns."""
    SIGNATURES = "signatures"
    RESIDUE = "residue"


@dataclass(frozen=True, slots=True)
class Element:
    """One element. `type` is the value's class; `columns` are the parts of a list's entries, by name."""

    path: str
    kind: Kind
    type: type
    doc: ElementDoc
    columns: Mapping[str, Element]

    @property
    def label(self) -> str:
        return self.doc.label

    @property
    def values(self) -> tuple[str, ...]:
        """The codes that this element may hold (a statement's kinds), or none."""
        if self.kind in (Kind.CODE, Kind.CODES):
            return tuple(member.value for member in typing.cast("type[Enum]", self.type))
        if self.kind is Kind.STATEMENT:
            return tuple(member.value for member in typing.cast("type[Enum]", _hints(self.type)["kind"]))
        return ()


@cache
def _hints(of: type) -> Mapping[str, Any]:
    return {name: _present(hint) for name, hint in typing.get_type_hints(of).items()}


def _present(hint: Any) -> Any:
    """The hint without `| None`."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next(part for part in typing.get_args(hint) if part is not type(None))
    return hint


def _kind_of(hint: Any) -> tuple[Kind, type]:
    if typing.get_origin(hint) is tuple:
        entry = typing.get_args(hint)[0]
        if entry is Signature:
            return Kind.SIGNATURES, entry
        if entry is Residue:
            return Kind.RESIDUE, entry
        return (Kind.LIST if is_dataclass(entry) else Kind.CODES), entry
    if hint is FhirDate:
        return Kind.DATE, str
    if hint is FhirTime:
        return Kind.TIME, str
    if hint is str:
        return Kind.TEXT, str
    if hint is Scale:
        return Kind.SCALE, Scale
    if is_dataclass(hint):
        return Kind.STATEMENT, typing.cast("type", hint)
    return Kind.CODE, hint


def _elements(of: type, prefix: str, within: str = "") -> Iterator[Element]:
    for each in fields(of):
        hint, path = _hints(of)[each.name], prefix + each.name
        doc = each.metadata.get("doc")
        if doc is None:
            if is_dataclass(hint):
                yield from _elements(typing.cast("type", hint), path + ".", each.metadata.get("label") or within)
            continue
        if within:
            doc = replace(doc, label=f"{within}: {doc.label[0].lower()}{doc.label[1:]}")
        kind, value_type = _kind_of(hint)
        columns = _columns(value_type) if kind in (Kind.LIST, Kind.SIGNATURES) else {}
        yield Element(path, kind, value_type, doc, columns)


def _columns(entry: type) -> Mapping[str, Element]:
    return {column.path: column for column in _elements(entry, "")}


CATALOGUE: Mapping[str, Element] = {each.path: each for each in _elements(Plan, "")}
"""All elements of the plan by path (`cpr.decision`, `treatments.iv_fluids`, `contacts.emergency`), in order."""

_GETTERS = {path: attrgetter(path) for path in CATALOGUE}
_SECTIONS = {path.rpartition(".")[0] for path in CATALOGUE} - {""}
_STEPS = {path: tuple(path.split(".")) for path in (*CATALOGUE, *_SECTIONS)}
_NOTHING: tuple[Any, ...] = (None, ())


def get(plan: Plan, path: str) -> Any:
    """The value at `path`: None or an empty tuple where nobody stated it."""
    return _GETTERS[path](plan)


def is_stated(value: Any) -> bool:
    """Whether a value says anything."""
    return value is not None and value != ()


def stated(plan: Plan) -> Iterator[tuple[Element, Any]]:
    """Every element that says something, in the catalogue's order, with its value."""
    for path, getter in _GETTERS.items():
        value = getter(plan)
        if value is not None and value != ():
            yield CATALOGUE[path], value


def put(plan: Plan, changes: Mapping[str, Any]) -> Plan:
    """The plan with the values at the given paths replaced; every path is one of the catalogue, or a section of it."""
    return _put(plan, {_STEPS[path]: value for path, value in changes.items()})


def _put(on: T, changes: Mapping[tuple[str, ...], Any]) -> T:
    here: dict[str, Any] = {}
    below: dict[str, dict[tuple[str, ...], Any]] = {}
    for steps, value in changes.items():
        if len(steps) == 1:
            here[steps[0]] = value
        else:
            below.setdefault(steps[0], {})[steps[1:]] = value
    for name, inner in below.items():
        here[name] = _put(getattr(on, name), inner)
    return replace(on, **here) if here else on  # type: ignore[type-var]


def changed(before: Plan, after: Plan) -> frozenset[str]:
    """The paths whose values differ between two plans."""
    return frozenset(path for path, getter in _GETTERS.items() if getter(before) != getter(after))
