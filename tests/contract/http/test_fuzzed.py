"""Schemathesis holds a running service against its own contract: no 5xx, and no answer outside what is promised.

ACPSHARE_FUZZ_SECONDS makes it longer. https://schemathesis.readthedocs.io/en/stable/
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from acpshare.api.contract.resources import ID as EXAMPLE
from tests.support.fuzzing import VARIABLE
from tests.support.service import BASE, CONTRACT, ROOT, Service, golden

SECONDS = int(os.environ.get("ACPSHARE_FUZZ_SECONDS", "60"))
SEED = "20261122"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
REACHED = 0.6
"""Of the operations, how many must have answered with success: fuzzing that only meets refusals proves little."""
ST = Path(sys.executable).with_name("st")


@pytest.mark.timeout(SECONDS + 300)
def test_no_answer_is_a_failure_or_outside_the_contract(service: Service, tmp_path: Path) -> None:
    held = tmp_path / "held.json"
    held.write_text(json.dumps(filled(service)), encoding="utf-8")
    ran = subprocess.run(
        [
            ST, "run", ROOT / "openapi" / "acpshare.json", "--url", f"http://127.0.0.1:{service.port}",
            "--checks", ",".join(CHECKS), "--phases", "examples,fuzzing", "--max-time", str(SECONDS), "--seed", SEED,
            "--continue-on-failure", "--no-shrink", "--suppress-health-check", "all", "--request-timeout", "20",
            "--generation-database", "none", "--warnings", "off", "--no-color",
        ],
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.support.fuzzing", "PYTHONPATH": str(ROOT), VARIABLE: str(held)},
        capture_output=True, text=True, check=False, timeout=SECONDS + 240,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-2_000:]
    lines = service.log_lines()
    assert [line for line in lines if line["event"] == "http.failure"] == []
    answered = statuses(lines)
    succeeded = sum(1 for seen in answered.values() if any(status < 300 for status in seen))
    print(f"{sum(map(sum, (seen.values() for seen in answered.values())))} answers of {len(answered)} operations, "  # noqa: T201
          f"{succeeded} of them with success")  # fmt: skip
    assert succeeded / len(answered) > REACHED, unreached(answered)


def filled(service: Service) -> dict[str, list[dict[str, Any]]]:
    """What the service holds by type, after some forms and every example of its contract."""
    for form, case in (("respect-v3", "care-home-resident"), ("tep-devon", "care-home-resident")):
        assert service.record(golden(form, case)).status_code == 201
    for name, example in CONTRACT["components"]["examples"].items():
        body = example["value"]
        if name.startswith("create-") and isinstance(body, dict):
            made = body | {"id": EXAMPLE}
            answer = service.client.put(f"{BASE}/{body['resourceType']}/{EXAMPLE}", json=made)
            assert answer.status_code in (200, 201), f"{name}: {answer.text}"
    held: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in CONTRACT["paths"]:
        type = path.removeprefix(f"{BASE}/")
        if type[:1].isupper() and "/" not in type and "get" in CONTRACT["paths"][path]:
            entries = service.get(f"{type}?_count=3").json().get("entry", ())
            held[type] += [entry["resource"] for entry in entries if entry["resource"]["resourceType"] == type]
    return {type: listed for type, listed in held.items() if listed}


def statuses(lines: list[dict[str, Any]]) -> dict[tuple[str, str], dict[int, int]]:
    """How often each address answered each method with what."""
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for line in lines:
        if line["event"] == "http.request" and line["route"] != "unmatched":
            found[line["method"], line["route"]][line["status"]] += 1
    return found


def unreached(answered: dict[tuple[str, str], dict[int, int]]) -> str:
    never = [f"{method} {route}: {dict(seen)}" for (method, route), seen in answered.items() if min(seen) >= 300]
    return "\n".join(never)
