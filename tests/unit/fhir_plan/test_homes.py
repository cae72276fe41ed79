"""The reference page tells the truth: a text put into an element stands at the home that the page names, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from acpshare.fhir.plan import Context, to_resources
from acpshare.fhir.plan.homes import homes
from acpshare.plan import CATALOGUE, Kind, Plan, put
from acpshare.plan.record import Signature, SignatureRole

SENTINEL = "seven blue herons"
NOT_READ = re.compile(r"(\.text\.div|\.description$|^CarePlan\.author\.|Consent\.code)")
"""Narrative and what is made beside it: derived, never read."""
CASES = [
    (path, home)
    for element, path, home in homes()
    if element.kind is Kind.TEXT and not path.startswith(("treatments.other", "residue"))
]


def places(value: Any, at: str) -> Iterator[str]:
    if value == SENTINEL:
        yield at
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from places(part, f"{at}.{name}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from places(part, f"{at}[{index}]")


@pytest.mark.parametrize("path, home", CASES, ids=[path for path, _ in CASES])
def test_the_home_of_a_text(path: str, home: str) -> None:
    listed, _, column = path.partition("[].")
    value: Any = SENTINEL
    said: dict[str, Any] = {column: SENTINEL}
    if column and CATALOGUE[listed].kind is Kind.SIGNATURES:
        value = (replace(Signature("tep-devon", SignatureRole.SENIOR), **said),)
    elif column:
        value = (CATALOGUE[listed].type(**said),)
    resources = to_resources(put(Plan(), {listed: value}), Context("p", "Patient/1", "tep", "2026-11-22T10:00:00Z"))
    found = [at for each in resources for at in places(each, each["resourceType"]) if not NOT_READ.search(at)]
    assert len(found) == 1, found
    assert _matches(found[0], home), (found[0], home)


def _matches(found: str, home: str) -> bool:
    """Whether the place is the home, or the extension that the page calls a plan-element."""
    if f"{home.partition('; without a CPR decision ')[2] or home}".endswith("(plan-element)"):
        expected = (home.partition("; without a CPR decision ")[2] or home).partition(".extension")[0]
        return re.sub(r"\[[0-9]+\]", "", found).startswith(f"{expected}.extension.extension.value")
    if "modifierExtension" in home:
        return found.startswith(f"{home.partition('.')[0]}.modifierExtension[0].value")
    return re.sub(r"^Provenance\.agent\[0\]", "Provenance.agent", found) == home


def test_every_element_of_the_plan_has_a_home() -> None:
    told = {path.partition("[]")[0] for _, path, _ in homes()}
    assert told == set(CATALOGUE)
