"""The FHIR API beside constant bytes of the same size from the same process, in turn; one worker.

    python benchmarks/bench_fhir_api.py [--database URL] [--people 300] [--seconds 2]

Aims: read by id 60 %, CarePlan by patient.identifier 40 % of the constant; creating a CarePlan of 6 KB under 1.5 ms of
one core, a transaction of 30 entries under 40 ms, a page of 50 under 10 ms. Uses wrk where it is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import uvicorn
from bench_emergency_view import Constant, form_of, nhs_number, plain, wrk
from starlette.routing import Route

from acpshare import bootstrap
from acpshare.api.wire import Wire
from acpshare.interactions.record import record
from acpshare.observability import log
from acpshare.settings import Settings

ROUNDS = 3
BASE = "/fhir/R4"
NHS = "https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C"
LUA = """
local paths = {%s}
local i = 0
request = function()
  i = i %% #paths + 1
  return wrk.format("GET", paths[i])
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %%f %%f %%f %%d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status))
end
"""


def serve(port: int, database: str, people: int, ids: Path) -> None:
    log.configure("info", Path("/dev/null").open("w"))  # noqa: SIM115
    settings = Settings(port=port, database_url=database)
    bootstrap.upgrade(database)
    components = bootstrap.build_components(settings, demo=True)
    plans = []
    for number in numbers(people):
        done = record(components, form_of(number))
        plans.append((done.plan or "").partition("/_history")[0])
    with components.store.read() as reading:
        stored = reading.resource(*plans[0].split("/"))
    assert stored is not None
    assert stored.text is not None
    app = bootstrap.build_app(settings, components, demo=True)
    constant = Constant(stored.text, b"application/fhir+json; charset=utf-8")
    app.router.routes.insert(0, Route("/constant", constant))
    ids.write_text(json.dumps({"plans": plans, "bytes": len(stored.text)}))
    gc.collect()
    gc.freeze()
    uvicorn.run(app, port=port, log_config=None, access_log=False, lifespan="auto", server_header=False, http=Wire)


def numbers(people: int) -> list[str]:
    return [number for serial in range(1, people * 2) if (number := nhs_number(serial))][:people]


def rates(port: int, pid: int, paths: dict[str, list[str]], seconds: int) -> None:
    """Requests a second, and the server's processor time for each: the truer one on a machine with other work."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in paths}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "load.lua")
        for _ in range(ROUNDS):
            for name, listed in paths.items():
                script.write_text(LUA % ",".join(f'"{path}"' for path in listed))
                before = processor(pid)
                if shutil.which("wrk"):
                    rate = wrk(f"http://127.0.0.1:{port}", script, seconds)[0]
                else:
                    rate = asyncio.run(plain(port, listed, seconds))[0]
                found[name].append((rate, (processor(pid) - before) / (rate * seconds)))
    medians = {name: [statistics.median(column) for column in zip(*runs, strict=True)] for name, runs in found.items()}
    baseline, least = medians["constant"]
    for name, (rate, used) in medians.items():
        print(
            f"{name:34} {rate:8.0f} requests/s, {rate / baseline:4.0%} of constant bytes"
            f"   processor {used * 1e6:6.0f} us, {least / used:4.0%}"
        )


def one_by_one(port: int, pid: int, name: str, requests: list[tuple[str, str, bytes]]) -> None:
    """Requests on one connection: how long each takes, and how much of the server's processor."""
    connection = HTTPConnection("127.0.0.1", port)
    times, before = [], processor(pid)
    for method, path, body in requests:
        started = time.perf_counter()
        connection.request(method, path, body or None, {"Content-Type": "application/fhir+json"} if body else {})
        answer = connection.getresponse()
        text = answer.read()
        times.append(time.perf_counter() - started)
        assert answer.status in (200, 201), text[:500]
    used = (processor(pid) - before) / len(requests)
    times.sort()
    median, worst = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
    print(f"{name:34} median {median:6.2f} ms   99 % {worst:6.2f} ms   processor {used * 1000:6.2f} ms")


def processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def care_plan(patient: str, serial: int) -> dict[str, Any]:
    """About 6 KB of treatment decisions, none of them about CPR."""
    details = [
        {
            "detail": {
                "code": {"text": f"Treatment {serial}-{number}"},
                "status": "not-started",
                "doNotPerform": bool(number % 2),
                "description": "To be given at home where that can be done, as was said in the conversation. " * 2,
            }
        }
        for number in range(20)
    ]
    return {
        "resourceType": "CarePlan",
        "identifier": [{"system": "https://acpshare.example/bench", "value": f"{serial}"}],
        "status": "active",
        "intent": "plan",
        "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "736366004"}]}],
        "subject": {"reference": patient},
        "created": "2026-11-22",
        "activity": details,
    }


def transaction(patient: str, serial: int) -> dict[str, Any]:
    entries = []
    for number in range(30):
        resource = {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": f"What was said {serial}-{number}"},
            "subject": {"reference": patient},
            "effectiveDateTime": "2026-11-22",
            "valueString": "As it was said.",
        }
        request = {"method": "POST", "url": "Observation"}
        entries.append(
            {"fullUrl": f"urn:uuid:0a4c7f0e-90b1-4a6e-8f0c-{number:012d}", "resource": resource, "request": request}
        )
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def measure(port: int, pid: int, number: int, seconds: int, ids: Path) -> None:
    known = json.loads(ids.read_text())
    print(f"{number} people, a CarePlan of {known['bytes']} bytes")
    paths = {
        "constant": ["/constant"],
        "read by id": [f"{BASE}/{plan}" for plan in known["plans"]],
        "CarePlan?patient.identifier=": [f"{BASE}/CarePlan?patient.identifier={NHS}{each}" for each in numbers(number)],
    }
    rates(port, pid, paths, seconds)
    one_by_one(port, pid, "page of 50", [("GET", f"{BASE}/CarePlan?_count=50", b"")] * 100)
    created = [("POST", f"{BASE}/Patient", json.dumps({"resourceType": "Patient", "gender": "female"}).encode())]
    one_by_one(port, pid, "create of a Patient", created * 50)
    people = patients(port, 100)
    plans = [json.dumps(care_plan(patient, serial)).encode() for serial, patient in enumerate(people)]
    one_by_one(
        port, pid, f"create, CarePlan of {len(plans[0])} bytes", [("POST", f"{BASE}/CarePlan", each) for each in plans]
    )
    plain_plans = [each.replace(b"736366004", b"734163000") for each in plans]
    one_by_one(
        port, pid, "create, CarePlan of another kind", [("POST", f"{BASE}/CarePlan", each) for each in plain_plans]
    )
    bundles = [json.dumps(transaction(patient, serial)).encode() for serial, patient in enumerate(people[:30])]
    one_by_one(port, pid, "transaction of 30 entries", [("POST", BASE, each) for each in bundles])


def patients(port: int, number: int) -> list[str]:
    """New ones, without any plan."""
    connection = HTTPConnection("127.0.0.1", port)
    found = []
    for _ in range(number):
        body = b'{"resourceType":"Patient","gender":"female"}'
        connection.request("POST", f"{BASE}/Patient", body, {"Content-Type": "application/fhir+json"})
        found.append(f"Patient/{json.loads(connection.getresponse().read())['id']}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database")
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--ids", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.database, given.people, given.ids)
        return
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        database = given.database or f"sqlite:///{folder}/bench.db"
        ids = Path(folder, "ids.json")
        command = [sys.executable, __file__, "--serve", str(port), "--database", database, "--ids", str(ids)]
        command += ["--people", str(given.people)]
        server = subprocess.Popen(command)
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=1)
                    break
                except OSError:
                    time.sleep(0.1)
            measure(port, server.pid, given.people, given.seconds, ids)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
