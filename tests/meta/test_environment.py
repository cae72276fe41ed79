"""The environment: what is declared is pinned, what is pinned has hashes, and the three requirement files agree."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from tests.meta.project_files import ROOT

FILES = ["dev", "run", "build"]
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;\\]+)(?P<rest>[^\n]*(?:\n    [^\n]*)*)", re.MULTILINE)
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@cache
def pinned(file: str) -> dict[str, tuple[set[str], int]]:
    """Versions and number of hashes by name: a name has several versions where Pythons or platforms differ."""
    found: dict[str, tuple[set[str], int]] = {}
    for pin in PIN.finditer((ROOT / "requirements" / f"{file}.txt").read_text(encoding="utf-8")):
        versions, hashes = found.get(pin["name"], (set(), 0))
        found[pin["name"]] = (versions | {pin["version"]}, hashes + pin["rest"].count("--hash=sha256:"))
    return found


def declared(file: str) -> Iterator[str]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    lists = {"run": project["project"]["dependencies"], "build": groups["build"]}
    lists["dev"] = [*lists["run"], *lists["build"], *(each for each in groups["dev"] if isinstance(each, str))]
    for requirement in lists[file]:
        yield re.sub(r"[._]", "-", re.split(r"[\[<>=~! ]", requirement)[0].lower())


@pytest.mark.parametrize("file", FILES)
def test_what_is_declared_is_pinned(file: str) -> None:
    assert set(declared(file)) - set(pinned(file)) == set()


@pytest.mark.parametrize("file", FILES)
def test_what_is_pinned_has_hashes(file: str) -> None:
    assert [name for name, (_, hashes) in pinned(file).items() if not hashes] == []


@pytest.mark.parametrize("file", ["run", "build"])
def test_what_the_image_holds_is_what_was_tested(file: str) -> None:
    differing = {name for name, (versions, _) in pinned(file).items() if not versions <= pinned("dev")[name][0]}
    assert differing == set()


@pytest.mark.parametrize("target", ["setup", "run", "test", "check", "generate", "lock", "bench", "validate-java"])
def test_every_command_that_the_documentation_names_is_there(target: str) -> None:
    assert re.search(rf"^{target}:.*## ", MAKEFILE, re.MULTILINE)
