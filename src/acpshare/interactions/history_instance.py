"""https://hl7.org/fhir/R4/http.html#history: every version of one resource, newest first."""

from __future__ import annotations

from acpshare.fhir.json_text import dump
from acpshare.interactions.components import Components
from acpshare.interactions.read import present
from acpshare.storage import StoredResource


def history_instance(components: Components, type: str, id: str) -> bytes:
    """The history Bundle. Raises NotFound."""
    with components.store.read() as reading:
        versions = reading.history(type, id)
        if not versions:
            present(None, type)
    entries = ",".join(_entry(components.base_url, version) for version in versions)
    link = dump([{"relation": "self", "url": f"{components.base_url}/{type}/{id}/_history"}])
    head = f'"resourceType":"Bundle","type":"history","total":{len(versions)},"link":{link}'
    return f'{{{head},"entry":[{entries}]}}'.encode()


def _entry(base_url: str, version: StoredResource) -> str:
    """One entry, with the resource's own text left as it is."""
    method = "DELETE" if version.deleted else "POST" if version.version_id == 1 else "PUT"
    path = version.type if method == "POST" else f"{version.type}/{version.id}"
    response = {
        "status": {"DELETE": "204", "POST": "201", "PUT": "200"}[method],
        "etag": f'W/"{version.version_id}"',
        "lastModified": version.last_updated.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    resource = f'"resource":{version.text.decode()},' if version.text is not None else ""
    return (
        f'{{"fullUrl":{dump(f"{base_url}/{version.type}/{version.id}")},{resource}'
        f'"request":{dump({"method": method, "url": path})},"response":{dump(response)}}}'
    )
