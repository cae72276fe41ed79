"""A copy of the project as it would be committed now, and a shell in it that knows nothing of this environment."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path

HANDED_ON = ("PIP_", "SSL_", "REQUESTS_", "HTTP_", "HTTPS_", "NO_PROXY", "http_", "https_", "no_proxy", "LANG", "TERM")


def copy_project(source: Path, target: Path) -> None:
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listed, cwd=source, check=True, capture_output=True, text=True)
    for name in done.stdout.split("\0"):
        if name and (source / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name)


def bare_environment(home: Path) -> dict[str, str]:
    """PATH without this virtual environment, and what a package client needs; nothing else is known."""
    path = [part for part in os.environ["PATH"].split(os.pathsep) if ".venv" not in part]
    handed_on = {name: value for name, value in os.environ.items() if name.startswith(HANDED_ON)}
    return {**handed_on, "PATH": os.pathsep.join(path), "HOME": os.environ.get("HOME", str(home))}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Shell:
    """One bash for a whole page, as a reader has: variables and folder last from block to block."""

    folder: Path
    process: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=self.folder,
            env=bare_environment(self.folder),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, command: str) -> tuple[int, str]:
        """What the command printed, to standard error too, and its exit status."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        end = f"end-{uuid.uuid4()}"
        self.process.stdin.write(f"{{ {command}\n}} </dev/null\nprintf '\\n%s %s\\n' {end} $?\n")
        self.process.stdin.flush()
        printed: list[str] = []
        for line in self.process.stdout:
            if line.startswith(end):
                return int(line.split()[1]), "".join(printed).rstrip()
            printed.append(line)
        raise AssertionError(f"the shell ended in: {command}")

    def close(self) -> None:
        end_group(self.process)


@dataclass
class Service:
    """`make run` as a person starts it, on a free port."""

    folder: Path
    command: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.folder / "var" / f"service-{self.port}.log"
        self.log.parent.mkdir(exist_ok=True)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["sh", "-c", f"exec {self.command} PORT={self.port}"],
                cwd=self.folder,
                env=bare_environment(self.folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_until_live(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, f"{self.command} ended:\n{self.printed()}"
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live", timeout=2):
                    return
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                time.sleep(0.2)
        raise AssertionError(f"{self.command} is not live after {seconds} seconds:\n{self.printed()}")

    def close(self) -> None:
        end_group(self.process)


def end_group(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """End the process that was started and the children it has, and nothing else."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
