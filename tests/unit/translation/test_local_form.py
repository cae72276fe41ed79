"""The starting file of a local form, and the form that the tutorial makes of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from acpshare.translation import compile_file

ROOT = Path(__file__).resolve().parents[3]
STARTING_FILE = ROOT / "src" / "acpshare" / "translation" / "template.yaml"
TUTORIAL = ROOT / "docs" / "tutorials" / "add-a-local-form"
FINISHED = TUTORIAL / "dnacpr-our-trust.yaml"

SLIPS = {
    "a misspelt element": ("element: cpr.reason_text", "element: cpr.reasons_text", "did you mean cpr.reason_text"),
    "a forgotten option": (", unsure: indeterminate", "", "option unsure"),
    "two options that mean the same": ("unsure: indeterminate", "unsure: lacks-capacity", "lacks-capacity"),
    "an item that is on no row": (
        '  - {items: ["5"], residue: The plan has no element for where in the hospital the form was written.}\n',
        "",
        "item 5 has no outcome",
    ),
    "an element passed over in silence": (
        "  - elements: [communication]\n    reason:",
        "  - elements: []\n    reason:",
        "communication.needs",
    ),
    "a reason left out": ("reason: The form does not say where it is kept.", "reason:", "reason is missing"),
}


def test_the_starting_file_asks_for_what_only_the_integrator_knows_and_has_no_mistakes_of_its_own(
    tmp_path: Path,
) -> None:
    begun = tmp_path / "dnacpr-x.yaml"
    begun.write_text(STARTING_FILE.read_text(encoding="utf-8").replace("FORM-ID", "dnacpr-x"), encoding="utf-8")
    found = [issue.diagnostics for issue in compile_file(begun).issues]
    assert found
    assert [
        text for text in found if not re.fullmatch(r"\w+ is missing|plan element [\w.]+ has no outcome: .*", text)
    ] == []


def test_the_tutorials_form_is_complete() -> None:
    assert compile_file(FINISHED).issues == ()


@pytest.mark.parametrize(("good", "slip", "said"), SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_is_found_and_its_place_named(good: str, slip: str, said: str, tmp_path: Path) -> None:
    text = FINISHED.read_text(encoding="utf-8")
    assert text.count(good) == 1
    spoilt = tmp_path / "dnacpr-our-trust.yaml"
    spoilt.write_text(text.replace(good, slip), encoding="utf-8")
    issues = compile_file(spoilt, "dnacpr-our-trust.yaml").issues
    assert [issue for issue in issues if said in issue.diagnostics] != []
    assert [issue for issue in issues if not re.match(r"dnacpr-our-trust\.yaml:\d+", issue.expression[0])] == []
