"""Writes every generated file, or says which are not what would be written: `python -m scripts.generate [--check]`.

A generator is a module in scripts/generators with `generate() -> dict[str, str]`: path from the top, and its text.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import pkgutil
import sys
from collections.abc import Iterable
from pathlib import Path

from scripts import generators

ROOT = Path(__file__).resolve().parent.parent


def generate_all() -> dict[str, str]:
    files: dict[str, str] = {}
    for module in sorted(pkgutil.iter_modules(generators.__path__), key=lambda module: module.name):
        made: dict[str, str] = importlib.import_module(f"{generators.__name__}.{module.name}").generate()
        twice = files.keys() & made.keys()
        if twice:
            raise ValueError(f"{module.name} writes what another generator writes: {', '.join(sorted(twice))}")
        files |= made
    return files


def stale(path: str, wanted: str) -> str:
    """The difference between a file and what would be written; empty when there is none."""
    file = ROOT / path
    found = file.read_text(encoding="utf-8") if file.exists() else ""
    if found == wanted and file.exists():
        return ""
    diff = difflib.unified_diff(found.splitlines(), wanted.splitlines(), path, f"{path} (generated)", lineterm="", n=1)
    return "\n".join(diff) or f"{path}: missing"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is not current")
    check: bool = parser.parse_args().check
    files = generate_all()
    outdated = {path: diff for path, text in files.items() if (diff := stale(path, text))}
    if check:
        for diff in outdated.values():
            print(diff)
        if outdated:
            print(f"{len(outdated)} generated file(s) not current: run `make generate` and commit.", file=sys.stderr)
        return 1 if outdated else 0
    while outdated:  # an index may have to be written again for a page that was only now written
        write(files, outdated)
        files = generate_all()
        outdated = {path: diff for path, text in files.items() if (diff := stale(path, text))}
    return 0


def write(files: dict[str, str], paths: Iterable[str]) -> None:
    for path in paths:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(files[path], encoding="utf-8")
        print(f"wrote {path}")


if __name__ == "__main__":
    sys.exit(main())
