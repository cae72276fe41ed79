"""Recording a form, from its bytes to the commit, beside one bare commit of as many bytes in the same database engine.

Aim: under 5 ms on SQLite with synchronous=FULL. `python benchmarks/bench_record.py [--forms N] [--profile]`
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from acpshare import bootstrap
from acpshare.api.contract.examples import FORM
from acpshare.interactions.record import record
from acpshare.observability import log
from acpshare.settings import Settings


def nhs_numbers() -> list[str]:
    numbers = []
    for serial in range(99_999):
        digits = f"9992{serial:05d}"
        check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            numbers.append(digits + str(check % 11))
    return numbers


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--forms", type=int, default=300)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    log.configure("info", Path("/dev/null").open("w"))  # noqa: SIM115
    with tempfile.TemporaryDirectory() as folder:
        components = bootstrap.build_components(Settings(database_url=f"sqlite:///{folder}/bench.db"), demo=True)
        bare = sqlite3.connect(f"{folder}/bare.db", isolation_level=None)
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, text BLOB)")
        text = json.dumps(FORM)
        bodies = [text.replace("9990000018", number).encode() for number in nhs_numbers()[: given.forms + 20]]
        for body in bodies[:20]:
            record(components, body)
        with components.store.read() as reading:
            texts = [each.text or b"" for each in reading.every_resource()]
        size = sum(map(len, texts)) // 20

        def commit() -> None:
            bare.execute("BEGIN IMMEDIATE")
            bare.execute("INSERT INTO kept (text) VALUES (?)", (b"x" * size,))
            bare.execute("COMMIT")

        profile = cProfile.Profile()
        forms, commits = [], []
        for body in bodies[20:]:
            commits.append(timed(commit))
            if given.profile:
                profile.enable()
            forms.append(timed(lambda body=body: record(components, body)))
            profile.disable()
        bare.close()
        components.store.close()
    for name, times in (("bare commit", commits), ("record a form", forms)):
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"{name:16} median {statistics.median(times):6.2f} ms   95 % {p95:6.2f} ms")
    print(f"{given.forms} forms of {len(bodies[0])} bytes, {size} bytes of resources each; aim: under 5 ms")
    if given.profile:
        pstats.Stats(profile).sort_stats("cumtime").print_stats(
            r"acpshare|json|sqlite3|sqlalchemy.engine.base.py.*execute", 55
        )


if __name__ == "__main__":
    main()
