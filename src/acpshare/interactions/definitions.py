"""What the service publishes: forms and maps, derived from the mappings, kept like all else, changed by no client.

So they are read, searched, included and have a history as every resource does. https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from collections.abc import Mapping

from acpshare.fhir.json_text import replace_server_elements
from acpshare.interactions.components import Components
from acpshare.interactions.derived import instant, keep
from acpshare.outcome import Forbidden, IssueType, error
from acpshare.storage import Reading, StoredResource

Key = tuple[str, str]


def publish(components: Components) -> int:
    """Bring the store up to what the mappings say now: how many resources got a new version.

    What has not changed costs a look. Several processes that start at once wait for each other, and publish once.
    """
    with components.store.read() as reading:
        if not _changed(components, reading):
            return 0
    now = components.clock()
    with components.store.write() as writing:
        writing.lock("published")
        changed = _changed(components, writing)
        fresh = []
        for (type, id), (text, before) in changed.items():
            if before is None and writing.resource(type, id) is None:
                served = replace_server_elements(text, id=id, version_id="1", last_updated=instant(now))
                fresh.append(StoredResource(type, id, 1, now, served.encode()))
            else:
                keep(writing, type, id, text, None, now)
        if fresh:
            writing.put_new(fresh)
    return len(changed)


def _changed(components: Components, reading: Reading) -> Mapping[Key, tuple[str, StoredResource | None]]:
    """What the store has otherwise or not at all."""
    stored = {
        (each.type, each.id): each
        for type in sorted({type for type, _ in components.definitions})
        for each in reading.every_resource(type)
    }
    changed = {}
    for key, text in components.definitions.items():
        before = stored.get(key)
        if before is None or before.text != _as_stored(text.decode(), before):
            changed[key] = (text.decode(), before)
    return changed


def _as_stored(text: str, before: StoredResource) -> bytes:
    return replace_server_elements(
        text, id=before.id, version_id=str(before.version_id), last_updated=instant(before.last_updated)
    ).encode()


def refuse_published(components: Components, type: str, id: str) -> None:
    """Raises Forbidden where a client would change what is derived from a mapping file."""
    if (type, id) in components.definitions:
        what = f"this {type} is published by the service: it is changed in its mapping file, not here"
        raise Forbidden(error(IssueType.FORBIDDEN, what, spine="ACCESS_DENIED"))
