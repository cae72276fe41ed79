"""Which format a client wants and which it sends. https://hl7.org/fhir/R4/http.html#mime-type"""

from __future__ import annotations

from functools import lru_cache

from acpshare.outcome import IssueType, NotAcceptable, UnsupportedMediaType, error

FHIR_JSON = "application/fhir+json"
JSON = "application/json"
HTML = "text/html"
FHIR_VERSION = "4.0"
"""As the media type's parameter has it: https://hl7.org/fhir/R4/http.html#version-parameter"""
RESOURCE = (FHIR_JSON, JSON)
"""What a resource is offered as; the first is the default."""

_SHORT = {
    "json": FHIR_JSON,
    "fhir+json": FHIR_JSON,
    "application/fhir json": FHIR_JSON,
    "html": HTML,
    "text/json": JSON,
}
_READ = {FHIR_JSON, JSON, "text/json", "application/json+fhir"}


@lru_cache(maxsize=512)
def chosen(accept: str, format: str | None, offered: tuple[str, ...]) -> str | None:
    """The best of what is offered, or None. `_format` overrides `Accept`."""
    if format:
        wanted = _SHORT.get(format.strip().lower(), format.strip().lower())
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
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def negotiate(accept: str, format: str | None, offered: tuple[str, ...] = RESOURCE) -> str:
    """The format to answer in. Raises NotAcceptable."""
    found = chosen(accept, format, offered)
    if found is None:
        place = "_format" if format else "Accept"
        raise NotAcceptable(error(IssueType.NOT_SUPPORTED, f"this is answered as {' or '.join(offered)} only", place))
    return found


def check_content(content_type: str, encoding: str = "") -> None:
    """Whether a request body is one that is read here. Raises UnsupportedMediaType."""
    name, _, parameters = content_type.lower().partition(";")
    if name.strip() not in _READ:
        reason = f"a body is read as {FHIR_JSON} or {JSON} only"
        raise UnsupportedMediaType(error(IssueType.NOT_SUPPORTED, reason, "Content-Type"))
    for parameter in parameters.split(";"):
        key, _, value = parameter.partition("=")
        if key.strip() == "charset" and value.strip().strip('"') not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(error(IssueType.NOT_SUPPORTED, "a body is read as UTF-8 only", "Content-Type"))
        if key.strip() == "fhirversion" and value.strip().strip('"') != FHIR_VERSION:
            reason = f"a body is read as FHIR {FHIR_VERSION} only"
            raise UnsupportedMediaType(error(IssueType.NOT_SUPPORTED, reason, "Content-Type"))
    if encoding.strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType(
            error(IssueType.NOT_SUPPORTED, "a body is read uncompressed only", "Content-Encoding")
        )
