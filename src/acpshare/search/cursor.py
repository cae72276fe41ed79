"""Where a page ended, as text for a link: short, of one search only, and holding nothing of a patient's.

The check value finds what was mistyped, edited or taken from another search. It is no secret: a position gives no right
to see anything. https://hl7.org/fhir/R4/http.html#paging
"""

from __future__ import annotations

import base64
import binascii
import struct
from hashlib import sha256

from acpshare.outcome import IssueType, Malformed, error
from acpshare.search.query import Position

PARAMETER = "_cursor"
_PLACE = struct.Struct(">QIQ")
_CHECK = 7
_TEXT_LENGTH = 4 * (_PLACE.size + _CHECK) // 3


def encode(position: Position, digest: bytes) -> str:
    """`digest` is that of the search: `ParsedSearch.digest`."""
    place = _PLACE.pack(position.key, position.version_id, position.newest)
    return base64.urlsafe_b64encode(place + _check(place, digest)).decode()


def decode(text: str, digest: bytes) -> Position:
    """Raises Malformed for anything but what `encode` made for the same search."""
    try:
        raw = (
            base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True) if len(text) == _TEXT_LENGTH else b""
        )
    except (UnicodeEncodeError, binascii.Error):
        raw = b""
    place, check = raw[: _PLACE.size], raw[_PLACE.size :]
    if not raw or check != _check(place, digest):
        what = f"{PARAMETER} is not one that this search has given: take it unchanged from a link, or begin anew"
        raise Malformed(error(IssueType.VALUE, what, PARAMETER, spine="INVALID_VALUE"))
    return Position(*_PLACE.unpack(place))


def _check(place: bytes, digest: bytes) -> bytes:
    return sha256(place + digest).digest()[:_CHECK]
