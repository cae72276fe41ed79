"""What a stored version is found by: its text, read once, and the values that search takes from it.

A deletion has none; nor has a type that is not searched, or a text that is no such resource: none is stored.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from acpshare.fhir.restricted import is_restricted, withheld
from acpshare.search.extraction import index_values
from acpshare.search.parameters import fingerprint, types
from acpshare.search.values import IndexValue
from acpshare.storage.rows import StoredResource

_decoded = json.JSONDecoder(parse_float=Decimal).decode


def values_of(stored: StoredResource, base_url: str) -> tuple[IndexValue, ...]:
    """`base_url` is our own: what refers to it refers to a resource here.

    Where a restricted person is cannot be found, as it is not shown.
    """
    if stored.text is None or stored.type not in types():
        return ()
    resource = _read(stored.text)
    if not isinstance(resource, dict) or resource.get("resourceType") != stored.type:
        return ()
    if stored.type == "Patient" and is_restricted(stored.text):
        resource = withheld(resource)
    return index_values(resource, base_url, stored.person)


def indexed_as(type: str) -> int | None:
    """Which search parameters the values of a type are taken by now; None for a type that is not searched."""
    return fingerprint(type) if type in types() else None


def _read(text: bytes) -> Any:
    try:
        return _decoded(text.decode())
    except (ValueError, RecursionError):
        return None
