"""Reading from a database: each method is one statement, but for what goes on page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql import ClauseElement

from acpshare.search.query import SearchQuery
from acpshare.storage import checks
from acpshare.storage.checks import LAST_VERSION
from acpshare.storage.protocols import Reading
from acpshare.storage.rows import (
    AuditRow,
    Counts,
    CurrentView,
    Head,
    IdentifierRow,
    OutboxEvent,
    PlanRow,
    PlanState,
    Remembered,
    SearchPage,
    StoredResource,
    VersionPosition,
)
from acpshare.storage.sql import history, statements
from acpshare.storage.sql.prepared import Direct
from acpshare.storage.sql.search.limits import SEARCH_SECONDS
from acpshare.storage.sql.search.searching import search
from acpshare.storage.sql.tables import NOBODY

AUDIT_LOG = "audit"
OUTBOX_LOG = "outbox"


class SqlReading(Reading):
    def __init__(self, connection: Connection, base_url: str = "", search_seconds: float = SEARCH_SECONDS) -> None:
        self._connection = connection
        self._direct = Direct(connection)
        self._base_url = base_url
        self._search_seconds = search_seconds

    def _flush(self) -> None:
        """Write what is pending: called before what reads by another way than `_all` and `_first`."""

    def _all(self, statement: ClauseElement, key: Mapping[str, Any]) -> Sequence[Any]:
        """The rows with this key. What cannot be stored is not there, whatever an engine would say to it."""
        return self._direct.all(statement, key) if checks.is_storable(key) else ()

    def _first(self, statement: ClauseElement, key: Mapping[str, Any]) -> Any:
        return self._direct.first(statement, key) if checks.is_storable(key) else None

    def resource(self, type: str, id: str) -> StoredResource | None:
        row = self._first(statements.RESOURCE, {"type": type, "id": id})
        return None if row is None else stored_of(row)

    def version(self, type: str, id: str, version_id: int) -> StoredResource | None:
        key = {"type": type, "id": id, "version_id": version_id}
        row = self._first(statements.VERSION, key)
        return None if row is None else stored_of(row)

    def history(
        self, type: str, id: str, *, before: int | None = None, count: int | None = None
    ) -> Sequence[StoredResource]:
        key: dict[str, Any] = {"type": type, "id": id}
        if before is None and count is None:
            return tuple(map(stored_of, self._all(statements.HISTORY, key)))
        key |= {"before": LAST_VERSION if before is None else before, "count": LAST_VERSION if count is None else count}
        return tuple(map(stored_of, self._all(statements.HISTORY_PAGE, key)))

    def history_of(
        self,
        type: str | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        after: VersionPosition | None = None,
        count: int = 50,
    ) -> Sequence[StoredResource]:
        return tuple(map(stored_of, self._all(*history.page(type, since, until, after, count))))

    def search(self, query: SearchQuery) -> SearchPage:
        self._flush()
        return search(self._connection, query, self._base_url, self._search_seconds)

    def resources_of(self, person: str, type: str | None = None) -> Sequence[StoredResource]:
        if type is None:
            return tuple(map(stored_of, self._all(statements.RESOURCES_OF, {"person": person})))
        key = {"person": person, "type": type}
        return tuple(map(stored_of, self._all(statements.RESOURCES_OF_TYPE, key)))

    def every_resource(self, type: str | None = None) -> Iterator[StoredResource]:
        statement = statements.EVERY_RESOURCE if type is None else statements.EVERY_RESOURCE_OF_TYPE
        key = {"after_type": type or "", "after_id": ""} | ({} if type is None else {"type": type})
        while page := self._all(statement, key):
            yield from (stored_of(row) for row in page if row.text is not None)
            key |= {"after_type": page[-1].type, "after_id": page[-1].id}

    def walk(self, type: str, after: str = "") -> Sequence[StoredResource]:
        key = {"type": type, "after_type": type, "after_id": after}
        return self._bounded(statements.WALK_SIZES, statements.WALK, key)

    def _bounded(self, sizes: ClauseElement, page: ClauseElement, key: Mapping[str, Any]) -> Sequence[StoredResource]:
        """A page that is not too large: its lengths first, then as many texts as memory is to hold."""
        last, total = None, 0
        for row in self._all(sizes, key):
            total += row.size or 0
            if last is not None and total > checks.PAGE_BYTES:
                break
            last = row
        if last is None:
            return ()
        return tuple(map(stored_of, self._all(page, {**key, "last_type": last.type, "last_id": last.id})))

    def compartment(self, person: str, after: tuple[str, str] = ("", "")) -> Sequence[StoredResource]:
        key = {"person": person, "after_type": after[0], "after_id": after[1]}
        return self._bounded(statements.COMPARTMENT_SIZES, statements.COMPARTMENT, key)

    def person_by_identifier(self, system: str, value: str) -> IdentifierRow | None:
        row = self._first(statements.PERSON_BY_IDENTIFIER, {"system": system, "value": value})
        return None if row is None else IdentifierRow(*row)

    def identifiers_of(self, person: str) -> Sequence[IdentifierRow]:
        rows = self._all(statements.IDENTIFIERS_OF, {"person": person})
        return tuple(IdentifierRow(*row) for row in rows)

    def plans_of(self, person: str) -> Sequence[PlanRow]:
        return tuple(map(_plan, self._all(statements.PLANS_OF, {"person": person})))

    def plan(self, person: str, plan_id: str) -> PlanRow | None:
        row = self._first(statements.PLAN, {"person": person, "plan_id": plan_id})
        return None if row is None else _plan(row)

    def plan_version(self, person: str, plan_id: str, version_id: int) -> PlanRow | None:
        key = {"person": person, "plan_id": plan_id, "version_id": version_id}
        row = self._first(statements.PLAN_VERSION, key)
        return None if row is None else _plan(row)

    def current_view(self, system: str, value: str) -> CurrentView | None:
        row = self._first(statements.CURRENT_VIEW, {"system": system, "value": value})
        return None if row is None else CurrentView(*row)

    def idempotency(self, key: str) -> Remembered | None:
        row = self._first(statements.IDEMPOTENCY, {"key": key})
        return None if row is None else Remembered(*row)

    def audit(self, after: int = 0, person: str | None = None) -> Iterator[AuditRow]:
        statement = statements.AUDIT if person is None else statements.AUDIT_OF
        key: dict[str, Any] = {"after": after} | ({} if person is None else {"person": person})
        while page := self._all(statement, key):
            yield from (AuditRow(*row) for row in page)
            key["after"] = page[-1].sequence

    def audit_head(self) -> Head:
        row = self._first(statements.LOG_HEAD, {"log": AUDIT_LOG})
        return Head() if row is None else Head(*row)

    def outbox(self, after: int = 0, limit: int = 100) -> Sequence[OutboxEvent]:
        rows = self._all(statements.OUTBOX, {"after": after, "limit": limit})
        return tuple(OutboxEvent(*row) for row in rows)

    def counts(self) -> Counts:
        types = self._connection.execute(statements.COUNT_RESOURCES)
        resources = {type: count for type, count in types}  # noqa: C416 - rows, not pairs, to mypy
        return Counts(resources, *(int(self._connection.scalar(count) or 0) for count in statements.COUNTS))


def stored_of(row: tuple[Any, ...]) -> StoredResource:
    type, id, version_id, last_updated, text, person = row
    return StoredResource(type, id, version_id, last_updated, text, None if person == NOBODY else person)


def shown_of(row: tuple[Any, ...]) -> StoredResource:
    """Of a row that also says whether the person's Patient is labelled."""
    type, id, version_id, last_updated, text, person, labelled = row
    return StoredResource(
        type, id, version_id, last_updated, text, None if person == NOBODY else person, bool(labelled)
    )


def _plan(row: tuple[Any, ...]) -> PlanRow:
    person, plan_id, version_id, plan, form, family, recorded_at, decision_date, state, replaces = row
    return PlanRow(
        person, plan_id, version_id, plan, form, family, recorded_at, decision_date, PlanState(state), replaces
    )
