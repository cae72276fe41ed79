"""docs/decisions/README.md: the decision records, from their own titles and status lines."""

from __future__ import annotations

import re
from pathlib import Path

DECISIONS = Path(__file__).resolve().parents[2] / "docs" / "decisions"
HEADER = """# Decisions

Each record says what was decided, why, what else was considered, and which test or lint enforces it. A record is not
rewritten when the decision changes: a new one supersedes it. How to add one: [CONTRIBUTING](../../CONTRIBUTING.md).

| No. | Decision | Status |
| --- | --- | --- |
"""


def generate() -> dict[str, str]:
    return {"docs/decisions/README.md": HEADER + "".join(row(path) for path in records())}


def records() -> list[Path]:
    return [path for path in sorted(DECISIONS.glob("[0-9]*.md")) if path.name != "0000-template.md"]


def row(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    title = re.search(r"^# (?:\d+[.:]? )?(.+)$", text, re.MULTILINE)
    status = re.search(r"^\**Status:?\**:? *(.+)$", text, re.MULTILINE)
    if title is None or status is None:
        raise ValueError(f"{path.name} needs a title line and a status line, as in 0000-template.md")
    return f"| {path.name[:4]} | [{title[1]}]({path.name}) | {status[1]} |\n"
