"""Golden cases: a filled form, and everything that the service makes of it, in files that a clinician can read.

A case is a folder tests/golden/<edition>/<case> with form.json (a QuestionnaireResponse) and README.md (what it is for).
The rest is made by `make golden-update FORM=<edition> CASE=<case>` and reviewed line by line before it is committed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from acpshare.fhir.json_text import dump, parse
from acpshare.fhir.questionnaire_response import read_response, write_response
from acpshare.forms import FormResponse
from acpshare.outcome import Issue, Ledger, LedgerEntry
from acpshare.plan import Plan
from acpshare.plan.codec import dump_plan
from acpshare.translation import CompiledMapping, Mappings, load_mappings, read, write

GOLDEN = Path(__file__).resolve().parent
TODAY = date(2026, 11, 22)
"""The day against which review dates and ages are held: goldens do not age."""
INPUT = ("form.json", "README.md")


@cache
def mappings() -> Mappings:
    return load_mappings()


def all_cases() -> list[Path]:
    """Every case's folder, by edition and name."""
    return sorted(path.parent for path in GOLDEN.glob("*/*/form.json"))


def load_form(case: Path) -> tuple[FormResponse, dict[str, Any]]:
    """The filled form of a case, and the resource that it is."""
    resource = parse((case / "form.json").read_text(encoding="utf-8"))
    response, issues = read_response(resource)
    if response is None:
        raise ValueError(f"{case.name}: form.json is not a filled form: {[issue.diagnostics for issue in issues]}")
    return response, resource


def expected_files(case: Path) -> dict[str, str]:
    """What the files of a case other than its input must hold, by name."""
    response, resource = load_form(case)
    taken = read(mappings()[response.form], response, TODAY)
    said: dict[str, Any] = {"issues": list(map(issue_line, taken.issues)), "ledger": ledger_lines(taken.ledger)}
    if taken.value is None:
        return {"read.json": pretty({"refused": said["issues"]})}
    files = {"read.json": pretty(said), "plan.json": pretty(json.loads(dump_plan(taken.value)))}
    for form, mapping in mappings().items():
        files |= dict(_written(mapping, taken.value, resource, own=form == response.form))
    return files


def _written(mapping: CompiledMapping, plan: Plan, resource: dict[str, Any], *, own: bool) -> Iterator[tuple[str, str]]:
    if own:
        return
    shown = write(mapping, plan, TODAY)
    if shown.value is None:
        yield f"write-{mapping.id}.json", pretty({"refused": [issue_line(issue) for issue in shown.issues]})
        return
    form = write_response(shown.value, mapping.definition, subject=resource["subject"])
    yield f"write-{mapping.id}.json", pretty(json.loads(dump(form)))
    lines = {"issues": [issue_line(issue) for issue in shown.issues], "ledger": ledger_lines(shown.ledger)}
    yield f"ledger-{mapping.id}.json", pretty(lines)


def issue_line(issue: Issue) -> str:
    rule = f" {issue.rule}" if issue.rule else ""
    return f"{issue.severity}{rule} {', '.join(issue.expression)}: {issue.diagnostics}"


def ledger_lines(ledger: Ledger) -> list[str]:
    """One line for each entry, without places in mapping files, which move whenever a line is added."""
    return [ledger_line(entry) for entry in ledger.entries]


def ledger_line(entry: LedgerEntry) -> str:
    rule = f" {entry.rule}" if entry.rule else ""
    return f"{entry.outcome}{rule} {entry.element or ''} -> {entry.item or ''}".rstrip()


def pretty(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def differences(before: Any, after: Any, path: str = "") -> Iterable[str]:
    """Element by element, `path: before → after`."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from differences(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_differences(before, after, path)
    elif before != after:
        yield f"{path}: {_short(before)} → {_short(after)}"


def _list_differences(before: list[Any], after: list[Any], path: str) -> Iterable[str]:
    """A form's items by linkId; anything else by what is new and what is gone."""
    if any(isinstance(each, dict) and "linkId" in each for each in (*before, *after)):
        keyed = [{_key(each, index): each for index, each in enumerate(side)} for side in (before, after)]
        for key in [*keyed[0], *(key for key in keyed[1] if key not in keyed[0])]:
            yield from differences(keyed[0].get(key), keyed[1].get(key), f"{path}[{key}]")
        return
    yield from (f"{path}: − {_short(each)}" for each in before if each not in after)
    yield from (f"{path}: + {_short(each)}" for each in after if each not in before)
    if before != after and len(before) == len(after) and all(each in after for each in before):
        yield f"{path}: the order changed"


def _key(item: Any, index: int) -> str:
    return f"{item['linkId']}/{index}" if isinstance(item, dict) else str(index)


def _short(value: Any) -> str:
    text = "(nothing)" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:197]}..."
