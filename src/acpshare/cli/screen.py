"""How the command line shows tables: folded to fit a terminal; one line a row, nothing cut off, when piped."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from acpshare.outcome import Issue

_UNBOUNDED = 100_000
_CONTROLS = dict.fromkeys((*range(32), 127, *range(128, 160))) | {ord(space): " " for space in "\n\r\t"}


def output() -> Console:
    return _console(sys.stdout)


def errors() -> Console:
    return _console(sys.stderr)


def _console(file: TextIO) -> Console:
    width = None if file.isatty() else _UNBOUNDED
    return Console(file=file, width=width, markup=False, emoji=False, highlight=False)


def show_table(console: Console, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table of texts that others wrote: control characters are left out."""
    on_screen = console.is_terminal
    table = Table(box=SIMPLE_HEAD if on_screen else None, pad_edge=False, show_header=on_screen)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(cell.translate(_CONTROLS) for cell in row))
    if on_screen:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        console.file.write(line.rstrip() + "\n")


def show_issues(console: Console, issues: Iterable[Issue]) -> None:
    """Where, what, and which safety rule says so."""
    found = list(issues)
    ruled = any(issue.rule for issue in found)
    columns = ("where", "rule", "what") if ruled else ("where", "what")
    show_table(console, columns, (_cells(issue, ruled=ruled) for issue in found))


def _cells(issue: Issue, *, ruled: bool) -> tuple[str, ...]:
    where = ", ".join(issue.expression) or "-"
    return (where, issue.rule or "", issue.diagnostics) if ruled else (where, issue.diagnostics)


def counted(number: int, noun: str, many: str | None = None) -> str:
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"
