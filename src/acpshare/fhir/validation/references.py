"""References and extensions: where they may point, and that they point somewhere.

https://hl7.org/fhir/R4/references.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from acpshare.fhir.validation.definitions import resource_types
from acpshare.fhir.validation.report import Place, Report
from acpshare.outcome import IssueType

OWN_EXTENSIONS = "https://acpshare.example/fhir/StructureDefinition/"

_RESTFUL = re.compile(r"(?:https?://\S+/)?([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?\S+")
_URN = ("urn:uuid:", "urn:oid:")
_WORDS = (
    "reference must be Type/id with an R4 resource type, an absolute URL, urn:uuid: or urn:oid:, or # and the id of a "
    "contained resource"
)


def reference_check(targets: frozenset[str]) -> Callable[[dict[str, Any], Place, Report], None]:
    """The check of a Reference that may point to these types only (any type when empty)."""
    listed = ", ".join(sorted(targets))

    def check(value: dict[str, Any], place: Place, report: Report) -> None:
        if not value.keys() & _SAYING:
            report.error(IssueType.REQUIRED, f"{place[1]} must have a reference, an identifier or a display", place)
        stated = value.get("type")
        if isinstance(stated, str) and stated.isalpha() and (stated not in resource_types()):
            report.error(IssueType.VALUE, "type must be an R4 resource type", (place, "type", None))
        reference = value.get("reference")
        if not isinstance(reference, str):
            found = stated
        else:
            at = (place, "reference", None)
            found = _target(reference, at, report)
            if found is not None and isinstance(stated, str) and stated.isalpha() and found != stated:
                report.error(IssueType.INVARIANT, "type and reference must name the same resource type", at)
        if targets and isinstance(found, str) and found in resource_types() and found not in targets:
            report.error(IssueType.VALUE, f"{place[1]} must refer to one of: {listed}", place)

    return check


_SAYING = frozenset({"reference", "identifier", "display", "extension", "_reference", "_display"})


def _target(reference: str, place: Place, report: Report) -> str | None:
    """The type that a reference points to, where the reference says it."""
    if reference.startswith("#"):
        return _contained_target(reference[1:], place, report)
    if match := _RESTFUL.fullmatch(reference):
        if match[1] in resource_types():
            return match[1]
        if reference.startswith(("http://", "https://")):
            return None
    elif reference.startswith(_URN) or _ABSOLUTE.fullmatch(reference):
        return None
    elif report.in_bundle and (match := _CONDITIONAL.fullmatch(reference)) and match[1] in resource_types():
        return match[1]
    report.error(IssueType.VALUE, _WORDS, place)
    return None


def _contained_target(id: str, place: Place, report: Report) -> str | None:
    if id == "" and report.in_contained:
        return None
    if id not in report.contained:
        report.error(IssueType.INVARIANT, "ref-1: no contained resource has this id", place)
        return None
    return report.contained[id]


def check_extension(extension: dict[str, Any], place: Place, report: Report) -> None:
    """An extension is named by an absolute URL, or by a plain name inside another extension."""
    url = extension.get("url")
    nested = place[0] is not None and place[0][1] in ("extension", "modifierExtension")
    if isinstance(url, str) and not nested and not _ABSOLUTE.fullmatch(url):
        report.error(IssueType.VALUE, "url must be an absolute URL", (place, "url", None))
    if place[1] == "modifierExtension" and isinstance(url, str) and not url.startswith(OWN_EXTENSIONS):
        report.warning(IssueType.NOT_SUPPORTED, "this modifier extension is not known here; it is kept unread", place)
