"""What a resource is found by, and reading a query string, beside reading the same bytes as JSON in the same run.

Aims: 0.15 ms for the index values of a 6 KB CarePlan, 0.04 ms for `patient.identifier=...`.
`python benchmarks/bench_search.py`
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

from bench_validation import care_plan

from acpshare.fhir.json_text import dump, parse
from acpshare.search.extraction import index_values
from acpshare.search.parsing import parse_search

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number|9990000018"
BASE = "https://ours.example/fhir/R4"
SEARCHES = {
    "a plan by NHS number": ("CarePlan", [("patient.identifier", NHS_NUMBER)]),
    "current plans, newest first": (
        "CarePlan",
        [("patient", "Patient/1"), ("status", "active"), ("_sort", "-date"), ("_count", "20")],
    ),
    "a person by name and birth": ("Patient", [("name", "Brontë"), ("birthdate", "1816-04-21")]),
    "any subject by NHS number": ("QuestionnaireResponse", [("subject.identifier", NHS_NUMBER)]),
    "a reverse chain": ("Patient", [("_has:CarePlan:patient:status", "active")]),
}
ROUNDS = 300


def median(act: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        act()
        times.append((time.perf_counter() - started) * 1_000_000)
    return statistics.median(times)


def main() -> None:
    text = dump(care_plan(11))
    plan = parse(text)
    print(f"{'a CarePlan as JSON (json.loads)':34} {median(lambda: json.loads(text)):7.1f} us   {len(text)} bytes")
    print(f"{'... as lossless JSON (parse)':34} {median(lambda: parse(text)):7.1f} us")
    found = len(index_values(plan, BASE))
    print(f"{'... its index values':34} {median(lambda: index_values(plan, BASE)):7.1f} us   {found} values")
    for name, (of, pairs) in SEARCHES.items():
        spent = median(lambda of=of, pairs=pairs: parse_search(of, pairs, base_url=BASE))
        print(f"{name:34} {spent:7.1f} us   {len(pairs)} parameters")


if __name__ == "__main__":
    main()
