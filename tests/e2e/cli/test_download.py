"""`acpshare download`: a running server's resources, through its bulk export and our own client."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.cli.command import BAD_INPUT, DONE, FAILED, acpshare
from tests.support.service import BASE, Service, golden, service

__all__ = ["service"]
pytestmark = pytest.mark.e2e


def base_url(service: Service) -> str:
    return f"http://127.0.0.1:{service.port}{BASE}"


def test_everything_asked_for_lies_in_one_file_a_type(service: Service, tmp_path: Path) -> None:
    assert service.record(golden("respect-v3", "care-home-resident")).status_code == 201
    folder = tmp_path / "down"
    done = acpshare("download", base_url(service), folder, "--type", "CarePlan", "--type", "Patient", cwd=tmp_path)
    assert done.returncode == DONE, done.stderr
    assert {file.name for file in folder.iterdir()} == {"CarePlan-1.ndjson", "Patient-1.ndjson"}
    [plan] = (folder / "CarePlan-1.ndjson").read_text(encoding="utf-8").splitlines()
    assert service.get(f"CarePlan/{json.loads(plan)['id']}").text == plan
    assert (folder / "CarePlan-1.ndjson").stat().st_mode & 0o077 == 0
    again = acpshare("download", base_url(service), folder, cwd=tmp_path)
    assert again.returncode == BAD_INPUT
    assert "nothing was written" in again.stderr


@pytest.mark.parametrize(
    ("asked", "ending", "said"),
    [
        (["--type", "Nonsense"], BAD_INPUT, "the server refused"),
        (["--since", "yesterday"], BAD_INPUT, "the server refused"),
    ],
)
def test_what_the_server_refuses_is_said_and_nothing_is_left(
    service: Service, tmp_path: Path, asked: list[str], ending: int, said: str
) -> None:
    done = acpshare("download", base_url(service), tmp_path / "down", *asked, cwd=tmp_path)
    assert (done.returncode, said in done.stderr.replace("\n", " ")) == (ending, True), done.stderr
    assert not (tmp_path / "down").exists()


def test_a_server_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    done = acpshare("download", "http://127.0.0.1:9/fhir/R4", tmp_path / "down", cwd=tmp_path)
    assert done.returncode == FAILED
    assert "Traceback" not in done.stderr
