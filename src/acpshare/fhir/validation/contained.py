"""Contained resources: they have an id, are referred to, and hold none themselves.

https://hl7.org/fhir/R4/references.html#contained
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from acpshare.fhir.validation.report import Place, Report
from acpshare.outcome import IssueType


def contained_types(resource: dict[str, Any]) -> dict[str, str]:
    """The id and type of each contained resource."""
    inside = resource.get("contained")
    if type(inside) is not list:
        return {}
    return {str(r["id"]): str(r.get("resourceType")) for r in inside if type(r) is dict and type(r.get("id")) is str}


def check_contained(resource: dict[str, Any], place: Place, report: Report) -> None:
    """dom-3, and ids that are there and differ."""
    inside = resource["contained"]
    if type(inside) is not list:
        return
    outside = set(_fragments({key: value for key, value in resource.items() if key != "contained"}))
    within = [set(_fragments(item)) for item in inside]
    holders = Counter(fragment for found in within for fragment in found)
    seen: set[str] = set()
    for index, item in enumerate(inside):
        at = (place, "contained", index)
        id = item.get("id") if type(item) is dict else None
        if type(id) is not str:
            report.error(IssueType.REQUIRED, "id is required in a contained resource", at)
            continue
        if id in seen:
            report.error(IssueType.INVARIANT, "each contained resource must have an id of its own", (at, "id", None))
        seen.add(id)
        mine = f"#{id}"
        is_referred_to = mine in outside or holders[mine] > (mine in within[index])
        if not is_referred_to and "#" not in within[index]:
            report.error(
                IssueType.INVARIANT, "dom-3: a contained resource must be referred to, or refer to what contains it", at
            )


def _fragments(value: Any) -> Iterator[str]:
    """Every text that begins with #: a reference, canonical or uri to something inside this resource."""
    if type(value) is dict:
        for item in value.values():
            yield from _fragments(item)
    elif type(value) is list:
        for item in value:
            yield from _fragments(item)
    elif type(value) is str and value.startswith("#"):
        yield value
