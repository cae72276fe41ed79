"""What a store can do. Reading and writing are different types: what only reads cannot write.

A request is one transaction: `with store.read() as reading` or `with store.write() as writing`, and what is raised
inside a write undoes all of it. Calls are synchronous and short; never await inside one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from acpshare.search.query import SearchQuery
from acpshare.storage.jobs import Jobs
from acpshare.storage.rows import (
    AuditRow,
    Counts,
    CurrentView,
    Head,
    IdentifierRow,
    OutboxEvent,
    PlanRow,
    Remembered,
    SearchPage,
    StoredResource,
    VersionPosition,
)


class ByKey(Protocol):
    """What is read by its key: of a snapshot, or (of the store itself) by one SELECT outside any transaction."""

    def resource(self, type: str, id: str) -> StoredResource | None:
        """The current version, which may be a deletion."""

    def version(self, type: str, id: str, version_id: int) -> StoredResource | None: ...

    def person_by_identifier(self, system: str, value: str) -> IdentifierRow | None:
        """Whom an identifier leads to. A superseded number is followed; `replaced_by` of the answer says to which."""


class Searched(ByKey, Protocol):
    """What quick reads ask: a store and a snapshot are such."""

    def search(self, query: SearchQuery) -> SearchPage: ...


class NotAtOnce(Exception):
    """It is to be asked the ordinary way, in a thread."""


class AskedAtOnce(Protocol):
    """What an event loop can wait for itself. All raise NotAtOnce where the ordinary way must be gone."""

    async def resource(self, type: str, id: str) -> StoredResource | None: ...

    async def version(self, type: str, id: str, version_id: int) -> StoredResource | None: ...

    async def person_by_identifier(self, system: str, value: str) -> IdentifierRow | None: ...

    async def search(self, query: SearchQuery) -> SearchPage: ...


class Reading(ByKey, Protocol):
    """A consistent snapshot of what is committed."""

    def history(
        self, type: str, id: str, *, before: int | None = None, count: int | None = None
    ) -> Sequence[StoredResource]:
        """All versions, newest first; or so many of them, of those before a version."""

    def history_of(
        self,
        type: str | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        after: VersionPosition | None = None,
        count: int = 50,
    ) -> Sequence[StoredResource]:
        """Versions of all resources (of a type), deletions included, newest first.

        Those of one instant come backwards, too: by type, id and version. From `since` on and not after `until`; a page
        of them, after the one where the last page ended.
        """

    def search(self, query: SearchQuery) -> SearchPage:
        """The resources that meet all criteria, of those that are not deleted, and what they include.

        Raises Unavailable (`too-costly`) when it would take too long, TooLarge when it would include too much.
        """

    def resources_of(self, person: str, type: str | None = None) -> Sequence[StoredResource]:
        """What lies in a person's compartment now, without what is deleted, by type and id."""

    def every_resource(self, type: str | None = None) -> Iterator[StoredResource]:
        """The current version of everything that is not deleted, by type and id, a page at a time."""

    def walk(self, type: str, after: str = "") -> Sequence[StoredResource]:
        """A page of the current versions of a type, deletions included, by id, of those after one; empty at the end."""

    def compartment(self, person: str, after: tuple[str, str] = ("", "")) -> Sequence[StoredResource]:
        """A page of what lies in a person's compartment, deletions included, by type and id, after one of them."""

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

    def lock(self, *names: str) -> None:
        """Wait until no other write holds the lock that has this name, in its parts, and hold it until the end.

        In every write in this order, and those of a kind sorted, so that no two wait for each other:
        `("idempotency", key)`, `("identifier", system, value)`, `("person", id)`, `("resource", type, id)`.
        """

    def erase(self, person: str) -> Mapping[str, int]:
        """Take away every version of everything in a person's compartment, the Patient, plans, views, identifiers and
        remembered answers with it: how many rows of each table. The audit and the events, which name nobody, stay.
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


class Store(ByKey, Protocol):
    @property
    def jobs(self) -> Jobs:
        """Long work, and how far it is: each call a transaction of its own."""

    @property
    def awaited(self) -> AskedAtOnce | None:
        """The same reads without a thread, where they wait for a server; None where they are best done at once."""

    def read(self) -> AbstractContextManager[Reading]: ...

    def write(self) -> AbstractContextManager[Writing]:
        """Commits at the end; undoes everything when anything is raised."""

    def current_view(self, system: str, value: str) -> CurrentView | None:
        """The emergency view by identifier: exactly one SELECT by primary keys, outside any transaction."""

    def search(self, query: SearchQuery) -> SearchPage:
        """As `Reading.search`; for most of what is asked one SELECT, outside any transaction."""

    def ready(self) -> None:
        """Unavailable, saying why, when the database is not there or its schema is not this code's."""

    def close(self) -> None: ...
