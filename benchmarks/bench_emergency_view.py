"""Emergency views a second, beside constant bytes of the same size from the same process, in turn.

    python benchmarks/bench_emergency_view.py [--database URL] [--people 300] [--seconds 3]

Aim: at least 60 % of the constant. Uses wrk where it is installed (Debian: wrk), else a plain load loop of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import uvicorn
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from acpshare import bootstrap
from acpshare.api.contract.examples import FORM
from acpshare.interactions.record import record
from acpshare.observability import log
from acpshare.settings import Settings

ROUNDS = 5
CONNECTIONS = 16


class Constant:
    """The same bytes under the same headers, past the same middleware: nothing but the reading is missing."""

    template = "/constant"

    def __init__(self, content: bytes, content_type: bytes) -> None:
        self.content = content
        length = str(len(content)).encode()
        self.headers = [(b"content-length", length), (b"content-type", content_type)]

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.content})


def nhs_number(serial: int) -> str | None:
    digits = f"9991{serial:05d}"
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
    return None if check == 10 else digits + str(check % 11)


def form_of(number: str) -> bytes:
    return json.dumps(FORM).replace("9990000018", number).encode()


def serve(port: int, database: str, people: int) -> None:
    log.configure("info", Path("/dev/null").open("w"))  # noqa: SIM115
    settings = Settings(port=port, database_url=database)
    bootstrap.upgrade(database)
    components = bootstrap.build_components(settings, demo=True)
    serial, numbers = 0, []
    while len(numbers) < people:
        serial += 1
        if (number := nhs_number(serial)) is not None:
            numbers.append(number)
            record(components, form_of(number))
    found = components.store.current_view("https://fhir.nhs.uk/Id/nhs-number", numbers[0])
    assert found is not None
    app = bootstrap.build_app(settings, components, demo=True)
    app.router.routes.insert(0, Route("/constant", Constant(found.view, b"application/json; charset=utf-8")))
    uvicorn.run(app, port=port, log_config=None, access_log=False, lifespan="off", server_header=False)


VIEW = "/fhir/R4/Patient/$emergency-view?identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C"
LUA = """
local numbers = {%s}
local i = 0
local headers = {["Accept"] = "application/json"}
request = function()
  i = i %% #numbers + 1
  return wrk.format("GET", "%s" .. numbers[i], headers)
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %%f %%f %%f %%d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status))
end
"""


def wrk(base: str, script: Path, seconds: int) -> tuple[float, float, float]:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), base]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate, median, p99, errors = (float(part) for part in out.partition("RESULT ")[2].split())
    assert errors == 0, "answers other than 200"
    return rate, median, p99


async def plain(port: int, paths: list[str], seconds: int) -> tuple[float, float, float]:
    """The same without wrk: keep-alive connections, one request at a time on each."""
    times: list[float] = []
    end = time.monotonic() + seconds

    async def one(offset: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        number = offset
        while time.monotonic() < end:
            number += CONNECTIONS
            started = time.perf_counter()
            head_line = f"GET {paths[number % len(paths)]} HTTP/1.1"
            writer.write(f"{head_line}\r\nHost: x\r\nAccept: application/json\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert b" 200 " in head[:20]
            await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r")[0]))
            times.append(time.perf_counter() - started)
        writer.close()

    await asyncio.gather(*(one(offset) for offset in range(CONNECTIONS)))
    times.sort()
    return len(times) / seconds, times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000


def measure(port: int, people: int, seconds: int) -> None:
    numbers = [number for serial in range(1, people * 2) if (number := nhs_number(serial))][:people]
    base = f"http://127.0.0.1:{port}"
    results: dict[str, list[tuple[float, float, float]]] = {"constant": [], "emergency view": []}
    with tempfile.TemporaryDirectory() as folder:
        view, constant = Path(folder, "view.lua"), Path(folder, "constant.lua")
        view.write_text(LUA % (",".join(f'"{number}"' for number in numbers), VIEW))
        constant.write_text(LUA % ('""', "/constant"))
        for _ in range(ROUNDS):
            for name, script, paths in (
                ("constant", constant, ["/constant"]),
                ("emergency view", view, [VIEW + number for number in numbers]),
            ):
                load = wrk(base, script, seconds) if shutil.which("wrk") else asyncio.run(plain(port, paths, seconds))
                results[name].append(load)
    medians = {name: statistics.median(rate for rate, _, _ in runs) for name, runs in results.items()}
    for name, runs in results.items():
        median, p99 = (statistics.median(run[index] for run in runs) for index in (1, 2))
        print(f"{name:16} {medians[name]:8.0f} requests/s   median {median:5.2f} ms   99 % {p99:6.2f} ms")
    share = medians["emergency view"] / medians["constant"]
    print(f"emergency view: {share:.0%} of constant bytes (aim: 60 %), {people} people, {CONNECTIONS} connections")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database")
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.database, given.people)
        return
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        database = given.database or f"sqlite:///{folder}/bench.db"
        command = [sys.executable, __file__, "--serve", str(port), "--database", database]
        command += ["--people", str(given.people)]
        server = subprocess.Popen(command)
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=1)
                    break
                except OSError:
                    time.sleep(0.1)
            measure(port, given.people, given.seconds)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
