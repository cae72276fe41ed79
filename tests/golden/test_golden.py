"""Filled forms and what must come of them: the direction matrix and the safety rules, case by case, as files to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.cases import GOLDEN, INPUT, all_cases, expected_files, mappings

CASES = all_cases()
NAMES = [f"{case.parent.name}/{case.name}" for case in CASES]
FEWEST = 3


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_what_the_service_makes_of_a_filled_form_is_what_was_reviewed(case: Path) -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in case.iterdir() if path.name not in INPUT}
    form, name = case.parent.name, case.name
    assert found == expected_files(case), f"to see and take over the change: make golden-update FORM={form} CASE={name}"


def test_every_edition_has_enough_cases() -> None:
    cases = [case.parent.name for case in CASES]
    assert {form: cases.count(form) for form in mappings() if cases.count(form) < FEWEST} == {}


def test_every_case_says_what_it_is_for() -> None:
    silent = [str(case.relative_to(GOLDEN)) for case in CASES if not _says(case / "README.md")]
    assert silent == []


def test_every_case_is_of_an_edition_that_exists() -> None:
    folders = {path.name for path in GOLDEN.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders - set(mappings()) == set()


def _says(readme: Path) -> bool:
    return readme.exists() and len(readme.read_text(encoding="utf-8").split()) > 10
