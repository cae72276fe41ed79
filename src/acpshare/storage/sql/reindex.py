"""Index rows made anew where search parameters have changed: beside traffic, and from where it was stopped.

A page is read and its values are taken without any lock; then, in a short write, the rows of those resources that are
still what was read are made what they are to be. Whoever is just being changed is passed over: that write indexes it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, and_, bindparam, delete, exists, func, literal, select, update

from acpshare.outcome import IssueType, Unavailable, error
from acpshare.storage.indexing import indexed_as, values_of
from acpshare.storage.rows import StoredResource
from acpshare.storage.sql.index import Rows, differences, replace_rows, rows_of, rows_on_record
from acpshare.storage.sql.statements import COLUMNS
from acpshare.storage.sql.tables import INDEX_TABLES, NOBODY, NOT_DELETED, resource, resource_version

PAGE = 50
"""So few that a write takes some 20 ms: on SQLite everybody else waits for it."""
_PATIENCE, _PAUSE = 300, 0.1
"""How many times in a row it may be that all that is left is being changed by others."""

_INDEXED = (
    select(resource.c.type, resource.c.indexed_as, func.count())
    .where(NOT_DELETED)
    .group_by(resource.c.type, resource.c.indexed_as)
)
_TYPE, _AFTER = resource.c.type == bindparam("this_type"), resource.c.key > bindparam("after")
_OTHERWISE = resource.c.indexed_as.is_distinct_from(bindparam("now"))


def _page(*conditions: Any) -> Select[*tuple[Any, ...]]:
    which = (resource.c.key, resource.c.person, resource.c.type, resource.c.id, resource.c.version_id)
    some = select(*which).where(_TYPE, _AFTER, NOT_DELETED, *conditions).order_by(resource.c.key)
    page = some.limit(bindparam("limit", type_=Integer)).subquery("page")
    this = and_(*(resource_version.c[name] == page.c[name] for name in ("person", "type", "id", "version_id")))
    return select(page.c.key, *COLUMNS).select_from(page.join(resource_version, this)).order_by(page.c.key)


_OUTSTANDING, _EVERY = _page(_OTHERWISE), _page()
_STILL = (
    select(resource.c.key, resource.c.version_id, resource.c.person)
    .where(resource.c.key.in_(bindparam("keys", expanding=True)), NOT_DELETED)
    .order_by(resource.c.key)
    .with_for_update(skip_locked=True)
)
_DONE = (
    update(resource)
    .where(resource.c.key.in_(bindparam("keys", expanding=True)))
    .values(indexed_as=bindparam("to_indexed_as"))
)
_NO_RESOURCE = {
    kind: select(func.count())
    .select_from(table)
    .where(~exists(select(literal(1)).where(resource.c.key == table.c.key, NOT_DELETED)))
    for kind, table in INDEX_TABLES.items()
}
_REMOVE = [
    delete(table).where(~exists(select(literal(1)).where(resource.c.key == table.c.key, NOT_DELETED)))
    for table in INDEX_TABLES.values()
]
_ROWS = {table.name: select(func.count()).select_from(table) for table in INDEX_TABLES.values()}

Transaction = Callable[[], AbstractContextManager[Connection]]


@dataclass(slots=True)
class Checked:
    """Every resource's values taken again and held against its rows."""

    resources: int = 0
    differing: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    """Rows of a table that should be there."""
    surplus: Counter[str] = field(default_factory=Counter)
    """Rows of a table that should not: of another time, or of no resource."""

    @property
    def is_true(self) -> bool:
        return not (self.differing or self.missing.total() or self.surplus.total())


