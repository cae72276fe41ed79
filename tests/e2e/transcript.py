"""Reads the commands of a page and what they are said to print: ```sh blocks, each with an ```output block or none."""

from __future__ import annotations

import re
from dataclasses import dataclass

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
ANYTHING = "..."


@dataclass(frozen=True)
class Step:
    command: str
    output: str | None
    line: int

    @property
    def starts_the_service(self) -> bool:
        return self.command.split()[:2] == ["make", "run"]


def steps(page: str) -> list[Step]:
    """An output block belongs to the sh block before it; other blocks in between (json, yaml) are not commands."""
    found: list[Step] = []
    for fence in FENCE.finditer(page):
        language, text = fence.groups()
        line = page.count("\n", 0, fence.start()) + 1
        if language == "sh":
            found.append(Step(text.strip(), None, line))
        elif language == "output":
            assert found, f"line {line}: output of no command"
            assert found[-1].output is None, f"line {line}: a second output of one command"
            found[-1] = Step(found[-1].command, text.rstrip(), found[-1].line)
    return found


def agrees(shown: str, printed: str) -> bool:
    """Whether what was printed is what is shown; `...` alone on a line is any lines, within a line any text."""
    pattern = ""
    for line in shown.splitlines():
        if line.strip() == ANYTHING:
            pattern += r"(?:[^\n]*\n)*"
        else:
            pattern += r"[^\n]*".join(re.escape(part) for part in line.rstrip().split(ANYTHING)) + r"[ \t]*\n"
    return re.fullmatch(pattern, printed.rstrip() + "\n") is not None
