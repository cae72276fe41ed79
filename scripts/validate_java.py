"""Has HAPI's validator judge what the service makes: `make validate-java`.

`python -m scripts.validate_java [FOLDER]`: without FOLDER, the tests that call `assert_valid_r4` are run, and the
resources they pass are laid in var/produced and judged. Java 17 and Maven are needed. Exit 1 when there is an error,
or nothing to judge.
https://hapifhir.io/hapi-fhir/docs/validation/introduction.html
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCED = ROOT / "var" / "produced"
ASKED = "assert_valid_r4"
FALSE_ALARMS = (
    # HAPI's store of definitions in memory does not give StructureMaps to its validator, so imports are not found.
    r"The group \w+ could not be resolved",
    r"No maps were found to match \S+ - validation may be wrong",
)
PROJECT = ROOT / "tools" / "validate-java" / "pom.xml"


def produce() -> None:
    """Runs the tests that make resources, each of which keeps what it makes."""
    tests = [
        str(path)
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if "assert_valid_r4" in path.read_text("utf-8")
    ]
    shutil.rmtree(PRODUCED, ignore_errors=True)
    environment = {**os.environ, "ACPSHARE_PRODUCED": str(PRODUCED)}
    subprocess.run([sys.executable, "-m", "pytest", "-q", *tests], cwd=ROOT, env=environment, check=True)


def judged(folder: Path) -> list[str]:
    """What HAPI prints: a line for each file, and one for each message, in columns."""
    command = ["mvn", "-q", "-B", "-f", str(PROJECT), "compile", "exec:java", f"-Dexec.args={folder}"]
    result = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in result.stdout.splitlines()]


def is_false(text: str) -> bool:
    return any(re.fullmatch(alarm, text) for alarm in FALSE_ALARMS)


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]).resolve() if arguments else PRODUCED
    if not arguments:
        produce()
    lines = [line.split("\t") for line in judged(folder)]
    files = sum(columns[0] == "FILE" for columns in lines)
    messages = [
        columns for columns in lines if columns[0] in ("FATAL", "ERROR", "WARNING") and not is_false(columns[3])
    ]
    for severity, file, place, text in messages:
        print(f"{severity.lower()}: {Path(file).name}: {place}: {text}")
    errors = sum(columns[0] != "WARNING" for columns in messages)
    print(f"{files} resources, {errors} errors, {len(messages) - errors} warnings")
    return 1 if errors or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
