"""Translating a full form, per edition pair, beside json.loads and json.dumps of the same form in the same run.

Aim: under 1 ms for a pair on one core, with and without JSON in and out. Processor time, so that what else the machine
does counts less. `python benchmarks/bench_translation.py [--rounds N]`
The form of each edition is its longest golden case that may be shown on most other editions.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from acpshare.fhir.json_text import dump, parse
from acpshare.fhir.questionnaire_response import read_response, write_response
from acpshare.forms import FormResponse
from acpshare.translation import CompiledMapping, Mappings, load_mappings, read, write

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden"
TODAY = date(2026, 11, 22)
AIM = 1000


def response_of(text: str) -> FormResponse:
    response, issues = read_response(parse(text))
    assert response is not None, issues
    return response


def shown_on(mappings: Mappings, text: str) -> list[str]:
    response = response_of(text)
    plan = read(mappings[response.form], response, TODAY).value
    assert plan is not None
    return [form for form, mapping in mappings.items() if write(mapping, plan, TODAY).value is not None]


def forms(mappings: Mappings) -> dict[str, str]:
    """For each edition, the text of a filled form."""
    found = {}
    for edition in mappings:
        texts = [path.read_text(encoding="utf-8") for path in sorted((GOLDEN / edition).glob("*/form.json"))]
        found[edition] = max(texts, key=lambda text: (len(shown_on(mappings, text)), len(text)))
    return found


def median(work: Callable[[], object], rounds: int) -> float:
    """Microseconds of processor time of one run: the median of the rounds, each of ten runs."""
    work()
    times = []
    for _ in range(rounds):
        started = time.process_time()
        for _ in range(10):
            work()
        times.append((time.process_time() - started) * 1e5)
    return statistics.median(times)


def translate(source: CompiledMapping, target: CompiledMapping, response: FormResponse) -> FormResponse | None:
    plan = read(source, response, TODAY).value
    assert plan is not None
    return write(target, plan, TODAY).value


def translate_text(mappings: Mappings, target: CompiledMapping, text: str) -> str:
    resource = parse(text)
    response, _ = read_response(resource)
    assert response is not None
    shown = translate(mappings[response.form], target, response)
    assert shown is not None
    return dump(write_response(shown, target.definition, subject=resource["subject"]))


def matrix(title: str, cells: dict[tuple[str, str], float], editions: list[str]) -> None:
    print(f"\n{title}: microseconds, source down, target across (-: a safety rule refuses)")
    print(" " * 22 + "".join(f"{edition[:12]:>14}" for edition in editions))
    for source in editions:
        row = [cells.get((source, target)) for target in editions]
        print(f"{source:22}" + "".join(f"{'-' if each is None else format(each, '.0f'):>14}" for each in row))
    values = list(cells.values())
    print(
        f"min {min(values):.0f}   median {statistics.median(values):.0f}   max {max(values):.0f}   "
        f"{sum(value < AIM for value in values)} of {len(values)} pairs under {AIM} (the aim)"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    mappings = load_mappings()
    texts = forms(mappings)
    bare: dict[tuple[str, str], float] = {}
    whole: dict[tuple[str, str], float] = {}
    baseline: dict[str, float] = {}
    gc.collect()
    gc.freeze()
    for source, text in texts.items():
        response = response_of(text)
        baseline[source] = median(lambda text=text: json.dumps(json.loads(text)), rounds)  # type: ignore[misc]
        for target in mappings:
            if translate(mappings[source], mappings[target], response) is None:
                continue
            on = mappings[target]
            bare[source, target] = median(lambda: translate(mappings[source], on, response), rounds)  # noqa: B023
            whole[source, target] = median(lambda: translate_text(mappings, on, text), rounds)  # noqa: B023
    editions = list(mappings)
    matrix("Form to form (read and write)", bare, editions)
    matrix("JSON text to JSON text (parse, read, write, dump)", whole, editions)
    print("\nbaseline, json.loads and json.dumps of the source form, and its length in bytes:")
    for source, text in texts.items():
        print(f"{source:22}{baseline[source]:>14.0f}{len(text.encode()):>14}")


if __name__ == "__main__":
    main()
