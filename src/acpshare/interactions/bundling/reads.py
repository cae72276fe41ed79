"""GET and HEAD in an entry: a resource, a version of one, or a search, as they are after the changes of the Bundle.

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

from dataclasses import dataclass

from acpshare.interactions.bundling.entries import Entry
from acpshare.interactions.components import Components
from acpshare.interactions.preconditions import is_named
from acpshare.interactions.read import is_version_id, present
from acpshare.interactions.restricted import shown
from acpshare.interactions.search import search_type
from acpshare.storage import Reading, StoredResource


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read. `text` is None for HEAD, and where the client has this version already."""

    text: bytes | None
    stored: StoredResource | None = None
    is_unchanged: bool = False


def read_in(components: Components, reading: Reading, entry: Entry) -> Answer:
    """Raises NotFound, Gone, or what a search raises."""
    if entry.id is None:
        found = search_type(components, reading, entry.type, entry.pairs or ())
        return Answer(None if entry.method == "HEAD" else found)
    if entry.version is not None:
        version = int(entry.version) if is_version_id(entry.version) else None
        kept = reading.version(entry.type, entry.id, version) if version is not None else None
    else:
        kept = reading.resource(entry.type, entry.id)
    stored = shown(components, reading, present(kept, entry.type), is_current=entry.version is None)
    unchanged = entry.if_none_match is not None and is_named(entry.if_none_match, stored.version_id, "If-None-Match")
    return Answer(None if unchanged or entry.method == "HEAD" else stored.text, stored, unchanged)
