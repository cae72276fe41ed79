"""Terminology operations: rows of the registry. https://hl7.org/fhir/R4/terminology-service.html"""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.interactions.registry.model import BASE, R4, Interaction, Kind, Parameter
from acpshare.interactions.registry.parameters import SHOWN

_RESPECT = "https://acpshare.example/fhir/CodeSystem/respect-v3"
_CODE = (
    Parameter("code", "the code that is asked about", "do-not-attempt", required=True),
    Parameter("system", "its code system", _RESPECT),
)
_DISPLAY = Parameter("display", "words that are to be held against the code's", "Do not attempt")
_MAP = Parameter("url", "the map's canonical address; without it all are asked")
_TRANSLATE = (
    *_CODE,
    Parameter("source", "the value set from which the code is"),
    Parameter("target", "the value set, or the code system, to translate into"),
    Parameter("targetsystem", "the code system to translate into"),
    Parameter("reverse", "`true`: from the map's target to its source", "false"),
)
_VALUE_SET = Parameter("url", "the value set's canonical address", "https://acpshare.example/fhir/ValueSet/treatment")
_EXPAND = (
    Parameter("filter", "words, each of which is in the code or its display", "ventilation"),
    Parameter("offset", "how many codes to pass over", "0"),
    Parameter("count", "how many codes to give, at the most", "20"),
    Parameter("includeDesignations", "`true`: designations too; there are none but the display", "false"),
    Parameter("includeDefinition", "`true`: how the value set is composed, too", "false"),
    Parameter("activeOnly", "every code here is active", "true"),
)
_CODE_SYSTEM = Parameter("url", "the code system's canonical address", _RESPECT)
_BOTH = ("GET", "POST")


def terminology_operations() -> Iterator[Interaction]:
    yield from _levels("ConceptMap", "translate", "concept-map-translate", (_MAP,), _TRANSLATE,
                       "What a code of a form means in the plan, and the other way")  # fmt: skip
    yield from _levels("ValueSet", "expand", "value-set-expand", (_VALUE_SET,), _EXPAND,
                       "The codes of a published value set", answer="ValueSet")  # fmt: skip
    yield from _levels("ValueSet", "validate-code", "validate-code", (_VALUE_SET,), (*_CODE, _DISPLAY),
                       "Whether a code is in a published value set")  # fmt: skip
    yield from _levels("CodeSystem", "validate-code", "validate-code", (_CODE_SYSTEM,), (_CODE[0], _DISPLAY),
                       "Whether a code is in a published code system")  # fmt: skip
    yield from _row("CodeSystem", "lookup", "lookup", "", _CODE, "The display of a code", "Parameters")


def _levels(
    type: str,
    code: str,
    page: str,
    of_type: tuple[Parameter, ...],
    parameters: tuple[Parameter, ...],
    summary: str,
    *,
    answer: str = "Parameters",
) -> Iterator[Interaction]:
    """Of the type, by address; and of one definition, by its id."""
    yield from _row(type, code, page, "", (*of_type, *parameters), summary, answer)
    yield from _row(type, code, page, "/{id}", parameters, f"{summary}, by its id", answer)


def _row(
    type: str, code: str, page: str, of_one: str, parameters: tuple[Parameter, ...], summary: str, answer: str
) -> Iterator[Interaction]:
    spec = f"{R4}/{type.lower()}-operation-{code}.html"
    level = "instance" if of_one else "type"
    for method in _BOTH:
        yield Interaction(
            f"{code}-{type}-{level}-{method.lower()}", code, Kind.OPERATION, method,
            f"{BASE}/{type}{of_one}/${code}", f"system/{type}.r", page, spec, summary,
            (200, 400, 404, 422) if method == "GET" else (200, 400, 404, 413, 422), type,
            (*parameters, *SHOWN) if method == "GET" else SHOWN,
            body=None if method == "GET" else "Parameters", answer=answer,
        )  # fmt: skip
