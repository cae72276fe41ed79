"""The project's own files: what is committed, or would be."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def project_files() -> tuple[Path, ...]:
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return tuple(ROOT / name for name in names if name and (ROOT / name).is_file())


@cache
def text_of(file: Path) -> str | None:
    """The file's text, or None where it is not text."""
    try:
        return file.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):  # somebody may be at work here
        return None


def texts() -> Iterator[tuple[str, str]]:
    """Path from the top, and text, of every text file."""
    for file in project_files():
        text = text_of(file)
        if text is not None:
            yield name(file), text


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def python_files(top: str) -> list[Path]:
    return [file for file in project_files() if file.suffix == ".py" and name(file).startswith(f"{top}/")]
