"""Addresses. https://hl7.org/fhir/R4/search.html#uri"""

from __future__ import annotations

from typing import Any

from acpshare.search.found import Emitter, Found
from acpshare.search.texts import bounded
from acpshare.search.values import UriValue


def uri(datatype: str, key: int) -> Emitter:
    def emit(item: Any, found: Found) -> None:
        if not isinstance(item, str):
            return
        found.append(UriValue(key, bounded(item)))
        address, version, _ = item.partition("|")
        if version and datatype == "canonical":
            found.append(UriValue(key, bounded(address)))

    return emit
