"""GET and HEAD in an entry: a resource, a version of one, or a search, as they are after the changes of the Bundle.

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from acpshare.interactions.bundling.entries import Entry, at
from acpshare.interactions.components import Components
from acpshare.interactions.preconditions import is_named
from acpshare.interactions.read import is_version_id, present
from acpshare.interactions.restricted import shown
from acpshare.interactions.search import search_type
from acpshare.outcome import IssueType, TooLarge, error
from acpshare.storage import Reading, StoredResource

MOST_SECONDS = 10
MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read. `text` is None for HEAD, and where the client has this version already."""

    text: bytes | None
    stored: StoredResource | None = None
    is_unchanged: bool = False


class Reads:
    """The reads of one Bundle, which together take no more time and memory than one request may.

    The reads of a transaction keep every other writer waiting, and are held until its end.
    """

    def __init__(self, components: Components) -> None:
        self.components = components
        self._until = time.monotonic() + MOST_SECONDS
        self._bytes = 0

    def answer(self, reading: Reading, entry: Entry) -> Answer:
        """Raises NotFound, Gone, TooLarge, or what a search raises."""
        if time.monotonic() > self._until:
            raise _too_much(f"the Bundle took more than {MOST_SECONDS} seconds before this was read", entry)
        if self._bytes <= MOST_BYTES:
            answer = self._read(reading, entry)
            self._bytes += len(answer.text or b"")
        if self._bytes > MOST_BYTES:
            raise _too_much(f"what the Bundle reads has more than {MOST_BYTES} bytes", entry)
        return answer

    def _read(self, reading: Reading, entry: Entry) -> Answer:
        if entry.id is None:
            found = search_type(self.components, reading, entry.type, entry.pairs or ())
            return Answer(None if entry.method == "HEAD" else found)
        stored = self._stored(reading, entry, entry.id)
        named = entry.if_none_match
        unchanged = named is not None and is_named(named, stored.version_id, "If-None-Match")
        return Answer(None if unchanged or entry.method == "HEAD" else stored.text, stored, unchanged)

    def _stored(self, reading: Reading, entry: Entry, id: str) -> StoredResource:
        if entry.version is None:
            return shown(self.components, reading, present(reading.resource(entry.type, id), entry.type))
        version = int(entry.version) if is_version_id(entry.version) else None
        kept = reading.version(entry.type, id, version) if version is not None else None
        return shown(self.components, reading, present(kept, entry.type), is_current=False)


def _too_much(what: str, entry: Entry) -> TooLarge:
    return TooLarge(error(IssueType.TOO_COSTLY, f"{what}: ask for less in one Bundle", at(entry.number)))
