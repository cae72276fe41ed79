"""PATCH [type]/[id]: a change described by JSON Patch or FHIRPath Patch, kept as any update is.

https://hl7.org/fhir/R4/http.html#patch
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from acpshare.fhir.json_text import JsonObject, dump, parse, parse_array
from acpshare.fhir.patch import fhirpath_patch, json_patch
from acpshare.interactions.checked import checked
from acpshare.interactions.components import Components
from acpshare.interactions.definitions import refuse_published
from acpshare.interactions.preconditions import require_version
from acpshare.interactions.read import present
from acpshare.interactions.unit import Recorded, Unit, unit
from acpshare.interactions.update import changed
from acpshare.outcome import IssueType, UnsupportedMediaType, error

JSON_PATCH = "application/json-patch+json"
FHIR_JSON = ("application/fhir+json", "application/json")
MEDIA_TYPES = (JSON_PATCH, *FHIR_JSON)

Change: TypeAlias = Callable[[JsonObject], JsonObject]
"""From the resource as it is to the resource as it is to be. Raises Malformed, Invalid or Conflict."""


def patch(
    components: Components,
    type: str,
    id: str,
    media_type: str,
    text: bytes,
    *,
    if_match: str | None = None,
    client: str = "not known",
    max_bytes: int = 5_000_000,
) -> Recorded:
    """Change what is here. Raises NotFound, Gone, and what an update raises; then nothing is stored."""
    change = read_patch(media_type, text, max_bytes)
    with unit(components, client) as opened:
        done = patch_in(opened, type, id, change, if_match=if_match)
    return opened.finished(done)


def read_patch(media_type: str, text: bytes, max_bytes: int) -> Change:
    """The change that a body describes. Raises UnsupportedMediaType, Malformed or TooLarge."""
    if media_type == JSON_PATCH:
        return partial(json_patch, body=parse_array(text, max_bytes=max_bytes))
    if media_type in FHIR_JSON:
        return partial(fhirpath_patch, parameters=parse(text, max_bytes=max_bytes))
    what = f"a patch is {JSON_PATCH}, or Parameters as {FHIR_JSON[0]}"
    raise UnsupportedMediaType(error(IssueType.NOT_SUPPORTED, what, "Content-Type"))


def patch_in(opened: Unit, type: str, id: str, change: Change, *, if_match: str | None = None) -> Recorded:
    """The same in a unit that is open. What comes of it is checked as an update is."""
    refuse_published(opened.components, type, id)
    before = opened.held(type, id)
    require_version(opened.components, type, before, if_match)
    held = present(before, type)
    resource = change(parse(held.text or b"{}"))
    return changed(opened, held, type, id, checked(type, resource, dump(resource)), "patch")
