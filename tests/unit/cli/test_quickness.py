"""`acpshare --help` is quick, because nothing heavy is imported before a command runs."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic", "pydantic", "fhir", "yaml", "httpx", "structlog")


def test_naming_the_commands_imports_nothing_heavy() -> None:
    program = "import sys, acpshare.cli.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)
