"""`acpshare forms`: every fault of a definition with its file, line and path, whole also on a narrow screen."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.cli.command import ACPSHARE, BAD_INPUT, DONE, ROOT, acpshare, environment

pytestmark = pytest.mark.e2e

SOUND = (ROOT / "docs" / "tutorials" / "add-a-local-form" / "dnacpr-our-trust.yaml").read_text(encoding="utf-8")


def line_of(text: str, *, of: str = SOUND) -> int:
    return next(number for number, line in enumerate(of.splitlines(), start=1) if text in line)


MUTATIONS = {
    "a misspelt element": ("element: cpr.reason_text", "element: cpr.reasons_text", "element", "cpr.reasons_text"),
    "a missing code": (
        'codes: {"yes": has-capacity, "no": lacks-capacity, unsure: indeterminate}',
        'codes: {"yes": has-capacity, "no": lacks-capacity}',
        "codes",
        "unsure",
    ),
    "a code table that is not a function both ways": (
        'codes: {"yes": has-capacity, "no": lacks-capacity, unsure: indeterminate}',
        'codes: {"yes": has-capacity, "no": lacks-capacity, unsure: lacks-capacity}',
        "codes",
        "could not be reversed",
    ),
    "a row that cannot be reversed": (
        "element: person.birth_date, as: same",
        "element: person.full_name, as: same",
        "rows[1]",
        "cannot be joined by same",
    ),
    "a missing outcome": ("  - {item: head.address, element: person.address", "  # {", "", "person.address"),
    "a misspelt key": (
        "as: nhs-number, equivalence: equal",
        "as: nhs-number, equivalense: equal",
        "equivalense",
        "equivalense",
    ),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_fault_is_shown_with_file_line_and_path(mutation: str, tmp_path: Path) -> None:
    sound, faulty, path, what = MUTATIONS[mutation]
    assert sound in SOUND
    (tmp_path / "ours.yaml").write_text(SOUND.replace(sound, faulty, 1))
    done = acpshare("forms", "check", "ours.yaml", cwd=tmp_path)
    assert done.returncode == BAD_INPUT
    named = [line for line in done.stdout.splitlines() if what in line]
    assert named, done.stdout
    for line in done.stdout.splitlines():
        assert re.match(r"ours\.yaml:[0-9]+ \S", line), "each problem begins with file, line and path"
    if path:
        assert any(f"ours.yaml:{line_of(sound.strip())} " in line and path in line for line in named), named


def test_the_shipped_forms_are_sound(tmp_path: Path) -> None:
    done = acpshare("forms", "check", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (DONE, "")
    assert done.stdout.startswith("8 forms sound")


def test_a_local_form_may_not_take_the_id_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(SOUND.replace("id: dnacpr-our-trust", "id: respect-v3", 1))
    done = acpshare("forms", "check", "ours.yaml", cwd=tmp_path)
    assert done.returncode == BAD_INPUT
    assert "respect-v3 is described by mappings/respect-v3.yaml already" in done.stdout


def test_nothing_is_cut_off_on_a_narrow_terminal(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(SOUND.replace("element: cpr.reason_text", "element: cpr.reasons_text", 1))
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [ACPSHARE, "forms", "check", "ours.yaml"],
        cwd=tmp_path,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=environment(COLUMNS="48", TERM="xterm", NO_COLOR="1"),
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    assert process.returncode == BAD_INPUT
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in shown.decode().splitlines()]
    assert max(map(len, lines)) <= 48
    what = next(line.index("what") for line in lines if "where" in line)
    columns = ["".join("".join(line[part].split()) for line in lines) for part in (slice(what), slice(what, None))]
    assert f"ours.yaml:{line_of('element: cpr.reason_text')}rows[6].element" in columns[0]
    assert "thereisnoplanelement'cpr.reasons_text';didyoumean" in columns[1]
    assert "…" not in shown.decode()


def test_new_then_check_lists_what_is_open_and_nothing_is_overwritten(tmp_path: Path) -> None:
    assert acpshare("forms", "new", "dnacpr-our-trust", cwd=tmp_path).returncode == DONE
    made = (tmp_path / "dnacpr-our-trust.yaml").read_text()
    assert "  id: dnacpr-our-trust\n" in made
    done = acpshare("forms", "check", "dnacpr-our-trust.yaml", cwd=tmp_path)
    assert done.returncode == BAD_INPUT
    assert f"dnacpr-our-trust.yaml:{line_of('  title:', of=made)} form.title" in done.stdout
    assert "cpr.reason_text has no outcome" in done.stdout
    again = acpshare("forms", "new", "dnacpr-our-trust", cwd=tmp_path)
    assert again.returncode == BAD_INPUT
    assert (tmp_path / "dnacpr-our-trust.yaml").read_text() == made


@pytest.mark.parametrize("wrong", ["Our Form", "../ours", "-x", "a" * 31, ""])
def test_an_id_that_cannot_be_one_makes_no_file(wrong: str, tmp_path: Path) -> None:
    done = acpshare("forms", "new", "--family", "tep", "--", wrong, cwd=tmp_path)
    assert done.returncode == BAD_INPUT
    assert not list(tmp_path.rglob("*"))


def test_new_takes_a_family(tmp_path: Path) -> None:
    assert acpshare("forms", "new", "our-tep", "--family", "tep", cwd=tmp_path).returncode == DONE
    assert "  family: tep " in (tmp_path / "our-tep.yaml").read_text()
    assert acpshare("forms", "new", "our-x", "--family", "x", cwd=tmp_path).returncode == BAD_INPUT


def test_list_and_show_say_what_a_form_is(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(SOUND)
    listed = acpshare("forms", "list", cwd=tmp_path, ACPSHARE_MAPPING_PATHS="ours.yaml").stdout.splitlines()
    assert len(listed) == 9
    assert any(line.startswith("dnacpr-our-trust") and line.endswith("ours.yaml") for line in listed)
    shown = acpshare("forms", "show", "respect-v3", cwd=tmp_path)
    assert shown.returncode == DONE
    [cpr] = [line for line in shown.stdout.splitlines() if line.split()[:1] == ["4.3"]]
    assert "CPR attempts NOT recommended" in cpr
    assert "cpr.decision" in cpr
    assert acpshare("forms", "show", "respect-v9", cwd=tmp_path).returncode == BAD_INPUT


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"form: [", "not YAML"),
        (b"\xff\xfe\x00", "the file is not UTF-8 text"),
        (b"just text", "the file must be a mapping"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_bytes(content)
    done = acpshare("forms", "check", ".", cwd=tmp_path)
    assert done.returncode == BAD_INPUT
    assert said in done.stdout
    assert "Traceback" not in done.stderr
