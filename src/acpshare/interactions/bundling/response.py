"""What a batch or transaction answers: for each entry, in the order of the request, what became of it.

https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.response
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from acpshare.fhir.json_text import dump
from acpshare.interactions.bundling.entries import Entry
from acpshare.interactions.bundling.reads import Answer
from acpshare.interactions.bundling.work import Done
from acpshare.interactions.components import Components
from acpshare.interactions.derived import instant
from acpshare.interactions.operation_outcome import operation_outcome
from acpshare.interactions.restricted import shown
from acpshare.interactions.statuses import status_of
from acpshare.interactions.unit import Recorded, Unit
from acpshare.outcome import Failure, IssueType, Severity, TooLarge, error
from acpshare.storage import StoredResource

MOST_BYTES = 25_000_000
"""Of one answer, what was read and what was made: it must not fill the memory."""


class Response:
    """The entries of the answer, as they come to be known."""

    def __init__(self, components: Components, kind: str, prefer: str) -> None:
        self.components, self.kind, self.prefer = components, kind, prefer
        self._entries: dict[int, bytes] = {}
        self._bytes = 0

    def text(self) -> bytes:
        head = f'{{"resourceType":"Bundle","type":"{self.kind}-response"'.encode()
        entries = [self._entries[number] for number in sorted(self._entries)]
        return head + (b',"entry":[' + b",".join(entries) + b"]}" if entries else b"}")

    def add(self, unit: Unit, entry: Entry, done: Done) -> None:
        """What became of an entry, in a unit that has ended. Raises TooLarge."""
        if done.answer is not None:
            self.add_answer(entry, done.answer)
        else:
            self._put(entry.number, self._changed(unit, entry, [unit.finished(each) for each in done.recorded]))

    def add_answer(self, entry: Entry, answer: Answer) -> None:
        """What was read. Raises TooLarge."""
        self._put(entry.number, self._answered(answer))

    def add_failure(self, number: int, failure: Failure) -> None:
        status = status_of(failure)
        outcome = operation_outcome(failure.issues)
        self._entries[number] = _entry({"status": _words(status), "outcome": outcome})

    def _put(self, number: int, entry: bytes) -> None:
        if self._bytes + len(entry) > MOST_BYTES:
            what = f"the answer would have more than {MOST_BYTES} bytes: ask for less in one Bundle"
            raise TooLarge(error(IssueType.TOO_COSTLY, what, f"Bundle.entry[{number}]"))
        self._bytes += len(entry)
        self._entries[number] = entry

    def _answered(self, answer: Answer) -> bytes:
        status = HTTPStatus.NOT_MODIFIED if answer.is_unchanged else HTTPStatus.OK
        response: dict[str, Any] = {"status": _words(status)}
        if answer.stored is not None:
            response |= _version(answer.stored)
        address = None if answer.stored is None else self._address(answer.stored)
        return _entry(response, answer.text, address)

    def _changed(self, unit: Unit, entry: Entry, done: list[Recorded]) -> bytes:
        issues = [issue for each in done for issue in each.issues]
        response: dict[str, Any] = {"status": _words(_status(entry, done))}
        resource = address = None
        if entry.method != "DELETE":
            stored = done[0].stored
            address = self._address(stored)
            response |= {"location": f"{address}/_history/{stored.version_id}"} | _version(stored)
            resource = shown(self.components, unit.writing, stored).text if self.prefer == "representation" else None
        elif len(done) == 1:
            response |= _version(done[0].stored)
        warned = any(issue.severity is not Severity.INFORMATION for issue in issues)
        if self.prefer == "OperationOutcome" or (warned and self.prefer == "minimal"):
            ledger = done[0].ledger if len(done) == 1 else None
            response["outcome"] = operation_outcome(dict.fromkeys(issues), ledger)
        return _entry(response, resource, address)

    def _address(self, stored: StoredResource) -> str:
        return f"{self.components.base_url}/{stored.type}/{stored.id}"


def _status(entry: Entry, done: Iterable[Recorded]) -> HTTPStatus:
    if entry.method == "DELETE":
        return HTTPStatus.NO_CONTENT
    return HTTPStatus.CREATED if any(each.is_new for each in done) else HTTPStatus.OK


def _words(status: HTTPStatus) -> str:
    return f"{status.value} {status.phrase}"


def _version(stored: StoredResource) -> dict[str, str]:
    return {"etag": f'W/"{stored.version_id}"', "lastModified": instant(stored.last_updated)}


def _entry(response: dict[str, Any], resource: bytes | None = None, address: str | None = None) -> bytes:
    """With the resource's own text left as it is."""
    parts = [f'"fullUrl":{dump(address)}'.encode()] if address is not None else []
    parts += [b'"resource":' + resource] if resource is not None else []
    return b"{" + b",".join((*parts, b'"response":' + dump(response).encode())) + b"}"
