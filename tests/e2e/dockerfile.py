"""Carries out a Dockerfile's instructions in order, in a scratch folder that stands for the image's root.

For machines without a container engine. The base image is a Python with pip on the PATH; COPY honours .dockerignore;
RUN is done by sh and every absolute path leads into the scratch root; what USER names is what the processes run as.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HANDED_ON = ("PIP_", "SSL_", "REQUESTS_", "HTTP_", "HTTPS_", "NO_PROXY", "http_", "https_", "no_proxy")
NO_GROUPS: list[int] | None = [] if os.geteuid() == 0 else None
ABSOLUTE = re.compile(r"(?<![\w.\-])/(?=[a-z])(?!(?:bin|dev|etc|proc|sys|tmp|usr)/)")


@dataclass(frozen=True)
class Instruction:
    word: str
    rest: str

    def exec_form(self) -> list[str]:
        """`["a", "b"]` as a list; what is not in that form would need a shell in the image."""
        command: list[str] = json.loads(self.rest)
        return command


def parse(text: str) -> list[Instruction]:
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", lines)
    return [Instruction(*line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def context(source: Path) -> Iterator[Path]:
    """What is sent to the builder: every file that .dockerignore lets through, the last matching pattern deciding."""
    patterns = [
        line for line in (source / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")
    ]
    for file in source.rglob("*"):
        path = file.relative_to(source)
        if not file.is_file() or path.parts[0] in {".git", ".venv", "var"}:
            continue
        ignored = False
        for pattern in patterns:
            if any(matches(parent, pattern.removeprefix("!")) for parent in (path, *path.parents)):
                ignored = not pattern.startswith("!")
        if not ignored:
            yield path


def matches(path: Path, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch.fnmatch(path.name, pattern.removeprefix("**/"))
    return len(path.parts) == pattern.count("/") + 1 and fnmatch.fnmatch(str(path), pattern)


def python_for(uid: int) -> str:
    """A Python that this user may execute: the one that runs this may lie in somebody's home."""
    for candidate in (os.path.realpath(sys.executable), "/usr/local/bin/python3", "/usr/bin/python3"):
        probe = [candidate, "-c", "import sys, venv, sqlite3, ssl; sys.exit(sys.version_info < (3, 11))"]
        try:
            subprocess.run(probe, check=True, cwd="/", capture_output=True, user=become(uid), extra_groups=NO_GROUPS)
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    raise AssertionError(f"no Python 3.11 or later that user {uid} may execute")


def become(uid: int) -> int | None:
    """Whom subprocess may start as; nobody but root can become another."""
    return uid if os.geteuid() == 0 else None


@dataclass
class Build:
    source: Path
    scratch: Path
    env: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = "0"
    metadata: dict[str, Instruction] = field(default_factory=dict)
    stages: dict[str, Path] = field(default_factory=dict)
    copied: set[Path] = field(default_factory=set)

    @property
    def root(self) -> Path:
        """Where the current stage's / is: one path for all stages, so that what is copied between them still fits."""
        return self.scratch / "image"

    @property
    def uid(self) -> int:
        return int(self.user.partition(":")[0]) if os.geteuid() == 0 else os.geteuid()

    def carry_out(self, instructions: list[Instruction]) -> None:
        for instruction in instructions:
            step = getattr(self, f"do_{instruction.word.lower()}", None)
            if step is None:
                self.metadata[instruction.word] = instruction
            else:
                step(instruction.rest)

    def inside(self, text: str) -> str:
        return ABSOLUTE.sub(f"{self.root}/", text)

    def do_from(self, rest: str) -> None:
        name = rest.partition(" AS ")[2] or "final"
        stage = self.stages[name] = self.scratch / f"stage-{name}"
        binaries = stage / "usr/local/bin"
        binaries.mkdir(parents=True)
        (binaries / "python").symlink_to(python_for(10001))
        (binaries / "pip").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m pip "$@"\n')
        (binaries / "pip").chmod(0o755)
        self.root.unlink(missing_ok=True)
        self.root.symlink_to(stage)
        handed_on = {name: value for name, value in os.environ.items() if name.startswith(HANDED_ON)}
        self.env = {**handed_on, "PATH": f"{self.root}/usr/local/bin:/usr/bin:/bin", "HOME": str(self.scratch)}
        self.workdir, self.user, self.metadata = "/", "0", {}

    def do_workdir(self, rest: str) -> None:
        self.workdir = rest
        Path(self.inside(rest)).mkdir(parents=True, exist_ok=True)

    def do_env(self, rest: str) -> None:
        for assignment in shlex.split(rest):
            name, _, value = assignment.partition("=")
            self.env[name] = self.inside(value).replace("$PATH", self.env["PATH"])

    def do_user(self, rest: str) -> None:
        self.user = rest

    def do_copy(self, rest: str) -> None:
        words = rest.split()
        origin = words.pop(0).partition("--from=")[2] if words[0].startswith("--from=") else None
        *sources, target = words
        destination = self.root / self.workdir.strip("/") / target if target[0] != "/" else Path(self.inside(target))
        if origin is not None:
            (copied,) = sources
            shutil.copytree(self.stages[origin] / copied.strip("/"), destination, symlinks=True)
            return
        sent = list(context(self.source))
        for source in sources:
            found = [path for path in sent if path == Path(source) or Path(source) in path.parents]
            assert found, f"COPY {source}: nothing of that name gets past .dockerignore"
            for path in found:
                to = destination / (path.name if path == Path(source) else path.relative_to(source))
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self.source / path, to)
            self.copied |= set(found)

    def do_run(self, rest: str) -> None:
        command = self.inside(rest)
        if os.geteuid() != 0:  # only root can give a folder away
            command = command.replace("10001", str(os.geteuid()))
        done = self.run(["sh", "-ec", command])
        assert done.returncode == 0, f"RUN {rest}\n{done.stdout}{done.stderr}"

    def run(self, command: list[str], **env: str) -> subprocess.CompletedProcess[str]:
        """A command in the image, as the image's user, to its end."""
        return subprocess.run(
            command,
            check=False,
            cwd=self.inside(self.workdir),
            env={**self.env, **env},
            text=True,
            capture_output=True,
            timeout=600,
            user=become(self.uid),
            group=become(self.uid),
            extra_groups=NO_GROUPS,
        )

    def start(self, command: list[str], **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self.inside(self.workdir),
            env={**self.env, **env},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            user=become(self.uid),
            group=become(self.uid),
            extra_groups=NO_GROUPS,
        )

    def healthcheck(self) -> list[str]:
        return Instruction("CMD", self.metadata["HEALTHCHECK"].rest.partition(" CMD ")[2]).exec_form()
