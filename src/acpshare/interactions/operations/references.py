"""What stored resources refer to, found in their text: a JSON string cannot hold a quotation mark that is not escaped.

https://hl7.org/fhir/R4/references.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from acpshare.fhir.systems import BASE
from acpshare.interactions.components import Components
from acpshare.outcome import IssueType, TooLarge, error
from acpshare.storage import Reading, StoredResource
from acpshare.storage.checks import PAGE_BYTES

_REFERENCE = re.compile(rb'"reference"\s*:\s*"([^"]{1,300})"')
_CANONICAL = re.compile(rb'"questionnaire"\s*:\s*"([^"|]{1,300})')
_LOCAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[0-9]{1,9})?", re.ASCII)
_FORM = f"{BASE}/Questionnaire/"
ROUNDS = 3
"""How far references are followed: from a plan to a role, from there to a practitioner, and to where that one works."""
MOST = 1_000
"""Resources that come with one answer because they are referred to."""
LARGEST = PAGE_BYTES
"""Bytes of them."""

Wanted = Callable[[StoredResource], bool]


def references(base_url: str, text: bytes) -> Iterator[tuple[str, str]]:
    """Type and id of every resource of this server that is referred to."""
    for found in _REFERENCE.findall(text):
        match = _LOCAL.fullmatch(found.decode().removeprefix(f"{base_url}/"))
        if match is not None:
            yield match[1], match[2]
    for found in _CANONICAL.findall(text):
        if (url := found.decode()).startswith(_FORM):
            yield "Questionnaire", url.removeprefix(_FORM)


def referred_to(
    components: Components, reading: Reading, stored: Iterable[StoredResource], is_wanted: Wanted
) -> Sequence[StoredResource]:
    """What the resources refer to, and what that refers to in turn, as far as it is wanted; each once."""
    pending = list(stored)
    seen = {(each.type, each.id) for each in pending}
    found: list[StoredResource] = []
    size = 0
    for _ in range(ROUNDS):
        named = dict.fromkeys(
            key for each in pending for key in references(components.base_url, each.text or b"") if key not in seen
        )
        seen |= named.keys()
        pending = []
        for each in (reading.resource(*key) for key in named):
            if each is not None and not each.deleted and is_wanted(each):
                pending.append(each)
                size += len(each.text or b"")
                if len(found) + len(pending) > MOST or size > LARGEST:
                    raise TooLarge(error(IssueType.TOO_COSTLY, "too much is referred to: ask for a smaller _count"))
        found += pending
    return found
