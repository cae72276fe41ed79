"""XML at the door. https://hl7.org/fhir/R4/xml.html"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.outcome import IssueType, NotAcceptable, UnsupportedMediaType, error


def from_xml(body: bytes) -> JsonObject:
    """The resource in an XML body."""
    raise UnsupportedMediaType(error(IssueType.NOT_SUPPORTED, "a body is read as JSON only", "Content-Type"))


def to_xml(resource: JsonObject) -> bytes:
    raise NotAcceptable(error(IssueType.NOT_SUPPORTED, "this is answered as JSON only", "Accept"))
