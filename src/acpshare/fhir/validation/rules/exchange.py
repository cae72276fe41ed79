"""Invariants of every resource, and of the resources that carry or describe others.

https://hl7.org/fhir/R4/resource.html
"""

from __future__ import annotations

import re

from acpshare.fhir.validation.rules.reading import Object, below, distinct, each, has, has_choice

WITH_REQUEST = frozenset({"batch", "transaction", "history"})
WITH_RESPONSE = frozenset({"batch-response", "transaction-response", "history"})
LISTED = frozenset({"searchset", "history"})
_USABLE_NAME = re.compile(r"[A-Z]([A-Za-z0-9_]){0,254}").fullmatch

# fmt: off
NAMED = (
    "adf-0", "cid-0", "cmd-0", "cpb-0", "cpd-0", "csd-0", "ees-0", "esc-0", "evd-0", "evi-0", "evv-0", "gdf-0",
    "ig-0", "lib-0", "mea-0", "msd-0", "nsd-0", "opd-0", "pdf-0", "que-0", "red-0", "rsd-0", "rvs-0", "sdf-0",
    "smp-0", "spd-0", "tcp-0", "tst-0", "vsd-0",
)
# fmt: on


def _usable_name(artefact: Object) -> bool:
    return "name" not in artefact or bool(_USABLE_NAME(artefact["name"]))


def _entries_match(bundle: Object, element: str, kinds: frozenset[str]) -> bool:
    wanted = bundle.get("type") in kinds
    return all(has(entry, element) == wanted for entry in each(bundle, "entry"))


def _distinct_entries(bundle: Object) -> bool:
    return bundle.get("type") == "history" or distinct(
        (entry["fullUrl"], entry.get("resource", {}).get("meta", {}).get("versionId"))
        for entry in each(bundle, "entry")
        if "fullUrl" in entry
    )


def _begins_with(bundle: Object, kind: str, type_name: str) -> bool:
    if bundle.get("type") != kind:
        return True
    entries = each(bundle, "entry")
    return bool(entries) and entries[0].get("resource", {}).get("resourceType") == type_name


def _identified(bundle: Object) -> bool:
    identifier = bundle.get("identifier", {})
    return bundle.get("type") != "document" or (has(identifier, "system") and has(identifier, "value"))


def _one_parameter_value(parameter: Object) -> bool:
    said = [has(parameter, "part"), has_choice(parameter, "value"), has(parameter, "resource")]
    return sum(said) == 1


def _distinct_codes(code_system: Object) -> bool:
    codes: list[object] = []
    waiting = list(each(code_system, "concept"))
    while waiting:
        concept = waiting.pop()
        codes.append(concept.get("code"))
        waiting += each(concept, "concept")
    return distinct(codes)


EVERY = {
    "dom-2": lambda o: not any(has(inside, "contained") for inside in each(o, "contained")),
    "dom-4": lambda o: not any(has(meta, "versionId", "lastUpdated") for meta in below(o, "contained", "meta")),
    "dom-5": lambda o: not any(has(meta, "security") for meta in below(o, "contained", "meta")),
    **dict.fromkeys(NAMED, _usable_name),
}

EXCHANGE = {
    "bdl-1": lambda o: not has(o, "total") or o.get("type") in LISTED,
    "bdl-2": lambda o: o.get("type") == "searchset" or not any(has(e, "search") for e in each(o, "entry")),
    "bdl-3": lambda o: _entries_match(o, "request", WITH_REQUEST),
    "bdl-4": lambda o: _entries_match(o, "response", WITH_RESPONSE),
    "bdl-5": lambda o: has(o, "resource", "request", "response"),
    "bdl-7": _distinct_entries,
    "bdl-8": lambda o: "/_history/" not in str(o.get("fullUrl", "")),
    "bdl-9": _identified,
    "bdl-10": lambda o: o.get("type") != "document" or has(o, "timestamp"),
    "bdl-11": lambda o: _begins_with(o, "document", "Composition"),
    "bdl-12": lambda o: _begins_with(o, "message", "MessageHeader"),
    "Parameters/inv-1": _one_parameter_value,
}

TERMINOLOGY = {
    "cmd-1": lambda o: has(o, "comment") or o.get("equivalence") not in ("narrower", "inexact"),
    "cmd-2": lambda o: o.get("mode") != "fixed" or has(o, "code"),
    "cmd-3": lambda o: o.get("mode") != "other-map" or has(o, "url"),
    "csd-1": _distinct_codes,
    "vsd-1": lambda o: has(o, "valueSet", "system"),
    "vsd-2": lambda o: not has(o, "concept", "filter") or has(o, "system"),
    "vsd-3": lambda o: not (has(o, "concept") and has(o, "filter")),
    "vsd-6": lambda o: has(o, "code", "display"),
    "vsd-9": lambda o: has(o, "code") or o.get("abstract") is True,
    "vsd-10": lambda o: not has(o, "code") or has(o, "system"),
}

CAPABILITIES = {
    "cpb-1": lambda o: has(o, "rest", "messaging", "document"),
    "cpb-2": lambda o: has(o, "description", "software", "implementation"),
    "cpb-3": lambda o: o.get("kind") == "instance" or not any(has(m, "endpoint") for m in each(o, "messaging")),
    "cpb-7": lambda o: distinct((d.get("profile"), d.get("mode")) for d in each(o, "document")),
    "cpb-9": lambda o: distinct(r.get("type") for r in each(o, "resource")),
    "cpb-12": lambda o: distinct(p.get("name") for p in each(o, "searchParam")),
    "cpb-14": lambda o: o.get("kind") != "instance" or has(o, "implementation"),
    "cpb-15": lambda o: o.get("kind") != "capability" or (has(o, "software") and not has(o, "implementation")),
    "cpb-16": lambda o: o.get("kind") != "requirements" or not has(o, "implementation", "software"),
    "opd-1": lambda o: has(o, "type", "part"),
    "opd-2": lambda o: not has(o, "searchType") or o.get("type") == "string",
    "opd-3": lambda o: not has(o, "targetProfile") or o.get("type") in ("Reference", "canonical"),
    "spd-1": lambda o: not has(o, "xpath") or has(o, "xpathUsage"),
    "spd-2": lambda o: not has(o, "chain") or o.get("type") == "reference",
    "smp-1": lambda o: not has(o, "element") or has(o, "context"),
    "smp-2": lambda o: not has(o, "context") or has(o, "contextType"),
}
