"""The real command as processes of its own, several on one database, and what only a process can suffer."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ACPSHARE = Path(sys.executable).with_name("acpshare")
TOKEN = "a-made-up-token"
PATIENCE = 60.0


@dataclass
class Process:
    """`acpshare serve`, and a client of it; the client may be used by many threads."""

    process: subprocess.Popen[bytes]
    client: httpx.Client
    log: Path

    def kill(self) -> None:
        """As a power cut would: nothing is finished."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def memory(self) -> tuple[float, float]:
        """Megabytes of this process: now, and at most since `forget_memory`."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines()
        found = {
            name: float(rest.split()[0]) / 1024
            for name, _, rest in (line.partition(":") for line in lines)
            if "Vm" in name
        }
        return found["VmRSS"], found["VmHWM"]

    def forget_memory(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="ascii")


@contextmanager
def serving(url: str, folder: Path, **settings: str) -> Iterator[Process]:
    """One process, from its first answer on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = folder / f"{port}.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [ACPSHARE, "serve"], cwd=folder, env=environment(url, folder, port, **settings), stdout=written,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=40)
    known = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/fhir/R4", headers=known, timeout=30, limits=limits) as client:
        try:
            _wait_for(client, f"http://127.0.0.1:{port}/health/ready", log)
            yield Process(process, client, log)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def command(url: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Another command of ours, beside what runs."""
    return subprocess.run(
        [ACPSHARE, *arguments], cwd=folder, env=environment(url, folder, 8000), capture_output=True, text=True,
        check=False, timeout=PATIENCE,
    )  # fmt: skip


def environment(url: str, folder: Path, port: int, **settings: str) -> dict[str, str]:
    tokens = folder / "tokens"
    tokens.write_text(f"tester:{hashlib.sha256(TOKEN.encode()).hexdigest()}\n", encoding="utf-8")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("ACPSHARE_")},
        "ACPSHARE_DATABASE_URL": url,
        "ACPSHARE_PORT": str(port),
        "ACPSHARE_CLIENT_TOKENS_FILE": str(tokens),
        "ACPSHARE_EXPORT_DIR": str(folder / "export"),
        "ACPSHARE_PUBLIC_URL": "http://127.0.0.1",  # the same whichever process answers
        **settings,
    }


def _wait_for(client: httpx.Client, address: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if client.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"the service does not start: {log.read_text(encoding='utf-8')}")
