"""Writing to a database, in one transaction. Conflicts show as counts of rows, never as an engine's error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Executable, Row

from acpshare.storage import checks
from acpshare.storage.chain import chained
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
from acpshare.storage.sql import changes
from acpshare.storage.sql.reading import AUDIT_LOG, OUTBOX_LOG, SqlReading
from acpshare.storage.sql.tables import NOBODY


class SqlWriting(SqlReading, Writing):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._changes = changes.CHANGES[connection.dialect.name]
        self._one_writer = connection.dialect.name == "sqlite"
        self._audit: list[tuple[datetime, str | None, bytes]] = []
        self._outbox: list[dict[str, Any]] = []
        self._versions: list[dict[str, Any]] = []

    def next_version(self, type: str, id: str) -> int:
        self._lock("resource", type, id)
        row = self._first(changes.CURRENT_VERSION, {"this_type": type, "this_id": id})
        return 1 if row is None else int(row.version_id) + 1

    def put(self, resource: StoredResource) -> StoredResource:
        if resource.version_id == 1:
            self.put_new([resource])
            return resource
        resource = checks.storable_resource(resource)
        person = resource.person or NOBODY
        if not self._advanced(resource, person):
            self._move(resource, person)
        self._versions.append(_pointer(resource) | {"last_updated": resource.last_updated, "text": resource.text})
        return resource

    def put_new(self, resources: Sequence[StoredResource]) -> None:
        new = [checks.storable_resource(replace(resource, version_id=1)) for resource in resources]
        came_in = self._connection.execute(self._changes.new_resource, [_pointer(each) for each in new]).rowcount
        if came_in != len(new):
            types = sorted({each.type for each in new})
            raise checks.version_conflict(types[0] if len(types) == 1 else "Resource")
        self._versions += [_pointer(each) | {"last_updated": each.last_updated, "text": each.text} for each in new]

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
        self._connection.execute(changes.REMOVE_IDENTIFIER, key)

    def put_plan(self, plan: PlanRow) -> None:
        plan = checks.storable_plan(plan)
        self._lock("person", plan.person)
        key = {"person": plan.person, "plan_id": plan.plan_id}
        if self._connection.execute(changes.LAST_PLAN_VERSION, key).scalar_one() != plan.version_id - 1:
            raise checks.version_conflict("CarePlan")
        self._connection.execute(
            changes.NEW_PLAN,
            {
                **key,
                "version_id": plan.version_id,
                "state": plan.state.value,
                "form": plan.form,
                "family": plan.family,
                "decision_date": plan.decision_date,
                "decision_day": plan.decision_day,
                "recorded_at": plan.recorded_at,
                "replaces": plan.replaces,
                "plan": plan.plan,
            },
        )

    def put_current_view(self, view: CurrentView) -> None:
        checks.storable_view(view)
        row = {"person": view.person, "changes_on": view.changes_on, "view": view.view, "bundle": view.bundle}
        self._connection.execute(self._changes.current_view, row)

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
        }
        if not self._changed(self._changes.new_idempotency, row):
            raise checks.key_taken()

    # What is read here is decided upon: whoever reads it next waits until this write has ended.

    def person_by_identifier(self, system: str, value: str) -> IdentifierRow | None:
        self._lock("identifier", system, value)
        return super().person_by_identifier(system, value)

    def plans_of(self, person: str) -> Sequence[PlanRow]:
        self._lock("person", person)
        return super().plans_of(person)

    def plan(self, person: str, plan_id: str) -> PlanRow | None:
        self._lock("person", person)
        return super().plan(person, plan_id)

    def idempotency(self, key: str) -> Remembered | None:
        self._lock("idempotency", key)
        return super().idempotency(key)

    def finish(self) -> None:
        """Number what was appended. Last of all, because from here to the commit no other write can do the same."""
        self._put_versions()
        if self._audit:
            head = self._head(AUDIT_LOG)
            rows: list[AuditRow] = []
            for recorded, person, text in self._audit:
                rows.append(chained(head, recorded, person, text))
                head = Head(rows[-1].sequence, rows[-1].hash)
            self._connection.execute(changes.NEW_AUDIT_EVENTS, [_columns(row) for row in rows])
            self._move_head(AUDIT_LOG, head)
        if self._outbox:
            first = self._head(OUTBOX_LOG).sequence + 1
            events = [{"sequence": first + place} | event for place, event in enumerate(self._outbox)]
            self._connection.execute(changes.NEW_OUTBOX_EVENTS, events)
            self._move_head(OUTBOX_LOG, Head(first + len(events) - 1))

    def counts(self) -> Counts:
        self._put_versions()
        return super().counts()

    def _all(self, statement: Executable, key: Mapping[str, Any]) -> Sequence[Row[*tuple[Any, ...]]]:
        self._put_versions()
        return super()._all(statement, key)

    def _first(self, statement: Executable, key: Mapping[str, Any]) -> Row[*tuple[Any, ...]] | None:
        self._put_versions()
        return super()._first(statement, key)

    def _put_versions(self) -> None:
        """Versions go in together: before anything is read, and at the end."""
        if self._versions:
            versions, self._versions = self._versions, []
            self._connection.execute(changes.NEW_VERSION, versions)

    def _advanced(self, resource: StoredResource, person: str) -> bool:
        key = {"this_person": person, "this_type": resource.type, "this_id": resource.id}
        return self._changed(changes.ADVANCE, key | {"now": resource.version_id, "before": resource.version_id - 1})

    def _move(self, resource: StoredResource, person: str) -> None:
        """The person is where a resource is kept: when it changes, earlier versions move with it."""
        key = {"this_type": resource.type, "this_id": resource.id}
        before = {"now": resource.version_id, "before": resource.version_id - 1, "to_person": person}
        row = self._first(changes.CURRENT_VERSION, key)
        if row is None or row.person == person or not self._changed(changes.ADVANCE_AND_MOVE, key | before):
            raise checks.version_conflict(resource.type)
        self._connection.execute(changes.MOVE_VERSIONS, key | {"this_person": row.person, "to_person": person})

    def _end_of(self, system: str, value: str, replaced_by: str) -> str:
        """Where a chain of superseded numbers ends; those that led to `value` now lead there too."""
        later = self.person_by_identifier(system, replaced_by)
        end = later.replaced_by if later is not None and later.replaced_by else replaced_by
        if value in (end, replaced_by):
            raise checks.identifier_circle()
        self._connection.execute(changes.REDIRECT_IDENTIFIERS, {"this_system": system, "this_value": value, "end": end})
        return end

    def _head(self, log: str) -> Head:
        row = self._connection.execute(changes.LOCKED_HEAD, {"this_log": log}).one()
        return Head(row.sequence, row.hash)

    def _move_head(self, log: str, head: Head) -> None:
        self._connection.execute(changes.MOVE_HEAD, {"this_log": log, "to": head.sequence, "to_hash": head.hash})

    def _changed(self, statement: Executable, values: dict[str, Any]) -> bool:
        return self._connection.execute(statement, values).rowcount > 0

    def _lock(self, *names: str) -> None:
        """Until the end of this write, on PostgreSQL; SQLite has one writer anyway."""
        if not self._one_writer:
            key = int.from_bytes(sha256("\0".join(names).encode(errors="surrogatepass")).digest()[:8], signed=True)
            self._connection.execute(changes.LOCK, {"key": key})


def _pointer(resource: StoredResource) -> dict[str, Any]:
    person = resource.person or NOBODY
    return {"person": person, "type": resource.type, "id": resource.id, "version_id": resource.version_id}


def _columns(row: AuditRow) -> dict[str, Any]:
    return {
        "sequence": row.sequence,
        "recorded": row.recorded,
        "person": row.person,
        "text": row.text,
        "hash": row.hash,
    }
