"""How an answer is written: as it is stored, or in the form and the parts that the client asked for.

https://hl7.org/fhir/R4/search.html#summary
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from starlette.responses import Response

from acpshare.api.negotiation import FHIR_JSON, JSON, XML_FORMS, chosen, negotiate
from acpshare.fhir import xml
from acpshare.fhir.json_text import dump, parse
from acpshare.interactions.registry.model import RESOURCE_TYPES_SENT
from acpshare.interactions.summary import Summary, part_of
from acpshare.outcome import IssueType, Malformed, error

LONGEST = 500_000_000
"""Of our own answers, which are read again to be written otherwise."""
LARGE = 20_000
"""Bytes from which on that is done beside the event loop."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """`media_type` is what the client is told; `summary` and `elements` what it is shown of each resource."""

    media_type: str = FHIR_JSON
    pretty: bool = False
    summary: Summary = Summary.FALSE
    elements: tuple[str, ...] = ()
    is_plain: bool = True
    """Whether stored bytes may go as they are."""

    @property
    def is_json(self) -> bool:
        return self.media_type not in XML_FORMS


@lru_cache(maxsize=512)
def rendition(
    accept: str,
    offered: tuple[str, ...],
    format: str | None = None,
    pretty: str | None = None,
    summary: str | None = None,
    elements: str | None = None,
) -> Rendition:
    """What was asked for. Raises NotAcceptable or Malformed."""
    media_type = negotiate(accept, format, offered)
    if pretty not in (None, "true", "false"):
        raise Malformed(error(IssueType.VALUE, "_pretty is true or false", "_pretty", spine="INVALID_VALUE"))
    try:
        wanted = Summary(summary or "false")
    except ValueError:
        what = f"_summary is one of {', '.join(Summary)}"
        raise Malformed(error(IssueType.VALUE, what, "_summary", spine="INVALID_VALUE")) from None
    names = tuple(dict.fromkeys(name.strip() for name in (elements or "").split(",") if name.strip()))
    whole = wanted in (Summary.FALSE, Summary.COUNT) and not names
    plain = media_type not in XML_FORMS and pretty != "true" and whole
    return Rendition(media_type, pretty == "true", wanted, names, plain)


def best_effort(accept: str, format: str | None) -> Rendition:
    """For a refusal that came before anything was understood: JSON rather than nothing."""
    media_type = chosen(accept, format, RESOURCE_TYPES_SENT) or FHIR_JSON
    return Rendition(media_type, is_plain=media_type not in XML_FORMS)


def dressed(response: Response, wanted: Rendition) -> Response:
    """The handler's answer, which is JSON, as the client wants it. Refusals keep all their words."""
    type = response.headers.get("content-type", "")
    if not response.body or not type.startswith((FHIR_JSON, JSON)) or wanted.media_type not in RESOURCE_TYPES_SENT:
        return response
    response.headers["content-type"] = f"{wanted.media_type}; charset=utf-8"
    if wanted.is_plain:
        return response
    resource = part_of(parse(bytes(response.body), max_bytes=LONGEST), wanted.summary, wanted.elements)
    if wanted.is_json:
        response.body = dump(resource, indent=2 if wanted.pretty else None).encode()
    else:
        response.body = xml.dump(resource, pretty=wanted.pretty)
    response.headers["content-length"] = str(len(response.body))
    return response


def sent_as_json(body: bytes, media_type: str, max_bytes: int) -> bytes:
    """A body as JSON text. Raises Malformed or TooLarge."""
    return dump(xml.parse(body, max_bytes=max_bytes)).encode() if media_type in XML_FORMS else body
