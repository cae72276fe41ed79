"""POST [base]: a batch, whose entries are done each by itself, or a transaction, of which all is done or nothing.

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.fhir.validation import validate
from acpshare.interactions.bundling.entries import READS, Entry, located, read_entry
from acpshare.interactions.bundling.one_person import OnePerson
from acpshare.interactions.bundling.reads import Reads
from acpshare.interactions.bundling.references import Links, linked, new_ids
from acpshare.interactions.bundling.response import Response
from acpshare.interactions.bundling.work import Work
from acpshare.interactions.checked import CLINICAL
from acpshare.interactions.components import Components
from acpshare.interactions.modifiers import not_ignored
from acpshare.interactions.unit import unit
from acpshare.outcome import Failure, Invalid, Issue, IssueType, Malformed, TooLarge, error

_ENTRY = re.compile(r"Bundle\.entry\[([0-9]+)\]", re.ASCII)


def bundle(
    components: Components,
    text: bytes,
    *,
    client: str = "not known",
    max_bytes: int = 5_000_000,
    prefer: str = "minimal",
) -> bytes:
    """The response Bundle. `prefer` is minimal, representation or OperationOutcome.

    Raises the failure of a transaction, then nothing of it is stored; of a batch, what is wrong with it as a whole.
    """
    resource = parse(text, max_bytes=max_bytes)
    kind, listed = _kind(resource), _listed(components, resource)
    act = _transaction if kind == "transaction" else _batch
    return act(components, resource, listed, client, Response(components, kind, prefer))


def _kind(resource: JsonObject) -> str:
    kind = resource.get("type")
    if resource.get("resourceType") != "Bundle" or kind not in ("batch", "transaction"):
        what = "what is sent to the base address is a Bundle of type batch or transaction"
        raise Malformed(error(IssueType.INVALID, what, "Bundle.type"))
    return str(kind)


def _listed(components: Components, resource: JsonObject) -> list[Any]:
    listed = resource.get("entry", [])
    if not isinstance(listed, list):
        raise Malformed(error(IssueType.STRUCTURE, "entry must be a JSON array", "Bundle.entry"))
    if len(listed) > components.most_entries:
        what = f"the Bundle has more than {components.most_entries} entries"
        raise TooLarge(error(IssueType.TOO_COSTLY, what, "Bundle.entry"))
    return listed


def _transaction(
    components: Components, resource: JsonObject, listed: Sequence[Any], client: str, response: Response
) -> bytes:
    entries, failures = _read(components, listed)
    if failures:
        raise Malformed(*(issue for failure in failures.values() for issue in failure.issues))
    ids = new_ids(components, entries)
    links = linked(entries, ids)
    issues = [*_validated(resource), *links.issues]
    if any(issue.is_error for issue in issues):
        raise Invalid(*issues)
    with unit(components, client) as opened:
        outcomes = Work(opened, entries, links, ids, _by_entry(issues)).done()
        OnePerson().admit(entries, outcomes)
        opened.end()
        for entry in entries:
            response.add(opened, entry, outcomes[entry.number])
    return response.text()


def _batch(
    components: Components, resource: JsonObject, listed: Sequence[Any], client: str, response: Response
) -> bytes:
    entries, failures = _read(components, listed)
    alone = {entry.number: _alone(components, entry) for entry in entries}
    by_entry = _by_entry(_validated(resource))
    whole = [issue for issue in by_entry.pop(-1, ()) if issue.is_error]
    if whole:
        raise Invalid(*whole)
    for number, failure in failures.items():
        response.add_failure(number, failure)
    decided, reads = OnePerson(), Reads(components)
    for entry in entries:
        ids, links = alone[entry.number]
        issues = (*by_entry.get(entry.number, ()), *links.issues)
        try:
            if any(issue.is_error for issue in issues):
                raise Invalid(*issues)
            if entry.method in READS:
                with components.store.read() as reading:
                    response.add_answer(entry, reads.answer(reading, entry))
                continue
            with unit(components, client) as opened:
                outcomes = Work(opened, [entry], links, ids, by_entry).done()
                decided.admit([entry], outcomes)
                opened.end()
                response.add(opened, entry, outcomes[entry.number])
        except Failure as failure:
            response.add_failure(entry.number, located(failure, entry.number))
    return response.text()


def _alone(components: Components, entry: Entry) -> tuple[dict[int, str], Links]:
    """An entry of a batch: it knows of no other."""
    ids = new_ids(components, [entry])
    return ids, linked([entry], ids)


def _read(components: Components, listed: Sequence[Any]) -> tuple[list[Entry], dict[int, Failure]]:
    entries: list[Entry] = []
    failures: dict[int, Failure] = {}
    for number, each in enumerate(listed):
        try:
            entries.append(read_entry(components, number, each))
        except Malformed as failure:
            failures[number] = failure
    return entries, failures


def _validated(resource: JsonObject) -> list[Issue]:
    """Everything that is to be said about the Bundle and what is in it."""
    issues = validate(resource, expected_type="Bundle")
    if any(issue.code is IssueType.TOO_COSTLY and issue.is_error for issue in issues):
        raise Invalid(*issues)
    types = {
        number: str(entry.get("resource", {}).get("resourceType"))
        for number, entry in enumerate(resource.get("entry", ()))
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict)
    }
    return [each for issue in issues for each in _strictly(issue, types)]


def _strictly(issue: Issue, types: dict[int, str]) -> Iterable[Issue]:
    number = _number(issue)
    return not_ignored([issue]) if types.get(number) in CLINICAL else [issue]


def _number(issue: Issue) -> int:
    """The entry that an issue is of; -1 for the Bundle as a whole."""
    found = [match for place in issue.expression if (match := _ENTRY.match(place))]
    return int(found[0][1]) if found else -1


def _by_entry(issues: Iterable[Issue]) -> dict[int, list[Issue]]:
    found: dict[int, list[Issue]] = defaultdict(list)
    for issue in issues:
        found[_number(issue)].append(issue)
    return found
