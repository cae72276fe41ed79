"""The store in memory: for tests and for what needs no database. A write works on a copy that replaces the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from threading import Lock

from acpshare.outcome import IssueType, Unavailable, error
from acpshare.search.query import SearchQuery
from acpshare.storage import checks
from acpshare.storage.chain import chained
from acpshare.storage.indexing import values_of
from acpshare.storage.jobs import Jobs, MemoryJobs
from acpshare.storage.keys import new_key
from acpshare.storage.memory_search import search
from acpshare.storage.memory_state import State
from acpshare.storage.protocols import Reading, Store, Writing
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

PAGE = 200


class _MemoryReading(Reading):
    def __init__(self, state: State, base_url: str = "") -> None:
        self._state = state
        self._base_url = base_url

    def search(self, query: SearchQuery) -> SearchPage:
        return search(self._state, query, self._base_url)

    def resource(self, type: str, id: str) -> StoredResource | None:
        versions = self._state.versions.get((type, id))
        return versions[-1] if versions else None

    def version(self, type: str, id: str, version_id: int) -> StoredResource | None:
        return next((row for row in self._state.versions.get((type, id), ()) if row.version_id == version_id), None)

    def history(
        self, type: str, id: str, *, before: int | None = None, count: int | None = None
    ) -> Sequence[StoredResource]:
        versions = reversed(self._state.versions.get((type, id), ()))
        return tuple(each for each in versions if before is None or each.version_id < before)[:count]

    def history_of(
        self,
        type: str | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        after: VersionPosition | None = None,
        count: int = 50,
    ) -> Sequence[StoredResource]:
        found = [
            row
            for (of, _), versions in self._state.versions.items()
            if type in (None, of)
            for row in versions
            if since is None or row.last_updated >= since
            if until is None or row.last_updated <= until
            if after is None or _place(row) < _place(after)
        ]
        return tuple(sorted(found, key=_place, reverse=True)[:count])

    def resources_of(self, person: str, type: str | None = None) -> Sequence[StoredResource]:
        return tuple(row for row in self.every_resource(type) if row.person == person)

    def every_resource(self, type: str | None = None) -> Iterator[StoredResource]:
        for _, versions in sorted(self._state.versions.items()):
            if not versions[-1].deleted and type in (None, versions[-1].type):
                yield versions[-1]

    def walk(self, type: str, after: str = "") -> Sequence[StoredResource]:
        found = (
            versions[-1] for (of, id), versions in sorted(self._state.versions.items()) if of == type and id > after
        )
        return tuple(islice(found, PAGE))

    def compartment(self, person: str, after: tuple[str, str] = ("", "")) -> Sequence[StoredResource]:
        found = (versions[-1] for key, versions in sorted(self._state.versions.items()) if key > after)
        return tuple(islice((row for row in found if row.person == person), PAGE))

    def person_by_identifier(self, system: str, value: str) -> IdentifierRow | None:
        row = self._state.identifiers.get((system, value))
        return None if row is None else self._followed(row)

    def identifiers_of(self, person: str) -> Sequence[IdentifierRow]:
        rows = (self._followed(row) for _, row in sorted(self._state.identifiers.items()))
        return tuple(row for row in rows if row.person == person)

    def _followed(self, row: IdentifierRow) -> IdentifierRow:
        later = self._state.identifiers.get((row.system, row.replaced_by)) if row.replaced_by else None
        return row if later is None else replace(row, person=later.person)

    def plans_of(self, person: str) -> Sequence[PlanRow]:
        latest = [versions[-1] for (whose, _), versions in sorted(self._state.plans.items()) if whose == person]
        latest.sort(key=lambda row: (row.decision_day or date.min, row.recorded_at), reverse=True)
        return tuple(latest)

    def plan(self, person: str, plan_id: str) -> PlanRow | None:
        versions = self._state.plans.get((person, plan_id))
        return versions[-1] if versions else None

    def plan_version(self, person: str, plan_id: str, version_id: int) -> PlanRow | None:
        return next((row for row in self._state.plans.get((person, plan_id), ()) if row.version_id == version_id), None)

    def current_view(self, system: str, value: str) -> CurrentView | None:
        found = self.person_by_identifier(system, value)
        view = None if found is None else self._state.views.get(found.person)
        return None if view is None or found is None else replace(view, replaced_by=found.replaced_by)

    def idempotency(self, key: str) -> Remembered | None:
        return self._state.remembered.get(key)

    def audit(self, after: int = 0, person: str | None = None) -> Iterator[AuditRow]:
        return (row for row in self._state.audit if row.sequence > after and person in (None, row.person))

    def audit_head(self) -> Head:
        return Head(self._state.audit[-1].sequence, self._state.audit[-1].hash) if self._state.audit else Head()

    def outbox(self, after: int = 0, limit: int = 100) -> Sequence[OutboxEvent]:
        return tuple(self._state.outbox[after : after + limit])

    def counts(self) -> Counts:
        resources = Counter(row.type for row in self.every_resource())
        return Counts(
            resources=dict(sorted(resources.items())),
            persons=len({row.person for row in self._state.identifiers.values()}),
            plans=len(self._state.plans),
            current_views=len(self._state.views),
            audit_events=len(self._state.audit),
            outbox_events=len(self._state.outbox),
        )


def _place(row: StoredResource | VersionPosition) -> tuple[datetime, str, str, int]:
    return row.last_updated, row.type, row.id, row.version_id


class _MemoryWriting(_MemoryReading, Writing):
    def __init__(self, state: State, base_url: str) -> None:
        super().__init__(state, base_url)
        self._audit: list[tuple[datetime, str | None, bytes]] = []
        self._outbox: list[tuple[datetime, str | None, str, bytes]] = []

    def lock(self, *names: str) -> None:
        """There is one writer."""

    def erase(self, person: str) -> Mapping[str, int]:
        return self._state.erase(person)

    def next_version(self, type: str, id: str) -> int:
        return len(self._state.versions.get((type, id), ())) + 1

    def put_new(self, resources: Sequence[StoredResource]) -> None:
        for resource in resources:
            self.put(replace(resource, version_id=1))

    def put(self, resource: StoredResource) -> StoredResource:
        resource = checks.storable_resource(resource)
        key = (resource.type, resource.id)
        earlier = self._state.versions.get(key, ())
        if resource.version_id != len(earlier) + 1:
            raise checks.version_conflict(resource.type)
        # The person is where a resource is kept: earlier versions move with it.
        moved = (replace(row, person=resource.person) for row in earlier)
        self._state.versions[key] = (*moved, resource)
        self._state.keys.setdefault(key, new_key())
        self._state.index.pop(key, None)
        if not resource.deleted:
            self._state.index[key] = values_of(resource, self._base_url)
        return resource

    def delete(self, type: str, id: str, version_id: int, last_updated: datetime) -> StoredResource:
        current = self.resource(type, id)
        if current is None:
            raise checks.nothing_to_delete(type)
        return self.put(StoredResource(type, id, version_id, last_updated, None, current.person))

    def put_identifier(self, person: str, system: str, value: str, replaced_by: str | None = None) -> None:
        row = checks.storable_identifier(IdentifierRow(system, value, person, replaced_by))
        known = self._state.identifiers.get((system, value))
        if known is not None and known.person != person:
            raise checks.identifier_taken()
        if replaced_by is not None:
            later = self._state.identifiers.get((system, replaced_by))
            row = replace(row, replaced_by=later.replaced_by if later and later.replaced_by else replaced_by)
            if value in (row.replaced_by, replaced_by):
                raise checks.identifier_circle()
            for key, other in self._state.identifiers.items():
                if other.system == system and other.replaced_by == value:
                    self._state.identifiers[key] = replace(other, replaced_by=row.replaced_by)
        elif known is not None:
            return
        self._state.identifiers[(system, value)] = row

    def remove_identifier(self, person: str, system: str, value: str) -> None:
        known = self._state.identifiers.get((system, value))
        if known is not None and known.person == person:
            del self._state.identifiers[(system, value)]

    def put_plan(self, plan: PlanRow) -> None:
        plan = checks.storable_plan(plan)
        key = (plan.person, plan.plan_id)
        earlier = self._state.plans.get(key, ())
        if plan.version_id != (earlier[-1].version_id if earlier else 0) + 1:
            raise checks.version_conflict("CarePlan")
        self._state.plans[key] = (*earlier, plan)

    def put_current_view(self, view: CurrentView) -> None:
        self._state.views[view.person] = replace(checks.storable_view(view), replaced_by=None)

    def append_audit(self, text: bytes, person: str | None, recorded: datetime) -> None:
        checks.storable_event(text, person)
        self._audit.append((checks.in_utc(recorded), person, text))

    def append_outbox(self, kind: str, text: bytes, person: str | None, recorded: datetime) -> None:
        checks.storable_event(text, person, kind)
        self._outbox.append((checks.in_utc(recorded), person, kind, text))

    def remember(self, remembered: Remembered) -> None:
        remembered = checks.storable_remembered(remembered)
        if remembered.key in self._state.remembered:
            raise checks.key_taken()
        self._state.remembered[remembered.key] = remembered

    def finish(self) -> State:
        """Number what was appended: the state to be kept."""
        for recorded, person, text in self._audit:
            self._state.audit.append(chained(self.audit_head(), recorded, person, text))
        for recorded, person, kind, text in self._outbox:
            self._state.outbox.append(OutboxEvent(len(self._state.outbox) + 1, recorded, person, kind, text))
        return self._state


class MemoryStore(Store):
    awaited = None

    def __init__(self, busy_seconds: float = 10.0, base_url: str = "") -> None:
        self._state = State()
        self._writer = Lock()
        self._busy_seconds = busy_seconds
        self._base_url = base_url
        self._jobs = MemoryJobs()

    @property
    def jobs(self) -> Jobs:
        return self._jobs

    @contextmanager
    def read(self) -> Iterator[Reading]:
        yield _MemoryReading(self._state, self._base_url)

    @contextmanager
    def write(self) -> Iterator[Writing]:
        if not self._writer.acquire(timeout=self._busy_seconds):
            raise Unavailable(error(IssueType.TRANSIENT, "the store is busy; nothing was stored"))
        try:
            writing = _MemoryWriting(self._state.copy(), self._base_url)
            yield writing
            self._state = writing.finish()
        finally:
            self._writer.release()

    def current_view(self, system: str, value: str) -> CurrentView | None:
        return _MemoryReading(self._state).current_view(system, value)

    def resource(self, type: str, id: str) -> StoredResource | None:
        return _MemoryReading(self._state).resource(type, id)

    def version(self, type: str, id: str, version_id: int) -> StoredResource | None:
        return _MemoryReading(self._state).version(type, id, version_id)

    def person_by_identifier(self, system: str, value: str) -> IdentifierRow | None:
        return _MemoryReading(self._state).person_by_identifier(system, value)

    def search(self, query: SearchQuery) -> SearchPage:
        return search(self._state, query, self._base_url)

    def ready(self) -> None:
        """Always: there is nothing outside."""

    def close(self) -> None:
        """Nothing is held."""
