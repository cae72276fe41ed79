"""A restricted person's plan on a form: shown without what says where they are, and taken back with it.

A blank box is then what was not shown, never what was taken out: an edit changes only what its sender could see.
https://hl7.org/fhir/R4/security-labels.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.restricted import REDACTED, is_location
from acpshare.interactions.restricted import restricted_people
from acpshare.plan import CATALOGUE, Plan, get, put
from acpshare.storage import ByKey

LISTS = ("contacts.emergency", "contacts.care_workers", "legal.proxies")
"""Lists of people, each of whom may have a telephone."""
HIDDEN = tuple(path for path in CATALOGUE if is_location(path) and not path.startswith(LISTS))
LABEL: JsonObject = {"security": [REDACTED]}


def is_hidden(reading: ByKey, person: str) -> bool:
    """Whether the person's place is not shown now."""
    return bool(list(restricted_people(reading, (person,))))


def is_cut(resource: JsonObject) -> bool:
    """Whether a form bears the label of one from which something was left out."""
    security = resource.get("meta", {}).get("security", ())
    return any((each.get("system"), each.get("code")) == (REDACTED["system"], REDACTED["code"]) for each in security)


def without_places(plan: Plan) -> Plan:
    """The plan without addresses, telephone numbers, the GP, and which places were chosen."""
    cut: dict[str, Any] = {path: None for path in HIDDEN if get(plan, path) is not None}
    cut |= {path: tuple(replace(each, phone=None) for each in get(plan, path)) for path in LISTS}
    return put(plan, cut)


def with_places(edited: Plan, whole: Plan) -> Plan:
    """An edit of what was shown, with what was not shown; what the edit itself states is as it states it."""
    kept: dict[str, Any] = {path: get(whole, path) for path in HIDDEN if get(edited, path) is None}
    for path in LISTS:
        phones = {replace(each, phone=None): each.phone for each in get(whole, path)}
        kept[path] = tuple(
            replace(each, phone=phones.get(each)) if each.phone is None else each for each in get(edited, path)
        )
    return put(edited, kept)
