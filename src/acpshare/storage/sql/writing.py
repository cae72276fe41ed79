"""Writing to a database, in one transaction. Conflicts show as counts of rows, never as an engine's error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql import ClauseElement

from acpshare.storage import checks
from acpshare.storage.chain import chained
from acpshare.storage.indexing import values_of
from acpshare.storage.keys import new_key
from acpshare.storage.protocols import Writing
from acpshare.storage.rows import (
    AuditRow,
    Counts,
    CurrentView,
    Head,
    IdentifierRow,
    PlanRow,
    Remembered,
    StoredResource,
)
from acpshare.storage.sql import changes, columns, erasure
from acpshare.storage.sql.index import PendingRows
from acpshare.storage.sql.reading import AUDIT_LOG, OUTBOX_LOG, SqlReading
from acpshare.storage.sql.search.limits import SEARCH_SECONDS
from acpshare.storage.sql.statements import OF_OTHER_TABLES
from acpshare.storage.sql.tables import NOBODY


class SqlWriting(SqlReading, Writing):
    def __init__(self, connection: Connection, base_url: str = "", search_seconds: float = SEARCH_SECONDS) -> None:
        super().__init__(connection, base_url, search_seconds)
        self._changes = changes.CHANGES[connection.dialect.name]
        self._one_writer = connection.dialect.name == "sqlite"
        self._audit: list[tuple[datetime, str | None, bytes]] = []
        self._outbox: list[dict[str, Any]] = []
        self._versions: list[dict[str, Any]] = []
        self._index = PendingRows()

    def lock(self, *names: str) -> None:
        """Until the end of this write, on PostgreSQL; SQLite has one writer anyway."""
        if not self._one_writer:
            key = int.from_bytes(sha256("\0".join(names).encode(errors="surrogatepass")).digest()[:8], signed=True)
            self._direct.first(changes.LOCK, {"key": key})

    def erase(self, person: str) -> Mapping[str, int]:
        """Locked as whoever records for them locks: numbers first, then the person."""
        if person == NOBODY or not checks.is_storable({"person": person}):
            return {}
        self._flush()
        for system, value in erasure.identifiers_held(self._connection, person):
            self.lock("identifier", system, value)
        self.lock("person", person)
        return erasure.erase(self._connection, person)

    def next_version(self, type: str, id: str) -> int:
        self.lock("resource", type, id)
        row = self._first(changes.CURRENT_VERSION, {"this_type": type, "this_id": id})
        return 1 if row is None else int(row.version_id) + 1

    def put(self, resource: StoredResource) -> StoredResource:
        if resource.version_id == 1:
            self.put_new([resource])
            return resource
        resource = checks.storable_resource(resource)
        person = resource.person or NOBODY
        key = self._advanced(resource, person)
        if key is None:
            key = self._move(resource, person)
        self._versions.append(columns.version(resource))
        self._index.replace(key, values_of(resource, self._base_url))
        return resource

    def put_new(self, resources: Sequence[StoredResource]) -> None:
        new = [checks.storable_resource(_first_version(resource)) for resource in resources]
        pointers = [columns.pointer(each) | {"key": new_key()} for each in new]
        if not new:
            return
        if self._direct.run(self._changes.new_resource, *pointers) != len(new):
            self._settle(pointers)
        self._versions += map(columns.version, new)
        for each, pointer in zip(new, pointers, strict=True):
            self._index.add(pointer["key"], values_of(each, self._base_url))

    def delete(self, type: str, id: str, version_id: int, last_updated: datetime) -> StoredResource:
        row = self._first(changes.CURRENT_VERSION, {"this_type": type, "this_id": id})
        if row is None:
            raise checks.nothing_to_delete(type)
        person = None if row.person == NOBODY else row.person
        return self.put(StoredResource(type, id, version_id, last_updated, None, person))

    def put_identifier(self, person: str, system: str, value: str, replaced_by: str | None = None) -> None:
        checks.storable_identifier(IdentifierRow(system, value, person, replaced_by))
        if replaced_by is not None:
            replaced_by = self._end_of(system, value, replaced_by)
        row = {"system": system, "value": value, "person": person, "replaced_by": replaced_by}
        if self._changed(self._changes.new_identifier, row):
            return
        if not self._changed(changes.OWN_IDENTIFIER, {"this_" + name: value for name, value in row.items()}):
            raise checks.identifier_taken()

    def remove_identifier(self, person: str, system: str, value: str) -> None:
        key = {"this_person": person, "this_system": system, "this_value": value}
        self._direct.run(changes.REMOVE_IDENTIFIER, key)

    def put_plan(self, plan: PlanRow) -> None:
        plan = checks.storable_plan(plan)
        self.lock("person", plan.person)
        key = {"person": plan.person, "plan_id": plan.plan_id}
        if self._direct.first(changes.LAST_PLAN_VERSION, key)[0] != plan.version_id - 1:
            raise checks.version_conflict("CarePlan")
        self._direct.run(changes.NEW_PLAN, columns.plan(plan))

    def put_current_view(self, view: CurrentView) -> None:
        checks.storable_view(view)
        row = {"person": view.person, "changes_on": view.changes_on, "view": view.view, "bundle": view.bundle}
        self._direct.run(self._changes.current_view, row)

    def append_audit(self, text: bytes, person: str | None, recorded: datetime) -> None:
        checks.storable_event(text, person)
        self._audit.append((checks.in_utc(recorded), person, text))

    def append_outbox(self, kind: str, text: bytes, person: str | None, recorded: datetime) -> None:
        checks.storable_event(text, person, kind)
        self._outbox.append({"recorded": checks.in_utc(recorded), "person": person, "kind": kind, "text": text})

    def remember(self, remembered: Remembered) -> None:
        remembered = checks.storable_remembered(remembered)
        row = {
            "key": remembered.key,
            "digest": remembered.digest,
            "recorded": remembered.recorded,
            "result": remembered.result,
            "person": remembered.person,
        }
        if not self._changed(self._changes.new_idempotency, row):
            raise checks.key_taken()

    # What is read here is decided upon: whoever reads it next waits until this write has ended.

    def person_by_identifier(self, system: str, value: str) -> IdentifierRow | None:
        self.lock("identifier", system, value)
        return super().person_by_identifier(system, value)

    def plans_of(self, person: str) -> Sequence[PlanRow]:
        self.lock("person", person)
        return super().plans_of(person)

    def plan(self, person: str, plan_id: str) -> PlanRow | None:
        self.lock("person", person)
        return super().plan(person, plan_id)

    def idempotency(self, key: str) -> Remembered | None:
        self.lock("idempotency", key)
        return super().idempotency(key)

    def finish(self) -> None:
        """Number what was appended. Last of all, because from here to the commit no other write can do the same."""
        self._flush()
        if not (self._audit or self._outbox):
            return
        heads = {row.log: Head(row.sequence, row.hash) for row in self._direct.all(changes.LOCKED_HEADS, {})}
        moved: dict[str, Head] = {}
        if self._audit:
            head = heads[AUDIT_LOG]
            rows: list[AuditRow] = []
            for recorded, person, text in self._audit:
                rows.append(chained(head, recorded, person, text))
                head = Head(rows[-1].sequence, rows[-1].hash)
            self._direct.run(changes.NEW_AUDIT_EVENTS, *map(columns.audit_event, rows))
            moved[AUDIT_LOG] = head
        if self._outbox:
            first = heads[OUTBOX_LOG].sequence + 1
            events = [{"sequence": first + place} | event for place, event in enumerate(self._outbox)]
            self._direct.run(changes.NEW_OUTBOX_EVENTS, *events)
            moved[OUTBOX_LOG] = Head(first + len(events) - 1)
        ends = ({"this_log": log, "to": head.sequence, "to_hash": head.hash} for log, head in moved.items())
        self._direct.run(changes.MOVE_HEADS, *ends)

    def counts(self) -> Counts:
        self._flush()
        return super().counts()

    def _all(self, statement: ClauseElement, key: Mapping[str, Any]) -> Sequence[Any]:
        self._flush_for(statement)
        return super()._all(statement, key)

    def _first(self, statement: ClauseElement, key: Mapping[str, Any]) -> Any:
        self._flush_for(statement)
        return super()._first(statement, key)

    def _flush_for(self, statement: ClauseElement) -> None:
        """The current version's number stands in `resource`, which is never behind."""
        if statement is not changes.CURRENT_VERSION and statement not in OF_OTHER_TABLES:
            self._flush()

    def _flush(self) -> None:
        """Versions and index rows go in together: before what reads them, and at the end."""
        if self._versions:
            versions, self._versions = self._versions, []
            self._direct.run(changes.NEW_VERSION, *versions)
            self._index.write(self._connection)

    def _advanced(self, resource: StoredResource, person: str) -> int | None:
        """The key of the resource, when its current version was the one before."""
        row = self._direct.first(changes.ADVANCE, columns.advanced(resource) | {"this_person": person})
        return None if row is None else int(row.key)

    def _move(self, resource: StoredResource, person: str) -> int:
        """The person is where a resource is kept: when it changes, earlier versions move with it."""
        this = {"this_type": resource.type, "this_id": resource.id}
        self._flush()
        row = self._first(changes.CURRENT_VERSION, this)
        if row is None or row.person == person:
            raise checks.version_conflict(resource.type)
        moved = columns.advanced(resource) | {"to_person": person}
        advanced = self._direct.first(changes.ADVANCE_AND_MOVE, moved)
        if advanced is None:
            raise checks.version_conflict(resource.type)
        self._direct.run(changes.MOVE_VERSIONS, this | {"this_person": row.person, "to_person": person})
        return int(advanced.key)

    def _settle(self, pointers: Sequence[dict[str, Any]]) -> None:
        """Not all of the new came in: one is there already, or its number is another's and it is given a new one."""
        for pointer in pointers:
            this = {"this_type": pointer["type"], "this_id": pointer["id"]}
            while (found := self._direct.first(changes.KEY_OF, this)) is None:
                pointer["key"] = new_key()
                self._direct.run(self._changes.new_resource, pointer)
            if found.key != pointer["key"]:
                raise checks.version_conflict(pointer["type"])

    def _end_of(self, system: str, value: str, replaced_by: str) -> str:
        """Where a chain of superseded numbers ends; those that led to `value` now lead there too."""
        later = self.person_by_identifier(system, replaced_by)
        end = later.replaced_by if later is not None and later.replaced_by else replaced_by
        if value in (end, replaced_by):
            raise checks.identifier_circle()
        self._direct.run(changes.REDIRECT_IDENTIFIERS, {"this_system": system, "this_value": value, "end": end})
        return end

    def _changed(self, statement: ClauseElement, values: dict[str, Any]) -> bool:
        return self._direct.run(statement, values) > 0


def _first_version(resource: StoredResource) -> StoredResource:
    return resource if resource.version_id == 1 else replace(resource, version_id=1)
