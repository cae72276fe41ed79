"""A resource that somebody else changed, brought together with what the service now makes of the plan.

Three texts: what was made before (`base`), what became of it elsewhere (`theirs`), and what is made now (`ours`). What
only one side changed is as that side has it, so nothing that a client added is lost and nothing of the plan is stale.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.plan_element import marked
from acpshare.fhir.plan.read_activities import treatment_path
from acpshare.fhir.systems import PLAN_ELEMENT

_NOTHING: Any = object()


def merged(base: JsonObject, theirs: JsonObject, ours: JsonObject, *, prefer_theirs: bool = False) -> JsonObject:
    """The resource with both sides' changes; where both changed the same, the preferred side's."""
    together = _merged(base, theirs, ours, prefer_theirs)
    return together if isinstance(together, dict) else ours


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are written alike: 1.0 is not 1.00, and the order of an object's members is nothing."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool | Decimal) or isinstance(other, bool | Decimal):
        return isinstance(one, bool) is isinstance(other, bool) and str(one) == str(other)
    return bool(one == other)


def without_server_elements(resource: JsonObject) -> JsonObject:
    """The resource without the version and the time that the server gave it."""
    if "meta" not in resource:
        return resource
    meta = {name: value for name, value in resource["meta"].items() if name not in ("versionId", "lastUpdated")}
    left = {name: value for name, value in resource.items() if name != "meta"}
    return left | {"meta": meta} if meta else left


def _merged(base: Any, theirs: Any, ours: Any, prefer_theirs: bool) -> Any:
    if same(theirs, base) or same(theirs, ours):
        return ours
    if same(ours, base):
        return theirs
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return _members(base if isinstance(base, dict) else {}, theirs, ours, prefer_theirs)
    if isinstance(theirs, list) and isinstance(ours, list):
        return _entries(base if isinstance(base, list) else [], theirs, ours, prefer_theirs)
    return theirs if prefer_theirs and theirs is not _NOTHING else ours


def _members(base: JsonObject, theirs: JsonObject, ours: JsonObject, prefer_theirs: bool) -> JsonObject:
    together: JsonObject = {}
    for name in dict.fromkeys((*theirs, *ours)):
        before, said, made = (each.get(name, _NOTHING) for each in (base, theirs, ours))
        value = _merged(before, said, made, prefer_theirs)
        if value is not _NOTHING:
            together[name] = value
    return together


def _entries(base: Sequence[Any], theirs: Sequence[Any], ours: Sequence[Any], prefer_theirs: bool) -> Any:
    """Entries that are about the same are merged with each other, wherever they stand; in their order, then in ours."""
    sides = _by_key(base), _by_key(theirs), _by_key(ours)
    together: list[Any] = []
    for key in dict.fromkeys((*sides[1], *sides[2])):
        before, said, made = (each.get(key, _NOTHING) for each in sides)
        value = _merged(before, said, made, prefer_theirs)
        if value is not _NOTHING:
            together.append(value)
    return together or _NOTHING


def _by_key(entries: Sequence[Any]) -> Mapping[Hashable, Any]:
    seen: Counter[Hashable] = Counter()
    found: dict[Hashable, Any] = {}
    for place, entry in enumerate(entries):
        key = _key(entry, place)
        found[key, seen[key]] = entry
        seen[key] += 1
    return found


def _key(entry: Any, place: int) -> Hashable:
    """What an entry of a list is about; where nothing says so, its place."""
    if not isinstance(entry, dict):
        return place
    url = entry.get("url")
    if isinstance(url, str):
        parts = entry.get("extension", ()) if url == PLAN_ELEMENT else ()
        return url, next((str(part.get("valueString")) for part in parts if part.get("url") == "path"), "")
    if isinstance(entry.get("detail"), dict):
        path = treatment_path(entry["detail"])
        return ("activity", marked(entry["detail"]) or path) if path else ("activity", "", place)
    for name in ("id", "reference"):
        if isinstance(entry.get(name), str):
            return name, entry[name]
    coding = entry.get("coding")
    first = coding[0] if isinstance(coding, list) and coding else entry if "code" in entry else None
    if isinstance(first, dict) and isinstance(first.get("code"), str):
        return "code", first.get("system"), first["code"]
    return place
