"""The console script as a process of its own, in an empty folder and with an environment that the test names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ACPSHARE = Path(sys.executable).with_name("acpshare")
ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden"

DONE, FAILED, BAD_INPUT, NOT_ALL_CARRIED, UNSAFE = 0, 1, 2, 3, 4


def environment(**named: str) -> dict[str, str]:
    """The test's own, without settings; a screen's width must not matter to what is piped."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("ACPSHARE_", "COLUMNS"))}
    return bare | {"COLUMNS": "60"} | named


def acpshare(
    *arguments: str | Path, cwd: Path, stdin: str | bytes = b"", **named: str
) -> subprocess.CompletedProcess[str]:
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [ACPSHARE, *map(str, arguments)],
        cwd=cwd,
        input=given,
        capture_output=True,
        env=environment(**named),
        timeout=60,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def golden(form: str, case: str) -> Path:
    return GOLDEN / form / case / "form.json"
