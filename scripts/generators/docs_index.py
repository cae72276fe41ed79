"""docs/README.md: every page of the documentation, by kind, under its own title."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
KINDS = {
    "tutorials": "learning by doing, from nothing to a result",
    "how-to": "one task, for someone who knows the product",
    "reference": "looking up; generated where it can be",
    "explanation": "understanding: architecture, guarantees, what each form cannot say",
}
HEADER = """# Documentation

Start with the [README](../README.md). Changes for integrators are in the [changelog](../CHANGELOG.md); how to take part
is in [CONTRIBUTING](../CONTRIBUTING.md); what is not assured, and how to report a problem, is in
[SECURITY](../SECURITY.md).
"""


def generate() -> dict[str, str]:
    sections = [section(kind, purpose) for kind, purpose in KINDS.items()]
    decisions = "\n## decisions\nWhy it is as it is: [the records](decisions/README.md).\n"
    return {"docs/README.md": HEADER + "".join(sections) + decisions}


def section(kind: str, purpose: str) -> str:
    pages = sorted((DOCS / kind).glob("**/*.md"))
    if not pages:
        return ""
    lines = "".join(f"* [{title(page)}]({page.relative_to(DOCS).as_posix()})\n" for page in pages)
    return f"\n## {kind}\nFor {purpose}.\n\n{lines}"


def title(page: Path) -> str:
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            return line.removeprefix("# ").strip()
    raise ValueError(f"{page.relative_to(DOCS)} has no title line")
