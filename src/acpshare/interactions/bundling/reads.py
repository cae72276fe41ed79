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

MOST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read. `text` is None for HEAD, and where the client has this version already."""

    text: bytes | None
    stored: StoredResource | None = None
    is_unchanged: bool = False


class Reads:
    """The reads of one Bundle, which together take no longer than is patient."""

    def __init__(self, components: Components) -> None:
        self.components = components
        self._until = time.monotonic() + MOST_SECONDS

    def answer(self, reading: Reading, entry: Entry) -> Answer:
        """Raises NotFound, Gone, TooLarge, or what a search raises."""
        if time.monotonic() > self._until:
            what = f"the Bundle took more than {MOST_SECONDS} seconds before this was read: ask for less in one Bundle"
            raise TooLarge(error(IssueType.TOO_COSTLY, what, at(entry.number)))
        if entry.id is None:
            found = search_type(self.components, reading, entry.type, entry.pairs or ())
            return Answer(None if entry.method == "HEAD" else found)
        stored = self._stored(reading, entry, entry.id)
        unchanged = entry.if_none_match is not None and is_named(
            entry.if_none_match, stored.version_id, "If-None-Match"
        )
        return Answer(None if unchanged or entry.method == "HEAD" else stored.text, stored, unchanged)

    def _stored(self, reading: Reading, entry: Entry, id: str) -> StoredResource:
        if entry.version is None:
            return shown(self.components, reading, present(reading.resource(entry.type, id), entry.type))
        version = int(entry.version) if is_version_id(entry.version) else None
        kept = reading.version(entry.type, id, version) if version is not None else None
        return shown(self.components, reading, present(kept, entry.type), is_current=False)
