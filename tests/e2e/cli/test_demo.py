"""`acpshare demo` and `serve` as a person starts them: what they refuse, what they print, and that it works."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.clean_copy import free_port
from tests.e2e.cli.command import ACPSHARE, BAD_INPUT, acpshare, environment

pytestmark = pytest.mark.e2e


@dataclass
class Demo:
    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def said(self, stream: str) -> str:
        return (self.folder / stream).read_text(encoding="utf-8")

    def get(self, path: str, accept: str = "application/json") -> Any:
        answer = httpx.get(f"http://127.0.0.1:{self.port}{path}", headers={"Accept": accept}, timeout=20)
        return answer.raise_for_status().json()

    def crew_view(self, number: str) -> Any:
        return self.get(f"/fhir/R4/Patient/$emergency-view?identifier=https://fhir.nhs.uk/Id/nhs-number%7C{number}")

    def wait(self) -> None:
        end = time.monotonic() + 100
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.said("err"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(
            [ACPSHARE, "demo", "--port", str(port)], cwd=folder, stdout=out, stderr=err, env=environment()
        )
        running = Demo(folder, port, process)
        running.wait()
        yield running
        process.send_signal(signal.SIGINT)
        process.wait(30)


@pytest.mark.parametrize(
    ("number", "shows"),
    [
        ("9990000018", {"decision": "do-not-attempt", "endorsement": "endorsed"}),
        ("9990000026", {"decision": "attempt", "endorsement": "endorsed"}),
        ("9990000034", {"decision": "do-not-attempt"}),
        ("9990000042", {"decision": "modified"}),
        ("9990000069", {"decision": "do-not-attempt", "endorsement": "pending"}),
        ("9990000077", {"decision": "no-decision-recorded"}),
        ("9990000085", {"decision": "no-decision-recorded"}),
    ],
)
def test_the_memorable_people_are_in_their_situations(number: str, shows: dict[str, str], demo: Demo) -> None:
    assert shows.items() <= demo.crew_view(number)["cpr"].items()


@pytest.mark.parametrize(
    ("number", "warning"),
    [
        ("9990000050", "conflict-cpr"),
        ("9990000069", "review-overdue"),
        ("9990000069", "endorsement-pending"),
        ("9990000077", "cancelled"),
        ("9990000085", "no-plan-recorded"),
    ],
)
def test_the_memorable_people_are_warned_of(number: str, warning: str, demo: Demo) -> None:
    assert warning in {each["code"] for each in demo.crew_view(number)["warnings"]}


def test_legal_instruments_are_shown(demo: Demo) -> None:
    [refusal, *_] = demo.crew_view("9990000034")["legal"]["advance_decisions"]
    assert "no longer communicate" in json.dumps(refusal)
    assert demo.crew_view("9990000085")["legal"]["attorneys"]


def test_every_command_that_it_prints_works_as_it_stands(demo: Demo) -> None:
    commands = [line.strip() for line in demo.said("out").splitlines() if line.strip().startswith("curl ")]
    assert len(commands) == 3
    for command in commands:
        done = subprocess.run([*shlex.split(command), "--fail"], capture_output=True, timeout=30, check=False)
        assert done.returncode == 0, command
        assert json.loads(done.stdout)


def test_the_population_is_recorded_once_and_whole(demo: Demo) -> None:
    assert "Recorded 453 forms of 346 invented people" in demo.said("err")
    assert {path.name for path in (demo.folder / "var").iterdir() if path.is_dir()} == set()
    again = subprocess.run(
        [ACPSHARE, "demo", "--port", str(demo.port)], cwd=demo.folder, capture_output=True, timeout=60, check=False
    )
    assert again.returncode == BAD_INPUT
    assert b"cannot listen" in again.stderr


def test_no_person_is_named_on_standard_error(demo: Demo) -> None:
    demo.crew_view("9990000018")
    assert "999000" not in demo.said("err")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])  # noqa: S104 - it is refused
def test_the_demo_listens_on_loopback_only(host: str, tmp_path: Path) -> None:
    done = acpshare("demo", "--host", host, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (BAD_INPUT, "")
    assert "loopback" in done.stderr
    assert not list(tmp_path.iterdir()), "nothing is made before it can start"


def test_serve_does_not_start_without_authentication(tmp_path: Path) -> None:
    done = acpshare("serve", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (BAD_INPUT, "")
    assert "ACPSHARE_CLIENT_TOKENS_FILE" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [("demo",), ("serve",), ("forms", "list"), ("import", "forms.ndjson")])
def test_a_local_form_that_is_not_there_is_named_before_anything_is_made(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    done = acpshare(*command, cwd=tmp_path, ACPSHARE_MAPPING_PATHS="nowhere.yaml")
    assert (done.returncode, done.stdout) == (BAD_INPUT, "")
    assert done.stderr.startswith("nowhere.yaml ")
    assert not list(tmp_path.iterdir())
