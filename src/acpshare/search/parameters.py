"""The search parameters of each type, as HL7 defined them. https://hl7.org/fhir/R4/searchparameter-registry.html"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib import resources
from types import MappingProxyType
from typing import Any, TypeAlias

from acpshare.search.paths import Path, Step
from acpshare.search.values import (
    DateValue,
    IndexValue,
    QuantityValue,
    ReferenceValue,
    StringValue,
    TokenValue,
    UriValue,
    parameter_key,
)

EDITION = 1
"""Raise it whenever the same resource and parameters give other index values: what is stored is then indexed anew."""


class Kind(StrEnum):
    """https://hl7.org/fhir/R4/valueset-search-param-type.html"""

    TOKEN = "token"  # noqa: S105 - a kind of parameter, no secret
    STRING = "string"
    DATE = "date"
    REFERENCE = "reference"
    QUANTITY = "quantity"
    NUMBER = "number"
    URI = "uri"
    COMPOSITE = "composite"


ValueType: TypeAlias = type[IndexValue]

VALUE_OF: dict[Kind, ValueType] = {
    Kind.TOKEN: TokenValue,
    Kind.STRING: StringValue,
    Kind.DATE: DateValue,
    Kind.REFERENCE: ReferenceValue,
    Kind.QUANTITY: QuantityValue,
    Kind.NUMBER: QuantityValue,
    Kind.URI: UriValue,
}
"""What a parameter of a kind is kept as. A composite is kept as its second part is."""

_TOKEN_MODIFIERS = {
    "CodeableConcept": ("text", "in", "not-in"),
    "Coding": ("text", "in", "not-in"),
    "code": ("in", "not-in"),
    "Identifier": ("text", "of-type"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a composite."""

    kind: Kind
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """An element that holds the two parts of a composite together."""

    steps: tuple[Step, ...]
    parts: tuple[Part, Part]


@dataclass(frozen=True, slots=True)
class SearchParameter:
    """`expression` is HL7's own FHIRPath; `paths` what it was compiled to. `contexts` are those of a composite."""

    type: str
    code: str
    kind: Kind
    url: str
    description: str
    expression: str
    targets: tuple[str, ...]
    paths: tuple[Path, ...]
    contexts: tuple[Context, ...]
    key: int

    @property
    def datatypes(self) -> frozenset[str]:
        return frozenset(path.datatype for path in self.paths)

    @property
    def value(self) -> ValueType:
        """The kind of index value under `key`."""
        return VALUE_OF[self.contexts[0].parts[1].kind if self.contexts else self.kind]

    @property
    def implied_systems(self) -> frozenset[str]:
        """The code systems of a parameter that searches plain codes only: they may be named in a search."""
        if self.kind is not Kind.TOKEN or self.datatypes - {"code"}:
            return frozenset()
        return frozenset(path.system for path in self.paths if path.system)

    @property
    def modifiers(self) -> tuple[str, ...]:
        """The modifiers that may follow its name; for a reference also `[type]`: one of the targets."""
        if self.code in ("_id", "_lastUpdated") or self.kind is Kind.COMPOSITE:
            return ()
        found = ["missing"]
        if self.kind is Kind.STRING:
            found += ["exact", "contains"]
        elif self.kind is Kind.URI:
            found += ["above", "below"]
        elif self.kind is Kind.REFERENCE:
            found += ["identifier"] if "Reference" in self.datatypes else []
        elif self.kind is Kind.TOKEN:
            found.append("not")
            found += [each for datatype in sorted(self.datatypes) for each in _TOKEN_MODIFIERS.get(datatype, ())]
        return tuple(dict.fromkeys(found))


def types() -> tuple[str, ...]:
    """The resource types that can be searched."""
    return tuple(_header()["types"])


def left_out() -> Mapping[str, str]:
    """The official parameters that are not here, `Type.code`, and why."""
    return MappingProxyType(_header()["leftOut"])


def unsearched_datatypes() -> Mapping[str, tuple[str, ...]]:
    """For `Type.code`: datatypes that its expression leads to, too, and that its kind is not searched in."""
    return MappingProxyType({name: tuple(found) for name, found in _header()["ignoredDatatypes"].items()})


@cache
def parameters_of(type: str) -> Mapping[str, SearchParameter]:
    """By code. Raises KeyError for a type that cannot be searched."""
    return MappingProxyType({row["code"]: _parameter(row) for row in map(json.loads, _lines()[type])})


@cache
def fingerprint(type: str) -> int:
    """63 bits that change whenever the index values of a resource of the type could."""
    text = "\n".join((str(EDITION), *_lines()[type]))
    return int.from_bytes(sha256(text.encode()).digest()[:8]) >> 1


@cache
def _text() -> str:
    return (resources.files("acpshare.search") / "data" / "r4-search-parameters.jsonl").read_text("utf-8")


@cache
def _header() -> dict[str, Any]:
    header: dict[str, Any] = json.loads(_text().partition("\n")[0])
    return header


@cache
def _lines() -> dict[str, tuple[str, ...]]:
    """Which lines are a type's: each begins `{"type":"NAME"`."""
    found: dict[str, list[str]] = {type: [] for type in types()}
    for line in _text().splitlines()[1:]:
        found[line.split('"', maxsplit=4)[3]].append(line)
    return {type: tuple(lines) for type, lines in found.items()}


def _parameter(row: dict[str, Any]) -> SearchParameter:
    return SearchParameter(
        type=row["type"],
        code=row["code"],
        kind=Kind(row["kind"]),
        url=row["url"],
        description=row["description"],
        expression=row["expression"],
        targets=tuple(row.get("targets", ())),
        paths=_paths(row),
        contexts=tuple(_context(each) for each in row.get("contexts", ())),
        key=parameter_key(row["type"], row["code"]),
    )


def _paths(row: dict[str, Any]) -> tuple[Path, ...]:
    return tuple(
        Path(_steps(path), path["datatype"], path.get("target", ""), path.get("system", ""))
        for path in row.get("paths", ())
    )


def _steps(row: dict[str, Any]) -> tuple[Step, ...]:
    return tuple(Step(step) if isinstance(step, str) else Step(*step) for step in row["steps"])


def _context(row: dict[str, Any]) -> Context:
    first, second = (Part(Kind(part["kind"]), _paths(part)) for part in row["parts"])
    return Context(_steps(row), (first, second))
