"""The compiled paths lead to what HL7's own expressions lead to, as a FHIRPath engine that we did not write finds it.

Over the published example resources, every form of the golden cases and the plan's own resources. Where the folder of the
npm package hl7.fhir.r4.examples is at hand, ACPSHARE_R4_EXAMPLES names it. https://hl7.org/fhir/R4/fhirpath.html
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fhirpathpy import compile as compile_fhirpath
from fhirpathpy.models import models

from acpshare.fhir import json_text
from acpshare.fhir.plan import Context, to_resources
from acpshare.plan.codec import load_plan
from acpshare.search.extraction import _Growing, _walk, index_values
from acpshare.search.found import Found
from acpshare.search.parameters import SearchParameter, parameters_of, types, unsearched_datatypes
from acpshare.search.paths import PRESENT, Step
from acpshare.search.paths import Path as ElementPath

ROOT = Path(__file__).resolve().parents[3]
CONFORMANCE = ROOT.parent / "shared" / "conformance" / "r4-examples"
EXAMPLES = os.environ.get("ACPSHARE_R4_EXAMPLES", "")
RESOLVED = re.compile(r"\.where\(resolve\(\) is (\w+)\)")


def read(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.json")):
        resource = json.loads(path.read_text("utf-8"), parse_float=Decimal)
        if resource.get("resourceType") in types():
            yield resource


def golden() -> Iterator[dict[str, Any]]:
    for case in sorted((ROOT / "tests" / "golden").glob("*/*")):
        if (case / "form.json").exists():
            yield json.loads((case / "form.json").read_text("utf-8"))
        if (case / "plan.json").exists():
            plan = load_plan((case / "plan.json").read_text("utf-8").encode())
            context = Context(plan_id="plan-1", patient="Patient/1", family="tep", recorded="2026-11-22T10:00:00Z")
            yield from (json.loads(json_text.dump(resource)) for resource in to_resources(plan, context))


@cache
def engine(expression: str) -> Callable[..., list[Any]]:
    """R4 casts collections with `as`, which FHIRPath allows for one item only: `ofType` is what is meant."""
    for cast in (re.compile(r"\(([^()|]+) as (\w+)\)"), re.compile(r"(\S+)\.as\((\w+)\)")):
        expression = cast.sub(r"\1.ofType(\2)", expression)
    found: Callable[..., list[Any]] = compile_fhirpath(expression, models["r4"])
    return found


def at_the_end(path: ElementPath, resource: dict[str, Any]) -> list[Any]:
    """What stands at the end of a compiled path."""
    items: list[Any] = []
    root = _Growing()
    root.at(path.steps).emitters.append(lambda item, _: items.append(item))
    _walk(root.grown(Step("")), resource, Found())
    return items


def refers_to(type: str, element: dict[str, Any]) -> bool:
    """As `resolve() is` would find, were the other resource at hand."""
    return element.get("reference", "").startswith(f"{type}/") or element.get("type") == type


def text(item: Any) -> str:
    numbers_alike = json.loads(json.dumps(item, default=float), parse_int=float)
    return json.dumps(numbers_alike, sort_keys=True)


def differences(parameter: SearchParameter, resource: dict[str, Any]) -> Iterator[str]:
    target = RESOLVED.search(parameter.expression)
    expected = engine(RESOLVED.sub("", parameter.expression))(resource)
    found = [item for path in parameter.paths for item in at_the_end(path, resource)]
    if target:
        expected = [each for each in expected if refers_to(target[1], each)]
        found = [each for each in found if refers_to(target[1], each)]
    # A union keeps equal elements once.
    missing, too_many = (
        set(map(text, expected)) - set(map(text, found)),
        set(map(text, found)) - set(map(text, expected)),
    )
    if too_many or (missing and f"{parameter.type}.{parameter.code}" not in unsearched_datatypes()):
        yield f"{parameter.type}.{parameter.code}: {len(expected)} by FHIRPath, {len(found)} by paths"


def assert_the_same(resources: Iterator[dict[str, Any]], at_least: int) -> None:
    seen = 0
    wrong = []
    for resource in resources:
        index_values(resource)
        for parameter in parameters_of(resource["resourceType"]).values():
            if parameter.paths and parameter.paths[0].datatype != PRESENT:
                seen += 1
                wrong += [f"{resource.get('id')}: {each}" for each in differences(parameter, resource)]
    assert wrong == []
    assert seen >= at_least


@pytest.mark.skipif(not CONFORMANCE.exists(), reason="conformance data absent: ../shared/conformance")
def test_published_examples() -> None:
    assert_the_same(read(CONFORMANCE), at_least=100)


@pytest.mark.skipif(not EXAMPLES, reason="conformance data absent: ACPSHARE_R4_EXAMPLES names no folder")
def test_every_example_of_hl7s_package() -> None:
    assert_the_same(read(Path(EXAMPLES)), at_least=10_000)


def test_golden_forms_and_plans() -> None:
    assert_the_same(golden(), at_least=1_000)
