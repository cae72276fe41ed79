"""What the published code systems, value sets and concept maps say: read once, answered from memory.

https://hl7.org/fhir/R4/terminology-service.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

INVERSE = {"wider": "narrower", "narrower": "wider", "subsumes": "specializes", "specializes": "subsumes"}
"""How a relation reads from the other end: https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html"""
NO_MATCH = frozenset({"unmatched", "disjoint"})


@dataclass(frozen=True, slots=True)
class Concept:
    system: str
    code: str
    display: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What a concept map says of a concept. Without a concept: that there is none, and why."""

    equivalence: str
    concept: Concept | None
    comment: str | None
    source: str
    """The map's canonical address."""

    @property
    def is_translation(self) -> bool:
        return self.concept is not None and self.equivalence not in NO_MATCH


class Terminology:
    """`definitions` are JSON texts by type and id; only what an operation needs of them is read, when it is needed."""

    def __init__(self, definitions: Mapping[tuple[str, str], bytes]) -> None:
        self._definitions = definitions

    def by_id(self, type: str, id: str) -> dict[str, Any] | None:
        return next((each for each in self._of(type).values() if each["id"] == id), None)

    def by_url(self, type: str, url: str) -> dict[str, Any] | None:
        """By canonical address; one with `|version` is found when that is the version that is published."""
        address, _, version = url.partition("|")
        found = self._of(type).get(address)
        return None if found is None or (version and version != found.get("version")) else found

    def concepts(self, value_set: Mapping[str, Any]) -> Sequence[Concept]:
        """What a value set holds, in its order."""
        found: dict[tuple[str, str], Concept] = {}
        for include in value_set["compose"]["include"]:
            for concept in self._included(include):
                found.setdefault((concept.system, concept.code), concept)
        return tuple(found.values())

    def codes_in(self, url: str) -> Iterable[tuple[str, str]] | None:
        """Systems and codes of a value set, for the search modifier `:in`; None when it is not published here."""
        value_set = self.by_url("ValueSet", url)
        return None if value_set is None else [(each.system, each.code) for each in self.concepts(value_set)]

    def concept(self, system: str, code: str) -> Concept | None:
        """A concept of a code system that is published here."""
        code_system = self._code_systems.get(system.partition("|")[0], {})
        return code_system.get(code)

    def knows(self, system: str) -> bool:
        return self.by_url("CodeSystem", system) is not None

    def maps(self) -> Sequence[dict[str, Any]]:
        return tuple(self._of("ConceptMap").values())

    def _included(self, include: Mapping[str, Any]) -> Iterable[Concept]:
        system = str(include["system"])
        if "concept" in include:
            return (Concept(system, str(each["code"]), each.get("display")) for each in include["concept"])
        return self._code_systems.get(system, {}).values()

    def _of(self, type: str) -> Mapping[str, dict[str, Any]]:
        return self._read.get(type, {})

    @cached_property
    def _read(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The definitions that terminology is made of, by type and canonical address."""
        found: dict[str, dict[str, dict[str, Any]]] = {"CodeSystem": {}, "ValueSet": {}, "ConceptMap": {}}
        for (type, _), text in self._definitions.items():
            if type in found:
                definition = json.loads(text)
                found[type][definition["url"]] = definition
        return found

    @cached_property
    def _code_systems(self) -> dict[str, dict[str, Concept]]:
        return {
            url: {each["code"]: Concept(url, each["code"], each.get("display")) for each in found.get("concept", ())}
            for url, found in self._of("CodeSystem").items()
        }


def translations(concept_map: Mapping[str, Any], wanted: Concept, *, reverse: bool) -> list[Match]:
    """What a map says of a concept, read from source to target, or the other way."""
    found: list[Match] = []
    for group in concept_map.get("group", ()):
        if group.get("target" if reverse else "source") == wanted.system:
            found += (
                _backward(group, wanted, concept_map["url"]) if reverse else _forward(group, wanted, concept_map["url"])
            )
    return found


def _forward(group: Mapping[str, Any], wanted: Concept, url: str) -> Iterable[Match]:
    for element in group["element"]:
        if element.get("code") == wanted.code:
            for target in element.get("target", ()):
                code = target.get("code")
                concept = Concept(group["target"], code, target.get("display")) if code is not None else None
                yield Match(target["equivalence"], concept, target.get("comment"), url)


def _backward(group: Mapping[str, Any], wanted: Concept, url: str) -> Iterable[Match]:
    for element in group["element"]:
        for target in element.get("target", ()):
            if target.get("code") == wanted.code:
                concept = Concept(group["source"], element["code"], element.get("display"))
                equivalence = INVERSE.get(target["equivalence"], target["equivalence"])
                yield Match(equivalence, concept, target.get("comment"), url)
