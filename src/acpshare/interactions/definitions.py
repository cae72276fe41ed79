"""https://hl7.org/fhir/R4/http.html#read and #search of what we publish: forms and maps, derived from the mappings."""

from __future__ import annotations

import hashlib
import json

from acpshare.fhir.json_text import dump
from acpshare.interactions.components import Components
from acpshare.outcome import IssueType, NotFound, error


def read_definition(components: Components, type: str, id: str) -> bytes:
    """A published form or map. Raises NotFound."""
    text = components.definitions.get((type, id))
    if text is None:
        raise NotFound(error(IssueType.NOT_FOUND, f"there is no such {type}", spine="RESOURCE_NOT_FOUND"))
    return text


def search_definitions(components: Components, type: str, url: str | None, id: str | None) -> bytes:
    """The published resources of a type, as a searchset Bundle; `url` and `_id` narrow it to one."""
    canonical = url.partition("|")[0] if url is not None else None
    found = [
        (each, text)
        for (of, each), text in components.definitions.items()
        if of == type and id in (None, each) and canonical in (None, json.loads(text).get("url"))
    ]
    entries = ",".join(
        f'{{"fullUrl":{dump(f"{components.base_url}/{type}/{each}")},"resource":{text.decode()},"search":{{"mode":"match"}}}}'
        for each, text in found
    )
    link = dump([{"relation": "self", "url": f"{components.base_url}/{type}"}])
    listed = f',"entry":[{entries}]' if found else ""
    return f'{{"resourceType":"Bundle","type":"searchset","total":{len(found)},"link":{link}{listed}}}'.encode()


def content_version(text: bytes) -> str:
    """What stands in the ETag of a definition: it changes exactly when the text does."""
    return hashlib.sha256(text).hexdigest()[:16]
