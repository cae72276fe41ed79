"""The rules of CONTRIBUTING that no linter keeps: sizes, names, marks, and nothing left for later."""

from __future__ import annotations

import ast
import re

import pytest

from tests.meta.project_files import name, python_files, text_of, texts

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
PYTHON = [file for top in ("src", "tests", "scripts", "benchmarks") for file in python_files(top)]
LATER = re.compile(r"\b(?:[T]ODO|[F]IXME|[X]XX)\b")
SWITCHED_OFF = re.compile(r"#\s*(?:noqa(?!: ?[A-Z]+\d)|type: ignore(?!\[)|ruff: noqa)")
NOT_TRIED = re.compile(r"\b(?:mark\.(?:skip|xfail)|pytest\.(?:skip|xfail|importorskip))")
ABSENT = ("conformance data", "npm is not here")
"""What a bare machine may lack: said aloud, and never something of our own."""


@pytest.mark.parametrize(("top", "most"), [("src", 400), ("scripts", 400), ("benchmarks", 400), ("tests", 500)])
def test_no_module_is_longer_than_one_can_read(top: str, most: int) -> None:
    long = {
        name(file): lines for file in python_files(top) if (lines := len((text_of(file) or "").splitlines())) > most
    }
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name(file)
        for file in PYTHON
        if (text := text_of(file) or "").strip() and ast.get_docstring(ast.parse(text)) is None
    ]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name(file) for file in PYTHON if {file.stem, *file.parent.parts} & EMPTY_NAMES] == []


def test_nothing_is_left_for_later() -> None:
    assert [f"{path}: {hit[0]}" for path, text in texts() for hit in LATER.finditer(text)] == []


def test_a_check_is_switched_off_only_by_its_code() -> None:
    assert [f"{name(file)}: {hit[0]}" for file in PYTHON for hit in SWITCHED_OFF.finditer(text_of(file) or "")] == []


def test_no_test_is_left_out_except_aloud_for_absent_conformance_data() -> None:
    left_out = [
        f"{name(file)}:{number}"
        for file in python_files("tests")
        for number, line in enumerate((text_of(file) or "").splitlines(), 1)
        if NOT_TRIED.search(line) and not any(each in line for each in ABSENT) and file.name != "test_house_rules.py"
    ]
    assert left_out == []