class SearchIndex:
    """What search goes by, as a whole. `writing` is a transaction of its own each time, `snapshot` sees one state."""

    def __init__(self, writing: Transaction, snapshot: Transaction, base_url: str) -> None:
        self._writing = writing
        self._snapshot = snapshot
        self._base_url = base_url

    def outstanding(self) -> Mapping[str, int]:
        """How many resources of each type have no index rows of the present search parameters."""
        left: Counter[str] = Counter()
        with self._snapshot() as connection:
            for type, under, count in connection.execute(_INDEXED):
                if under != indexed_as(type):
                    left[type] += count
        return left

    def reindex(self, types: Sequence[str] = ()) -> Iterator[tuple[int, int]]:
        """Yields how many resources are done, of how many; ends when none is left. Counts those of `types`, or all."""
        outstanding = self.outstanding()
        left = {type: count for type, count in sorted(outstanding.items()) if not types or type in types}
        done, of = 0, sum(left.values())
        yield done, of
        for type in left:
            for number in self._until_none_is_left(type):
                done += number
                yield done, max(done, of)

    def reindex_all(self, types: Sequence[str] = ()) -> Iterator[tuple[int, int]]:
        """The same for what has rows already, for when they are wrong; rows of no resource go."""
        counts = self._counts(types)
        done, of = 0, counts.total()
        yield done, of
        for type in sorted(counts):
            for number in self._pass(_EVERY, type):
                done += number
                yield done, max(done, of)
        with self._writing() as connection:
            for statement in _REMOVE:
                connection.execute(statement)

    def resources(self, types: Sequence[str] = ()) -> int:
        """How many there are to be found."""
        return self._counts(types).total()

    def rows(self) -> Mapping[str, int]:
        """How many there are in each table."""
        with self._snapshot() as connection:
            return {table: int(connection.scalar(count) or 0) for table, count in _ROWS.items()}

    def check(self, types: Sequence[str] = ()) -> Iterator[Checked]:
        """Count again from the resources themselves, in one state of the database. Yields what is known so far."""
        checked = Checked()
        with self._snapshot() as connection:
            for type in sorted({row.type for row in connection.execute(_INDEXED) if not types or row.type in types}):
                for page in _pages(connection, _EVERY, type):
                    self._hold(connection, page, checked)
                    yield checked
            for kind, count in _NO_RESOURCE.items():
                if found := connection.scalar(count):
                    checked.surplus[INDEX_TABLES[kind].name] += found
        yield checked

    def _counts(self, types: Sequence[str]) -> Counter[str]:
        counts: Counter[str] = Counter()
        with self._snapshot() as connection:
            for type, _, count in connection.execute(_INDEXED):
                if not types or type in types:
                    counts[type] += count
        return counts

    def _until_none_is_left(self, type: str) -> Iterator[int]:
        patience = _PATIENCE
        while True:
            done = left = 0
            for number in self._pass(_OUTSTANDING, type):
                done += number
                left += PAGE
                yield number
            if not left:
                return
            patience = _PATIENCE if done else patience - 1
            if not patience:
                raise Unavailable(error(IssueType.TRANSIENT, f"other writes hold {type} resources: run it again"))
            if not done:
                time.sleep(_PAUSE)

    def _pass(self, statement: Select[Any], type: str) -> Iterator[int]:
        """Each page's number of resources that were done: fewer than it has when others change some just now."""
        after = 0
        while True:
            with self._snapshot() as connection:
                page = _read(connection, statement, type, after)
            if not page:
                return
            after = page[-1].key
            yield self._index(type, page)

    def _index(self, type: str, page: Sequence[Row[Any]]) -> int:
        values = {row.key: values_of(_stored(row), self._base_url) for row in page}
        read = {row.key: (row.version_id, row.person) for row in page}
        with self._writing() as connection:
            now = connection.execute(_STILL, {"keys": list(values)})
            same = [key for key, *version in now if tuple(version) == read[key]]
            if same:
                replace_rows(connection, {key: values[key] for key in same})
                connection.execute(_DONE, {"keys": same, "to_indexed_as": indexed_as(type)})
        return len(same)

    def _hold(self, connection: Connection, page: Sequence[Row[Any]], checked: Checked) -> None:
        wanted = rows_of({row.key: values_of(_stored(row), self._base_url) for row in page})
        missing, surplus = differences(wanted, rows_on_record(connection, [row.key for row in page]))
        checked.resources += len(page)
        checked.differing += len({row[-1] for rows in (missing, surplus) for of in rows.values() for row in of})
        for counter, rows in ((checked.missing, missing), (checked.surplus, surplus)):
            counter.update(_counted(rows))


def _read(connection: Connection, statement: Select[Any], type: str, after: int) -> Sequence[Row[Any]]:
    key = {"this_type": type, "after": after, "limit": PAGE}
    return connection.execute(statement, key if statement is _EVERY else key | {"now": indexed_as(type)}).all()


def _pages(connection: Connection, statement: Select[Any], type: str) -> Iterator[Sequence[Row[Any]]]:
    after = 0
    while page := _read(connection, statement, type, after):
        after = page[-1].key
        yield page


def _stored(row: Row[Any]) -> StoredResource:
    person = None if row.person == NOBODY else row.person
    return StoredResource(row.type, row.id, row.version_id, row.last_updated, row.text, person)


def _counted(rows: Rows) -> dict[str, int]:
    return {INDEX_TABLES[kind].name: len(of_kind) for kind, of_kind in rows.items() if of_kind}
