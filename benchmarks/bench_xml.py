"""A Bundle of 50 plans as XML, written and read, beside the same as JSON in the same run.

`python benchmarks/bench_xml.py`
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from bench_validation import care_plan

from acpshare.fhir import json_text, xml

ENTRIES = 50
ROUNDS = 30


def best(act: Callable[[], Any]) -> float:
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return min(taken) * 1000


def main() -> None:
    entries = [{"resource": care_plan(7)} for _ in range(ENTRIES)]
    bundle = json_text.parse(json_text.dump({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    as_json, as_xml = json_text.dump(bundle), xml.dump(bundle)
    assert xml.parse(as_xml) == bundle
    print(f"Bundle of {ENTRIES} CarePlans: {len(as_json) / 1000:.0f} KB of JSON, {len(as_xml) / 1000:.0f} KB of XML")
    print(f"  XML written           {best(lambda: xml.dump(bundle)):6.1f} ms")
    print(f"  JSON written          {best(lambda: json_text.dump(bundle)):6.1f} ms  (baseline)")
    print(f"  XML read              {best(lambda: xml.parse(as_xml)):6.1f} ms")
    print(f"  JSON read             {best(lambda: json_text.parse(as_json)):6.1f} ms  (baseline)")


if __name__ == "__main__":
    main()
