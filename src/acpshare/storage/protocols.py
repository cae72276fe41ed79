"""What a store can do. Reading and writing are different types: what only reads cannot write.

A request is one transaction: `with store.read() as reading` or `with store.write() as writing`, and what is raised
inside a write undoes all of it. Calls are synchronous and short; never await inside one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from acpshare.storage.rows import (
    AuditRow,
    Counts,
    CurrentView,
    Head,
    IdentifierRow,
    OutboxEvent,
    PlanRow,
    Remembered,
    StoredResource,
)


class Reading(Protocol):
    """A consistent snapshot of what is committed."""

    def resource(self, type: str, id: str) -> StoredResource | None:
        """The current version, which may be a deletion."""

    def version(self, type: str, id: str, version_id: int) -> StoredResource | None: ...

    def history(self, type: str, id: str) -> Sequence[StoredResource]:
        """All versions, newest first."""

    def resources_of(self, person: str, type: str | None = None) -> Sequence[StoredResource]:
        """What lies in a person's compartment now, without what is deleted, by type and id."""

    def every_resource(self, type: str | None = None) -> Iterator[StoredResource]:
        """The current version of everything that is not deleted, by type and id, a page at a time."""

    def person_by_identifier(self, system: str, value: str) -> IdentifierRow | None:
        """Whom an identifier leads to. A superseded number is followed; `replaced_by` of the answer says to which."""

    def identifiers_of(self, person: str) -> Sequence[IdentifierRow]:
        """The identifiers that lead to a person, superseded ones included."""

    def plans_of(self, person: str) -> Sequence[PlanRow]:
        """The latest version of every plan, in any state: newest decision first, undated ones last."""

    def plan(self, person: str, plan_id: str) -> PlanRow | None:
        """The latest version."""

    def plan_version(self, person: str, plan_id: str, version_id: int) -> PlanRow | None: ...

    def current_view(self, system: str, value: str) -> CurrentView | None: ...

    def idempotency(self, key: str) -> Remembered | None: ...

    def audit(self, after: int = 0, person: str | None = None) -> Iterator[AuditRow]:
        """The audit chain in its order, from the row after a sequence on; only one person's rows if asked."""

    def audit_head(self) -> Head: ...

    def outbox(self, after: int = 0, limit: int = 100) -> Sequence[OutboxEvent]:
        """Events in their order, from the one after a sequence on."""

    def counts(self) -> Counts: ...


class Writing(Reading, Protocol):
    """One transaction. What it reads includes what it wrote, but for audit and outbox, which are numbered at the end.

    Reading a person's plans, an identifier or an idempotency key in a write locks it until the end, so that whoever
    decides by what was read decides alone.
    """

    def next_version(self, type: str, id: str) -> int:
        """The version that a `put` or `delete` must carry now: 1 for what is new. Locks the resource until the end."""

    def put(self, resource: StoredResource) -> StoredResource:
        """Add a version: its `version_id` is one more than the current one, or it is a VersionConflict."""

    def put_new(self, resources: Sequence[StoredResource]) -> None:
        """Add the first versions of several resources together; a VersionConflict when one of them is there already."""

    def delete(self, type: str, id: str, version_id: int, last_updated: datetime) -> StoredResource:
        """Add a version that says: deleted. NotFound when there is nothing; VersionConflict as with `put`."""

    def put_identifier(self, person: str, system: str, value: str, replaced_by: str | None = None) -> None:
        """Give an identifier to a person, or say what superseded it. Duplicate when it is another person's."""

    def remove_identifier(self, person: str, system: str, value: str) -> None:
        """Take an identifier away that this person does not hold after all."""

    def put_plan(self, plan: PlanRow) -> None:
        """Add a version of a plan: one more than the latest, or it is a VersionConflict."""

    def put_current_view(self, view: CurrentView) -> None: ...

    def append_audit(self, text: bytes, person: str | None, recorded: datetime) -> None:
        """Chained at the end of the transaction, in it."""

    def append_outbox(self, kind: str, text: bytes, person: str | None, recorded: datetime) -> None:
        """Numbered at the end of the transaction, in it."""

    def remember(self, remembered: Remembered) -> None:
        """Keep an answer under its idempotency key. Duplicate when the key is taken."""


class Store(Protocol):
    def read(self) -> AbstractContextManager[Reading]: ...

    def write(self) -> AbstractContextManager[Writing]:
        """Commits at the end; undoes everything when anything is raised."""

    def current_view(self, system: str, value: str) -> CurrentView | None:
        """The emergency view by identifier: exactly one SELECT by primary keys, outside any transaction."""

    def ready(self) -> None:
        """Unavailable, saying why, when the database is not there or its schema is not this code's."""

    def close(self) -> None: ...
