"""What the service publishes: forms and maps, derived from the mappings, which no client changes."""

from __future__ import annotations

from acpshare.interactions.components import Components
from acpshare.outcome import Forbidden, IssueType, error


def refuse_published(components: Components, type: str, id: str) -> None:
    """Raises Forbidden where a client would change what is derived from a mapping file."""
    if (type, id) in components.definitions:
        what = f"this {type} is published by the service: it is changed in its mapping file, not here"
        raise Forbidden(error(IssueType.FORBIDDEN, what, spine="ACCESS_DENIED"))
