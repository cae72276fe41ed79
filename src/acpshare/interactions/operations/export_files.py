"""The files of an export: lines are added at the end, and what a killed worker wrote beyond its last word is cut off.

https://github.com/ndjson/ndjson-spec
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

NAME = re.compile(r"(?:output|deleted|error)-[A-Za-z]+-[0-9]+\.ndjson", re.ASCII)
LINES = 100_000
"""Lines of one file, at the most; then the next one begins."""


@dataclass(frozen=True, slots=True)
class File:
    """`kind` is the manifest's array in which it stands; `lines` and `bytes` are what is certainly in it."""

    kind: str
    type: str
    number: int
    lines: int
    bytes: int

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.type}-{self.number}.ndjson"


class Lost(Exception):
    """A file is not there, or shorter than it must be."""


class Files:
    """The files of one job, in a folder of its own; for its owner's eyes only."""

    def __init__(self, folder: Path, known: Iterable[File] = ()) -> None:
        """Go on where the files `known` end. Raises Lost."""
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._files = {each.name: each for each in known}
        self._last: dict[tuple[str, str], str] = {(each.kind, each.type): each.name for each in self._files.values()}
        for path in folder.iterdir():
            if path.name not in self._files:
                path.unlink()
        for each in self._files.values():
            self._cut(each)

    @property
    def listed(self) -> Sequence[File]:
        return tuple(self._files.values())

    def add(self, kind: str, type: str, lines: Sequence[bytes]) -> None:
        """Add lines to the end of the kind's and type's last file, or to a new one."""
        if not lines:
            return
        last = self._files.get(self._last.get((kind, type), ""))
        if last is None or last.lines >= LINES:
            last = File(kind, type, last.number + 1 if last is not None else 1, 0, 0)
        content = b"".join((*(part for line in lines for part in (line, b"\n")),))
        with os.fdopen(os.open(self.folder / last.name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as out:
            out.write(content)
        grown = File(kind, type, last.number, last.lines + len(lines), last.bytes + len(content))
        self._files[grown.name] = grown
        self._last[kind, type] = grown.name

    def sync(self) -> None:
        """Have everything on the disk before it is said to be there."""
        for each in self._files.values():
            with (self.folder / each.name).open("rb") as written:
                os.fsync(written.fileno())

    def _cut(self, file: File) -> None:
        try:
            with (self.folder / file.name).open("r+b") as written:
                if os.fstat(written.fileno()).st_size < file.bytes:
                    raise Lost
                written.truncate(file.bytes)
        except FileNotFoundError:
            raise Lost from None


def one_line(text: bytes) -> bytes:
    """JSON on one line: a line break is never inside a string of it, but may stand between its parts."""
    return text.replace(b"\r", b" ").replace(b"\n", b" ") if b"\n" in text or b"\r" in text else text


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
