"""Strings, and the parts of names and addresses. https://hl7.org/fhir/R4/search.html#string"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acpshare.search.found import Emitter, Found
from acpshare.search.texts import bounded, folded
from acpshare.search.values import StringValue


def string(datatype: str, key: int) -> Emitter:
    if datatype in ("HumanName", "Address"):
        parts = _name_parts if datatype == "HumanName" else _address_parts

        def each(item: Any, found: Found) -> None:
            if isinstance(item, dict):
                found.extend(StringValue(key, folded(text), bounded(text)) for text in parts(item))

        return each

    def emit(item: Any, found: Found) -> None:
        if isinstance(item, str):
            found.append(StringValue(key, folded(item), bounded(item)))

    return emit


def postcode(key: int) -> Emitter:
    """A postcode is found without its space, too."""

    def emit(item: Any, found: Found) -> None:
        if isinstance(item, str):
            text = folded(item)
            found.append(StringValue(key, text, bounded(item)))
            if " " in text:
                found.append(StringValue(key, text.replace(" ", ""), bounded(item)))

    return emit


def _name_parts(name: dict[str, Any]) -> Iterator[str]:
    """Each part, and the whole as it is said where the name does not say it."""
    parts = [*(name.get(each) for each in ("text", "family")), *name.get("given", ()), *name.get("prefix", ())]
    yield from (part for part in (*parts, *name.get("suffix", ())) if part)
    said = [part for part in (*name.get("given", ()), name.get("family")) if part]
    if len(said) > 1 and "text" not in name:
        yield " ".join(said)


def _address_parts(address: dict[str, Any]) -> Iterator[str]:
    parts = [address.get(each) for each in ("text", "city", "district", "state", "postalCode", "country")]
    yield from (part for part in (*parts, *address.get("line", ())) if part)
