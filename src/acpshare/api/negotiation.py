"""Which format a client wants and which it sends. https://hl7.org/fhir/R4/http.html#mime-type"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from acpshare.interactions.registry.model import JSON_TYPES, RESOURCE_TYPES_SENT, XML_TYPES
from acpshare.outcome import IssueType, NotAcceptable, UnsupportedMediaType, error

FHIR_JSON, JSON = JSON_TYPES
FHIR_XML = XML_TYPES[0]
HTML = "text/html"
FHIR_VERSION = "4.0"
"""As the media type's parameter has it: https://hl7.org/fhir/R4/http.html#version-parameter"""
XML_FORMS = frozenset(XML_TYPES)

_SHORT = {
    "json": FHIR_JSON,
    "fhir+json": FHIR_JSON,
    "application/fhir json": FHIR_JSON,
    "text/json": JSON,
    "xml": FHIR_XML,
    "fhir+xml": FHIR_XML,
    "application/fhir xml": FHIR_XML,
    "html": HTML,
}
_ALSO_READ = {"text/json": JSON, "application/json+fhir": FHIR_JSON, "application/xml+fhir": FHIR_XML}


@lru_cache(maxsize=512)
def chosen(accept: str, format: str | None, offered: tuple[str, ...]) -> str | None:
    """The best of what is offered, or None. `_format` overrides `Accept`."""
    if format:
        # A plus sign that was not encoded arrives as a space.
        name = format.partition(";")[0].strip().lower()
        wanted = _SHORT.get(name, name)
        return wanted if wanted in offered else None
    if not accept.strip():
        return offered[0]
    best, best_weight = None, 0.0
    for position, media_type in enumerate(offered):
        weight = _weight(accept, media_type) - position * 1e-6
        if weight > max(best_weight, 0.0):
            best, best_weight = media_type, weight
    return best


def _weight(accept: str, media_type: str) -> float:
    """The client's weight for a type: that of the most specific range which covers it."""
    main = media_type.partition("/")[0]
    specificity, weight = 0, 0.0
    for part in accept.lower().split(","):
        name, _, parameters = part.partition(";")
        covers = {media_type: 3, f"{main}/*": 2, "*/*": 1}.get(name.strip(), 0)
        if covers > specificity:
            specificity, weight = covers, _quality(parameters)
    return weight


def _quality(parameters: str) -> float:
    quality = 1.0
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "fhirversion" and value.strip().strip('"') != FHIR_VERSION:
            return 0.0
        if name.strip() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return quality


def negotiate(accept: str, format: str | None, offered: tuple[str, ...] = RESOURCE_TYPES_SENT) -> str:
    """The format to answer in. Raises NotAcceptable."""
    found = chosen(accept, format, offered)
    if found is None:
        place = "_format" if format else "Accept"
        raise NotAcceptable(error(IssueType.NOT_SUPPORTED, f"this is answered as {' or '.join(offered)} only", place))
    return found


def check_content(content_type: str, encoding: str = "", taken: Collection[str] = JSON_TYPES) -> str:
    """The media type of a body that is read here. Raises UnsupportedMediaType."""
    given, _, parameters = content_type.lower().partition(";")
    name = given.strip()
    name = _ALSO_READ.get(name, name)
    if name not in taken:
        raise _unread(f"a body is read as {' or '.join(taken)} only", "Content-Type")
    for parameter in parameters.split(";"):
        key, _, value = parameter.partition("=")
        if key.strip() == "charset" and value.strip().strip('"') not in ("utf-8", "utf8"):
            raise _unread("a body is read as UTF-8 only", "Content-Type")
        if key.strip() == "fhirversion" and value.strip().strip('"') != FHIR_VERSION:
            raise _unread(f"a body is read as FHIR {FHIR_VERSION} only", "Content-Type")
    if encoding.strip().lower() not in ("", "identity"):
        raise _unread("a body is read uncompressed only", "Content-Encoding")
    return name


def _unread(reason: str, place: str) -> UnsupportedMediaType:
    return UnsupportedMediaType(error(IssueType.NOT_SUPPORTED, reason, place))
