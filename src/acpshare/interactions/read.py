"""https://hl7.org/fhir/R4/http.html#read and #vread: a resource as it was stored, character for character."""

from __future__ import annotations

from acpshare.interactions.components import Components
from acpshare.interactions.restricted import shown
from acpshare.outcome import Gone, IssueType, NotFound, error
from acpshare.storage import ByKey, StoredResource


def read(components: Components, type: str, id: str, store: ByKey | None = None) -> StoredResource:
    """The current version. Raises NotFound or Gone."""
    store = store or components.store
    return shown(components, store, present(store.resource(type, id), type), fresh=True)


def vread(components: Components, type: str, id: str, version_id: str, store: ByKey | None = None) -> StoredResource:
    """One version. Raises NotFound or Gone."""
    store = store or components.store
    stored = store.version(type, id, int(version_id)) if is_version_id(version_id) else None
    return shown(components, store, present(stored, type), is_current=False, fresh=True)


def is_version_id(text: str) -> bool:
    """Whether the text can be a version of this server: they count from 1."""
    return text.isascii() and text.isdecimal() and not text.startswith("0") and len(text) < 10


def present(stored: StoredResource | None, type: str) -> StoredResource:
    if stored is None:
        raise NotFound(error(IssueType.NOT_FOUND, f"there is no such {type}", spine="RESOURCE_NOT_FOUND"))
    if stored.deleted:
        raise Gone(error(IssueType.DELETED, f"this {type} was deleted", spine="RESOURCE_NOT_FOUND"))
    return stored
