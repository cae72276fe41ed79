"""Rows of the index tables: of new resources all together, of changed ones only those that differ.

Rows go by the driver's own statements: there are some ten for each resource, and SQLAlchemy would take longer than it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Connection,
    Double,
    Select,
    String,
    Table,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    union_all,
)

from acpshare.search.values import IndexValue
from acpshare.storage.sql.prepared import run_many
from acpshare.storage.sql.tables import INDEX_TABLES, KEY

IndexRow: TypeAlias = tuple[Any, ...]
"""The columns of an index table in their order: the fields of a value, and the key of the resource."""
KINDS: tuple[type[IndexValue], ...] = tuple(INDEX_TABLES)

_AT_ONCE = 500
"""Resources whose rows are looked up together: a statement may not have any number of values."""
_FIELDS: Mapping[type[IndexValue], Callable[[IndexValue], IndexRow]] = {
    kind: attrgetter(*(column.name for column in table.c if column.name != "key"))
    for kind, table in INDEX_TABLES.items()
}
_SLOTS: dict[str, Any] = {
    "text_1": KEY,
    "text_2": KEY,
    "whole_1": BigInteger(),
    "whole_2": BigInteger(),
    "real_1": Double(),
    "real_2": Double(),
}
"""The columns of a union of all the tables."""


@dataclass(slots=True)
class PendingRows:
    """What is to become of index tables. A resource that is changed twice is written once."""

    _new: dict[int, tuple[IndexValue, ...]] = field(default_factory=dict)
    _changed: dict[int, tuple[IndexValue, ...]] = field(default_factory=dict)

    def add(self, key: int, values: tuple[IndexValue, ...]) -> None:
        self._new[key] = values

    def replace(self, key: int, values: tuple[IndexValue, ...]) -> None:
        (self._new if key in self._new else self._changed)[key] = values

    def write(self, connection: Connection) -> None:
        if self._new:
            new, self._new = self._new, {}
            insert_rows(connection, rows_of(new))
        if self._changed:
            changed, self._changed = list(self._changed.items()), {}
            for start in range(0, len(changed), _AT_ONCE):
                replace_rows(connection, dict(changed[start : start + _AT_ONCE]))


Rows: TypeAlias = dict[type[IndexValue], list[IndexRow]]


def rows_of(values: Mapping[int, Iterable[IndexValue]]) -> Rows:
    rows: Rows = {kind: [] for kind in KINDS}
    for key, of_resource in values.items():
        for value in of_resource:
            kind = type(value)
            rows[kind].append((*_FIELDS[kind](value), key))
    return rows


def insert_rows(connection: Connection, rows: Rows) -> None:
    there = {kind: of_kind for kind, of_kind in rows.items() if of_kind}
    if connection.dialect.name == "sqlite":
        for kind, of_kind in there.items():
            run_many(connection, _INSERTS[kind], of_kind)
    elif there:
        arrays = tuple(list(column) for of_kind in there.values() for column in zip(*of_kind, strict=True))
        run_many(connection, _insert_on_postgresql(tuple(there)), [arrays])


def delete_rows(connection: Connection, rows: Rows) -> None:
    for kind, of_kind in rows.items():
        if of_kind:
            run_many(connection, _DELETES[connection.dialect.name][kind], of_kind)


def rows_on_record(connection: Connection, keys: Sequence[int]) -> Rows:
    rows: Rows = {kind: [] for kind in KINDS}
    for found in connection.execute(_ROWS_OF, {"keys": keys}):
        kind = KINDS[found[0]]
        rows[kind].append(tuple(found[place] for place in _PLACES[kind]))
    return rows


def replace_rows(connection: Connection, values: Mapping[int, tuple[IndexValue, ...]]) -> None:
    """Make the rows of these resources what they are to be. Those that stay are not touched."""
    wanted, present = rows_of(values), rows_on_record(connection, list(values))
    missing, surplus = differences(wanted, present)
    delete_rows(connection, surplus)
    insert_rows(connection, missing)


def differences(wanted: Rows, present: Rows) -> tuple[Rows, Rows]:
    """What is missing, and what should not be there."""
    return _without(wanted, present), _without(present, wanted)


def _without(rows: Rows, others: Rows) -> Rows:
    left: Rows = {}
    for kind, of_kind in rows.items():
        known = set(others[kind])
        left[kind] = [row for row in of_kind if row not in known]
    return left


def _insert_on_sqlite(table: Table) -> str:
    return f"INSERT INTO {table.name} VALUES ({', '.join('?' for _ in table.c)})"  # noqa: S608 - names of our own


@cache
def _insert_on_postgresql(kinds: tuple[type[IndexValue], ...]) -> str:
    """One statement for all the tables, with an array for each column: however many rows, the server is asked once."""
    *others, last = (_unnested(INDEX_TABLES[kind]) for kind in kinds)
    before = ", ".join(f"part_{number} AS ({insert})" for number, insert in enumerate(others))
    return f"WITH {before} {last}" if before else last


def _unnested(table: Table) -> str:
    arrays = ", ".join(f"%s::{_ARRAYS[type(column.type)]}" for column in table.c)
    return f"INSERT INTO {table.name} SELECT * FROM unnest({arrays})"  # noqa: S608 - names of our own


def _delete(table: Table, mark: str) -> str:
    whole = " AND ".join(f"{column.name} = {mark}" for column in table.c)
    return f"DELETE FROM {table.name} WHERE {whole}"  # noqa: S608 - names of our own


_ARRAYS = {BigInteger: "bigint[]", Double: "double precision[]", String: "text[]"}
_INSERTS = {kind: _insert_on_sqlite(table) for kind, table in INDEX_TABLES.items()}
_DELETES = {
    name: {kind: _delete(table, mark) for kind, table in INDEX_TABLES.items()}
    for name, mark in (("sqlite", "?"), ("postgresql", "%s"))
}


def _slots_of(table: Table) -> dict[str, str]:
    """Which column of the union holds which column of a table."""
    free = {type: [name for name, of in _SLOTS.items() if isinstance(of, type)] for type in _ARRAYS}
    return {
        column.name: free[type(column.type)].pop(0) for column in table.c if column.name not in ("parameter", "key")
    }


def _part(number: int, table: Table) -> Select[*tuple[Any, ...]]:
    columns = {slot: table.c[name] for name, slot in _slots_of(table).items()}
    filled = (columns[slot] if slot in columns else cast(null(), type) for slot, type in _SLOTS.items())
    which = table.c.key.in_(bindparam("keys", expanding=True))
    return select(literal_column(str(number)), table.c.key, table.c.parameter, *filled).where(which)


def _places_of(table: Table) -> tuple[int, ...]:
    slots, order = _slots_of(table), ("kind", "key", "parameter", *_SLOTS)
    return tuple(order.index(slots.get(column.name, column.name)) for column in table.c)


_ROWS_OF = union_all(*(_part(number, INDEX_TABLES[kind]) for number, kind in enumerate(KINDS)))
_PLACES = {kind: _places_of(table) for kind, table in INDEX_TABLES.items()}
