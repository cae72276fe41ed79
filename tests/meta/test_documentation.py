"""The pages: links lead somewhere, generated ones are current, decision records are whole, the glossary covers the plan."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from acpshare.plan import CATALOGUE
from scripts.generate import generate_all, stale
from tests.meta.project_files import ROOT, name, project_files, text_of

PAGES = [file for file in project_files() if file.suffix == ".md"]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
FILE = re.compile(r"`((?:[\w-]+/)+[\w.-]+\.(?:py|yaml|json|md)|test_\w+\.py)`")
FILES = [f"/{path.relative_to(ROOT).as_posix()}" for path in project_files()]
DECISIONS = ROOT / "docs" / "decisions"
SECTIONS = re.findall(r"^## (.+)$", (DECISIONS / "0000-template.md").read_text(encoding="utf-8"), re.MULTILINE)
RECORDS = [path for path in sorted(DECISIONS.glob("[0-9]*.md")) if path.name != "0000-template.md"]
GROUPS = sorted({path.partition(".")[0] for path in CATALOGUE})


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    prose = CODE.sub("", text_of(page) or "")
    links = [link for link in LINK.findall(prose) if not re.match(r"[a-z]+:", link)]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", [page for page in PAGES if FILE.search(text_of(page) or "")], ids=name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    """By its whole path or the end of it, such as `interactions/unit.py`."""
    named = set(FILE.findall(text_of(page) or ""))
    assert [file for file in sorted(named) if not any(path.endswith(f"/{file}") for path in FILES)] == []


def test_every_generated_file_is_current() -> None:
    assert [path for path, text in generate_all().items() if stale(path, text)] == []


def test_no_two_decision_records_have_the_same_number() -> None:
    numbers = [record.name[:4] for record in RECORDS]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("record", RECORDS, ids=name)
def test_a_decision_record_has_every_section_and_says_something_in_it(record: Path) -> None:
    parts = re.split(r"^## (.+)$", record.read_text(encoding="utf-8"), flags=re.MULTILINE)
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert list(said) == SECTIONS
    assert [section for section, text in said.items() if not text.strip()] == []


@pytest.mark.parametrize("group", GROUPS)
def test_the_glossary_explains_every_group_of_plan_elements(group: str) -> None:
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    assert re.search(rf"`{group}`", glossary), f"no entry names `{group}`"
