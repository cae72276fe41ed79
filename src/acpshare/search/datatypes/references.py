"""References, also by identifier, and canonical addresses. https://hl7.org/fhir/R4/search.html#reference"""

from __future__ import annotations

import re
from typing import Any

from acpshare.fhir.systems import BASE, NHS_NUMBER
from acpshare.search.found import Emitter, Found
from acpshare.search.paths import Path
from acpshare.search.texts import bounded
from acpshare.search.values import ReferenceValue, TokenValue

LOCAL_REFERENCE = re.compile(r"([A-Z][A-Za-z]{1,40})/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")
SUBJECTS = frozenset({"subject", "patient", "for"})
"""The elements that say whose a resource is."""
_OUR_DEFINITIONS = f"{BASE}/"
"""Definitions that we publish stand in the store under the type and id that their canonical address ends with."""
_LAST_PARTS = re.compile(r".*[/:]([A-Z][A-Za-z]{1,40})/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?")


def reference(key: int, identifier_key: int, path: Path) -> Emitter:
    target = path.target
    is_subject = len(path.steps) == 1 and path.steps[0].name in SUBJECTS

    def emit(item: Any, found: Found) -> None:
        if not isinstance(item, dict):
            return
        address = item.get("reference", "")
        type, id = resolved(address, found.base)
        said = type or str(item.get("type", "")).rpartition("/")[2] or _type_elsewhere(address)
        if target and said != target and (said or address):
            return
        system, value = _identifier(item)
        if value:
            found.append(TokenValue(identifier_key, system, value))
        if is_subject and found.person and value and system == NHS_NUMBER and not address and said in ("", "Patient"):
            found.append(ReferenceValue(key, "Patient", found.person))
        elif said or not target:
            found.append(ReferenceValue(key, type, id))

    return emit


def _identifier(reference: dict[str, Any]) -> tuple[str, str]:
    identifier = reference.get("identifier")
    if not isinstance(identifier, dict):
        return "", ""
    return bounded(identifier.get("system", "")), bounded(identifier.get("value", ""))


def resolved(reference: str, base: str) -> tuple[str, str]:
    """Type and id of a resource here; no type and the address for one elsewhere; nothing for what is contained."""
    if base and reference.startswith(base):
        reference = reference[len(base) :]
    if found := LOCAL_REFERENCE.fullmatch(reference):
        return found[1], found[2]
    return "", "" if reference.startswith("#") else bounded(reference)


def _type_elsewhere(reference: str) -> str:
    found = _LAST_PARTS.fullmatch(reference[-200:])
    return found[1] if found else ""


def canonical(key: int) -> Emitter:
    """By its address, with its version and without; one of ours leads to the resource, too."""

    def emit(item: Any, found: Found) -> None:
        if not isinstance(item, str):
            return
        found.append(ReferenceValue(key, "", bounded(item)))
        address, version, _ = item.partition("|")
        if version:
            found.append(ReferenceValue(key, "", bounded(address)))
        type, id = resolved(address.removeprefix(_OUR_DEFINITIONS), found.base)
        if type:
            found.append(ReferenceValue(key, type, id))

    return emit
