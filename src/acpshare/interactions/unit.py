"""One transaction's worth of changes: what a single request, and each entry of a transaction, works in.

What a change means beyond being kept (a plan, a person, a legal instrument) is the matter of its type's `Meaning`.
https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from acpshare.fhir.json_text import JsonObject
from acpshare.interactions.components import Components
from acpshare.outcome import Issue, Ledger
from acpshare.storage import StoredResource, Writing


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one change. `stored` is the version that it made, or the one that was here already.

    `plan` is the CarePlan's version that the change made, or left as it was; None where no plan is concerned.
    """

    stored: StoredResource
    is_new: bool
    plan: str | None = None
    change: str = "none"
    issues: tuple[Issue, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)


@dataclass
class Unit:
    """The changes of one request, in one transaction, at one instant."""

    components: Components
    writing: Writing
    client: str
    now: datetime
    persons: set[str] = field(default_factory=set)
    """Whose plans are to be settled, and whose emergency view made anew, before the transaction ends."""


class Meaning(Protocol):
    """What a type of resource means to the record. All raise a Failure; then nothing of the unit is stored.

    `resource` is the parsed body (valid R4, its id and meta still the client's), `text` the body as it came.
    """

    def create(self, unit: Unit, resource: JsonObject, text: str, id: str) -> Recorded: ...

    def update(self, unit: Unit, before: StoredResource, resource: JsonObject, text: str) -> Recorded: ...

    def delete(self, unit: Unit, before: StoredResource) -> Recorded: ...
