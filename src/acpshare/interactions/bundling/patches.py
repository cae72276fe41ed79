"""The patch in an entry: Parameters as FHIRPath Patch, or a JSON Patch in a Binary.

https://hl7.org/fhir/R4/http.html#patch
"""

from __future__ import annotations

import base64
import binascii
from functools import partial

from acpshare.fhir.patch import fhirpath_patch
from acpshare.interactions.bundling.entries import Entry, at
from acpshare.interactions.patch import JSON_PATCH, Change, read_patch
from acpshare.outcome import IssueType, Malformed, error

MOST_BYTES = 1_000_000


def change_in(entry: Entry) -> Change:
    """Raises Malformed, TooLarge or UnsupportedMediaType."""
    resource = entry.body
    if resource.get("resourceType") == "Parameters":
        return partial(fhirpath_patch, parameters=resource)
    try:
        text = base64.b64decode(str(resource.get("data", "")), validate=True)
    except (binascii.Error, ValueError):
        place = f"{at(entry.number)}.resource.data"
        raise Malformed(error(IssueType.VALUE, "the data is not base64", place)) from None
    if resource.get("contentType") != JSON_PATCH:
        place = f"{at(entry.number)}.resource.contentType"
        raise Malformed(error(IssueType.NOT_SUPPORTED, f"a Binary with a patch is of type {JSON_PATCH}", place))
    return read_patch(JSON_PATCH, text, MOST_BYTES)
