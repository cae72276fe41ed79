"""ConceptMap/$translate: what an option of a form means in the plan, and what an element of the plan is on a form.

https://hl7.org/fhir/R4/conceptmap-operation-translate.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.interactions.components import Components
from acpshare.interactions.operations.answers import answer, matches, value
from acpshare.interactions.operations.coded import URI, concepts, named
from acpshare.interactions.operations.terminology import Concept, Match, Terminology, translations
from acpshare.interactions.parameters import Parameters

NAMES = frozenset(
    {"url", "conceptMapVersion", "code", "system", "version", "source", "coding", "codeableConcept",
     "target", "targetsystem", "reverse"}
)  # fmt: skip


def translate(components: Components, given: Parameters, id: str | None = None) -> JsonObject:
    """Parameters with `result`, `match` and `message`. Without a map named, all that are published are asked."""
    terminology = components.terminology
    asked = concepts(given)
    maps: Sequence[dict[str, Any]] = (
        [named(components, "ConceptMap", id, given)] if id is not None or "url" in given else terminology.maps()
    )
    reverse = bool(given.boolean("reverse"))
    found = [
        match
        for each in maps
        for concept in asked
        if _is_in(terminology, given.text("source", *URI), concept)
        for match in translations(each, concept, reverse=reverse)
        if _is_wanted(terminology, given, match)
    ]
    result = any(match.is_translation for match in found)
    return answer(value("result", "Boolean", result), value("message", "String", _message(found)), matches(found))


def _is_in(terminology: Terminology, value_set: str | None, concept: Concept) -> bool:
    """Whether the concept is of the value set; one that is not published here says nothing about it."""
    codes = terminology.codes_in(value_set) if value_set is not None else None
    return codes is None or (concept.system, concept.code) in codes


def _is_wanted(terminology: Terminology, given: Parameters, match: Match) -> bool:
    """Whether a match is in the system, or the value set, that was asked for."""
    system, target = given.text("targetsystem", *URI), given.text("target", *URI)
    if match.concept is None:
        return True
    if system is not None and match.concept.system != system.partition("|")[0]:
        return False
    if target is None or target.partition("|")[0] == match.concept.system:
        return True
    return (match.concept.system, match.concept.code) in (terminology.codes_in(target) or ())


def _message(found: Sequence[Match]) -> str | None:
    """Why there is nothing, in the maps' own words."""
    if not found:
        return "no map that is published here says anything about this code"
    return "; ".join(dict.fromkeys(each.comment for each in found if each.comment)) or None
