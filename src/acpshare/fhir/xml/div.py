"""Narrative between JSON, where its div is a text, and XML, where it is a part of the document.

https://hl7.org/fhir/R4/narrative.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from acpshare.fhir.validation.narrative import is_safe, with_characters
from acpshare.fhir.xml.tables import XHTML


def self_contained(div: str, outer: Mapping[str | None, str]) -> str:
    """The div as it stands in a document, with the declarations of the namespaces that it took from around it."""
    tag = div[: div.index(">")]
    is_prefixed = ":" in tag.split()[0]
    missing = ""
    for prefix, uri in outer.items():
        name = f"xmlns:{prefix}" if prefix else "xmlns"
        is_used = re.search(rf"[<\s]{prefix}:", div) if prefix else uri == XHTML and not is_prefixed
        if is_used and not re.search(rf"\s{name}\s*=", tag):
            missing += f' {name}="{uri}"'
    return div if not missing else re.sub(r"(?<=^<)[^\s/>]+", lambda name: name[0] + missing, div, count=1)


def written(div: Any) -> str:
    """The div as it is, but for HTML's named characters, which XML does not know. Raises TypeError for no narrative."""
    if not is_safe(div):
        raise TypeError
    return with_characters(div)
