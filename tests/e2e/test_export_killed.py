"""An export outlives the process that was at it: killed in the middle, it is whole in the end, each line once."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from acpshare.storage import StoredResource
from acpshare.storage.sql import open_store

ACPSHARE = Path(sys.executable).with_name("acpshare")
PEOPLE, EACH = 40, 500
TOKEN = "a-made-up-token"
PATIENCE = 60.0
pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_killed_process_leaves_an_export_that_the_next_one_finishes(
    engine: str, databases_of_module: Callable[[str], AbstractContextManager[str]], tmp_path: Path
) -> None:
    with databases_of_module(engine) as url:
        _fill(url)
        with _serving(url, tmp_path) as first:
            where = _kick_off(first)
            assert 0 < _some_of_it_is_done(first, where) < 100
            os.kill(first.process.pid, signal.SIGKILL)
        with _serving(url, tmp_path) as second:
            assert _lines(second, _manifest(second, where)) == PEOPLE * EACH


@dataclass
class _Server:
    process: subprocess.Popen[bytes]
    client: httpx.Client


def _fill(url: str) -> None:
    """People with many observations, put straight into the store: an export is to take some time."""
    store = open_store(url)
    now = datetime.now(UTC)
    for person in range(PEOPLE):
        patient = f"p{person:04}"
        with store.write() as writing:
            writing.put_new([_observation(patient, number, now) for number in range(EACH)])
    store.close()


def _observation(person: str, number: int, now: datetime) -> StoredResource:
    id = f"{person}-{number:05}"
    text = {"resourceType": "Observation", "id": id, "status": "final", "code": {"text": "x" * 3000}}
    return StoredResource("Observation", id, 1, now, json.dumps(text).encode(), person)


@contextmanager
def _serving(url: str, folder: Path) -> Iterator[_Server]:
    """The real command, in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    tokens = folder / "tokens"
    tokens.write_text(f"tester:{hashlib.sha256(TOKEN.encode()).hexdigest()}\n", encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ACPSHARE_")},
        "ACPSHARE_DATABASE_URL": url,
        "ACPSHARE_PORT": str(port),
        "ACPSHARE_CLIENT_TOKENS_FILE": str(tokens),
        "ACPSHARE_EXPORT_DIR": str(folder / "export"),
        "ACPSHARE_PUBLIC_URL": "http://127.0.0.1",  # the same address after the start anew
    }
    process = subprocess.Popen([ACPSHARE, "serve"], cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    base, known = f"http://127.0.0.1:{port}/fhir/R4", {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=base, headers=known, timeout=30) as client:
        server = _Server(process, client)
        try:
            _wait_for(server, f"http://127.0.0.1:{port}/health/ready")
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait_for(server: _Server, address: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if server.client.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the service does not start")


def _kick_off(server: _Server) -> str:
    answer = server.client.get("/Patient/$export?_type=Observation", headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    return str(answer.headers["content-location"].partition("/fhir/R4")[2])


def _some_of_it_is_done(server: _Server, where: str) -> int:
    """Wait until the export is under way, and say how far it is, in per cent."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        stand = server.client.get(where)
        assert stand.status_code == 202, "the export was over before the process could be killed"
        percent = int(stand.headers["x-progress"].partition(" ")[0])
        if percent > 0:
            return percent
        time.sleep(0.02)
    raise AssertionError("the export does not begin")


def _manifest(server: _Server, where: str) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE
    while (stand := server.client.get(where)).status_code == 202:
        assert time.monotonic() < until, "nobody takes the export over"
        time.sleep(0.1)
    assert stand.status_code == 200, stand.text
    manifest: dict[str, Any] = stand.json()
    return manifest


def _lines(server: _Server, manifest: dict[str, Any]) -> int:
    """How many lines there are: each a resource, each once."""
    ids = []
    for each in manifest["output"]:
        content = server.client.get(each["url"].partition("/fhir/R4")[2]).text
        found = [json.loads(line)["id"] for line in content.splitlines()]
        assert len(found) == each["count"]
        ids += found
    assert len(set(ids)) == len(ids)
    return len(ids)
