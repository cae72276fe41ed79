"""Every published case of JSON Patch and FHIRPath Patch (FHIR/fhir-test-cases), and the XML of those that are in XML.

`../shared/conformance` is beside the project where it is at hand. https://hl7.org/fhir/R4/fhirpatch.html
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import canonicalize

import pytest

from acpshare.fhir.json_text import Number
from acpshare.fhir.patch import fhirpath_patch, json_patch
from acpshare.fhir.xml import dump, parse
from acpshare.outcome import Conflict, Invalid

CASES = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "fhir-test-cases" / "patch"
NUMBER_OF_JSON_CASES = 16
NUMBER_OF_FHIRPATH_CASES = 33

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="conformance data absent: ../shared/conformance")


def json_cases() -> list[Any]:
    path = CASES / "json-patch-tests.json"
    cases = json.loads(path.read_text("utf-8"), parse_float=Number) if path.exists() else []
    return [pytest.param(case, id=case["comment"]) for case in cases]


def fhirpath_cases() -> list[Any]:
    path = CASES / "fhir-patch-tests.xml"
    cases = (
        re.findall(r'<case name="(.*?)".*?>(.*?)</case>', path.read_text("utf-8"), re.DOTALL) if path.exists() else []
    )
    return [pytest.param(text, id=name) for name, text in cases]


def part(case: str, name: str) -> dict[str, Any] | None:
    found = re.search(f"<{name}>(.*?)</{name}>", case, re.DOTALL)
    return parse(found[1].strip().encode()) if found else None


def shown(resource: dict[str, Any]) -> str:
    return canonicalize(dump(resource).decode())


def test_no_case_was_lost_on_the_way() -> None:
    assert len(json_cases()) == NUMBER_OF_JSON_CASES
    assert len(fhirpath_cases()) == NUMBER_OF_FHIRPATH_CASES


@pytest.mark.parametrize("case", json_cases())
def test_json_patch(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises((Invalid, Conflict)):
            json_patch(case["doc"], case["patch"])
    else:
        assert json_patch(case["doc"], case["patch"]) == case["expected"]


@pytest.mark.parametrize("case", fhirpath_cases())
def test_fhirpath_patch(case: str) -> None:
    resource, parameters, expected = part(case, "input"), part(case, "diff"), part(case, "output")
    assert resource is not None
    assert parameters is not None
    if expected is None:
        with pytest.raises(Invalid):
            fhirpath_patch(resource, parameters)
    else:
        assert shown(fhirpath_patch(resource, parameters)) == shown(expected)
