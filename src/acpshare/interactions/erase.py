"""One person's records taken away, every version of them: what nobody may undo, and the audit says that it was done.

Neither the log nor the audit row names more than the reference. https://hl7.org/fhir/R4/http.html#history
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from acpshare.interactions.events import audit
from acpshare.storage import Store


def _now() -> datetime:
    return datetime.now(UTC)


def erase_person(store: Store, person: str, client: str, clock: Callable[[], datetime] = _now) -> Mapping[str, int]:
    """How many rows went from each table."""
    with store.write() as writing:
        gone = writing.erase(person)
        audit(writing, "delete", client, person, (), clock())
    return gone
