"""The README and the tutorials do what they show: every ```sh block is run, in order, in a clean copy of the project.

The copy starts without a virtual environment, so `make run` sets everything up there as on a new machine. Port 8000 of the page
is a free port here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.clean_copy import Service, Shell, copy_project
from tests.e2e.transcript import Step, agrees, steps

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", *sorted(str(page.relative_to(ROOT)) for page in ROOT.glob("docs/tutorials/**/*.md"))]
NOT_RUN = {"make test": "this is a part of it"}

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def clean_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean") / "acpshare"
    copy_project(ROOT, folder)
    return folder


class Reader:
    """Somebody who types a page's commands, and starts the service in a second window where the page says so."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shell = Shell(folder)
        self.service: Service | None = None

    def follow(self, step: Step) -> str:
        if step.starts_the_service:
            return self.start(step)
        status, printed = self.shell.run(self.on_our_port(step.command))
        printed = self.on_the_pages_port(printed)
        assert status == 0, f"line {step.line}: {step.command}\nexit {status}\n{printed}"
        return printed

    def start(self, step: Step) -> str:
        if self.service is not None:
            self.service.close()
        self.service = Service(self.folder, step.command)
        self.service.wait_until_live(600)
        end = time.monotonic() + 20  # what it has to say may come after it is live
        while step.output and time.monotonic() < end and not agrees(step.output, self.said()):
            time.sleep(0.2)
        return self.said()

    def said(self) -> str:
        return self.on_the_pages_port(self.service.printed()) if self.service else ""

    def on_our_port(self, text: str) -> str:
        return text.replace(":8000", f":{self.service.port}") if self.service else text

    def on_the_pages_port(self, text: str) -> str:
        return text.replace(f":{self.service.port}", ":8000") if self.service else text

    def close(self) -> None:
        self.shell.close()
        if self.service is not None:
            self.service.close()


@pytest.fixture
def reader(clean_copy: Path) -> Iterator[Reader]:
    somebody = Reader(clean_copy)
    yield somebody
    somebody.close()


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_does_what_the_page_shows(page: str, reader: Reader) -> None:
    for step in steps((ROOT / page).read_text(encoding="utf-8")):
        if step.command in NOT_RUN:
            continue
        printed = reader.follow(step)
        if step.output is not None:
            assert agrees(step.output, printed), f"{page}:{step.line}: {step.command}\n{printed}"


def test_the_readme_names_the_command_that_ci_runs() -> None:
    commands = [step.command for step in steps((ROOT / "README.md").read_text(encoding="utf-8"))]
    assert "make test" in commands
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "make test"


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("one\ntwo", "one\ntwo\n", True),
        ("one", "one\ntwo", False),
        ("...\ntwo", "zero\none\ntwo", True),
        ("one\n...", "one", True),
        ('"id": "..."', '"id": "17"', True),
        ("a...c", "a\nc", False),
        ("(1 + 1)?", "(1 + 1)?", True),
    ],
)
def test_dots_stand_for_what_may_differ_and_nothing_else_does(shown: str, printed: str, *, same: bool) -> None:
    assert agrees(shown, printed) is same
