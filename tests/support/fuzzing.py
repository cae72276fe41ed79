"""What Schemathesis is told of a running service, so that what it makes up reaches the inside. It loads this as hooks.

A quarter of its cases goes out as it is; into the others go ids that exist, criteria that can be understood, and
resources that are valid but for one element. Which, depends on the case alone: a seed repeats a run.
https://schemathesis.readthedocs.io/en/stable/guides/extending/
"""

from __future__ import annotations

import copy
import json
import os
import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import schemathesis

VARIABLE = "ACPSHARE_FUZZ_DATA"
"""Names the file with the resources that the service holds."""
NHS = "https://fhir.nhs.uk/Id/nhs-number"
_TYPE = re.compile(r"/fhir/R4/([A-Z][A-Za-z]+)")
VALUES = {
    "token": ("active", "final", f"{NHS}|9990000018", "http://snomed.info/sct|", "|x", "a\\,b,c", "true"),
    "string": ("Sample", "s", "%", "ward_7", "Ærøskøbing"),
    "date": ("2026", "ge2026-11-20", "lt2026-11-20T10:30:00Z", "ne0001-01-01", "ap9999", "sa2016-12-31T23:59:60Z"),
    "reference": ("Patient/example", "example", "https://example.org/fhir/Patient/1", "urn:uuid:x"),
    "quantity": ("72.5", "gt1e-9|http://unitsofmeasure.org|kg", "ap72.50||kg", "ne0"),
    "uri": ("https://acpshare.example/fhir/Questionnaire/respect-v3", "urn:x"),
    "composite": ("x$2026", "http://snomed.info/sct|736366004$active"),
}
MODIFIERS = ("", "", "", ":missing", ":not", ":exact", ":contains", ":text", ":identifier", ":above", ".identifier")
RESULTS: dict[str, tuple[str, ...]] = {
    "_sort": ("_lastUpdated", "-_id", "-_lastUpdated,_id"),
    "_include": ("*", "CarePlan:subject", "Observation:patient"),
    "_revinclude": ("Provenance:target", "*"),
    "_count": ("1", "0", "1000000000"),
    "_total": ("accurate", "none", "estimate"),
    "_summary": ("true", "count", "text"),
    "_elements": ("status", "name,identifier"),
    "_since": ("2026-11-22T00:00:00Z", "9999-12-31T23:59:59-14:00"),
    "_format": ("json", "xml"),
    "_pretty": ("true",),
    "identifier": (f"{NHS}|9990000018",),
}


@cache
def _held() -> dict[str, list[dict[str, Any]]]:
    """By type, what the service holds."""
    held: dict[str, list[dict[str, Any]]] = json.loads(Path(os.environ[VARIABLE]).read_text(encoding="utf-8"))
    return held


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Make most cases fit what is there."""
    draw = Draw(f"{case.method} {case.path} {case.path_parameters} {case.query} {case.body!r}")
    if draw(4) == 0:
        return
    found = _TYPE.match(case.path)
    type = found[1] if found else "Patient"
    _aim(case, type, draw)
    _ask(case, draw)
    if isinstance(case.body, dict) and type in _held():
        case.body = _body(case, type, draw)


class Draw:
    """Numbers that follow from a text."""

    def __init__(self, text: str) -> None:
        self.state = zlib.crc32(text.encode("utf-8", "replace"))

    def __call__(self, below: int) -> int:
        self.state = zlib.crc32(self.state.to_bytes(4))
        return self.state % below

    def of(self, choices: Any) -> Any:
        return choices[self(len(choices))]


def _aim(case: schemathesis.Case[Any], type: str, draw: Draw) -> None:
    """At something that exists, in a version that it has."""
    held = _held().get(type)
    if held and "id" in (case.path_parameters or {}):
        case.path_parameters["id"] = draw.of(held)["id"]
    if "vid" in (case.path_parameters or {}):
        case.path_parameters["vid"] = "1"
    for name in ("If-Match", "If-None-Match", "If-None-Exist", "If-Modified-Since"):
        if case.headers and draw(8):
            case.headers.pop(name, None)


def _ask(case: schemathesis.Case[Any], draw: Draw) -> None:
    """For one or two things in words that can be understood."""
    if not case.query:
        return
    names = sorted(case.query)
    wanted = {draw.of(names) for _ in range(1 + draw(2))}
    kinds = _kinds(case)
    case.query = {}
    for name in sorted(wanted):
        if name in RESULTS:
            case.query[name] = draw.of(RESULTS[name])
        elif name in kinds:
            modifier = draw.of(MODIFIERS)
            case.query[name + modifier] = "true" if modifier == ":missing" else draw.of(VALUES[kinds[name]])


def _kinds(case: schemathesis.Case[Any]) -> dict[str, str]:
    """The search parameters of the operation with their types, as the contract describes them."""
    described = {each.name: str(each.definition.get("description", "")) for each in case.operation.query}
    return {name: said.partition(" ")[0] for name, said in described.items() if said.partition(" ")[0] in VALUES}


def _body(case: schemathesis.Case[Any], type: str, draw: Draw) -> Any:
    sent = case.body
    if not isinstance(sent, dict) or sent.get("resourceType") not in (type, "Bundle", "Parameters"):
        return sent
    if sent["resourceType"] != type:
        return sent
    made = copy.deepcopy(draw.of(_held()[type]))
    for _ in range(draw(3)):
        within, key = draw.of(list(_places(made)))
        within[key] = copy.deepcopy(draw.of(list(_leaves(sent))))
    if case.path_parameters and "id" in case.path_parameters:
        made["id"] = case.path_parameters["id"]
    return made


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every element, however deep, by what it is in and where it is there."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        if key != "resourceType":
            yield value, key
            if isinstance(value[key], dict | list):
                yield from _places(value[key])


def _leaves(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
