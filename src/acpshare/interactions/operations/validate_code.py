"""ValueSet/$validate-code, CodeSystem/$validate-code and CodeSystem/$lookup: is this a code, and what are its words?

https://hl7.org/fhir/R4/valueset-operation-validate-code.html,
https://hl7.org/fhir/R4/codesystem-operation-validate-code.html, https://hl7.org/fhir/R4/codesystem-operation-lookup.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from acpshare.fhir.json_text import JsonObject
from acpshare.interactions.components import Components
from acpshare.interactions.operations.answers import answer, value
from acpshare.interactions.operations.coded import TEXT, concepts, named
from acpshare.interactions.operations.terminology import Concept
from acpshare.interactions.parameters import Parameters
from acpshare.outcome import IssueType, NotFound, error

_CONCEPT = frozenset({"code", "system", "display", "coding", "codeableConcept", "displayLanguage", "abstract", "date"})
VALUE_SET_NAMES = _CONCEPT | {"url", "valueSetVersion", "systemVersion"}
CODE_SYSTEM_NAMES = _CONCEPT | {"url", "version"}
LOOKUP_NAMES = frozenset({"code", "system", "version", "coding", "date", "displayLanguage", "property"})


def validate_in_value_set(components: Components, given: Parameters, id: str | None = None) -> JsonObject:
    """Parameters with `result`, and `display` or `message`."""
    definition = named(components, "ValueSet", id, given)
    held = {(each.system, each.code): each for each in components.terminology.concepts(definition)}
    systems = {system for system, _ in held}
    implied = next(iter(systems)) if len(systems) == 1 else None
    return _judged(concepts(given, system=implied), lambda each: held.get((each.system, each.code)), "value set", given)


def validate_in_code_system(components: Components, given: Parameters, id: str | None = None) -> JsonObject:
    """The same of a code system."""
    name = "url" if id is not None or "url" in given else "system"
    url = str(named(components, "CodeSystem", id, given, name=name)["url"])
    terminology = components.terminology

    def held(each: Concept) -> Concept | None:
        return terminology.concept(url, each.code) if each.system == url else None

    return _judged(concepts(given, system=url), held, "code system", given)


def _judged(
    asked: Sequence[Concept], held: Callable[[Concept], Concept | None], where: str, given: Parameters
) -> JsonObject:
    """Right when one of the codings is; a display that is not the published one makes it wrong."""
    known = next(((each, found) for each in asked if (found := held(each)) is not None), None)
    if known is None:
        what = f"this code is not in the {where}"
        return answer(value("result", "Boolean", False), value("message", "String", what))
    said = given.text("display", *TEXT) or known[0].display
    right = said is None or known[1].display is None or said.casefold() == known[1].display.casefold()
    message = None if right else "the code is known, and has another display"
    return answer(
        value("result", "Boolean", right),
        value("message", "String", message),
        value("display", "String", known[1].display),
    )


def lookup(components: Components, given: Parameters) -> JsonObject:
    """Parameters with `name`, `version` and `display`. Raises NotFound for a code or a system that is not here."""
    (asked, *_) = concepts(given)
    found = components.terminology.concept(asked.system, asked.code)
    if found is None:
        known = components.terminology.knows(asked.system)
        what = "the code system has no such code" if known else "no such code system is published here"
        raise NotFound(error(IssueType.NOT_FOUND, what, "code" if known else "system", spine="RESOURCE_NOT_FOUND"))
    definition = components.terminology.by_url("CodeSystem", asked.system) or {}
    return answer(
        value("name", "String", definition["title"]),
        value("version", "String", definition["version"]),
        value("display", "String", found.display or found.code),
    )
