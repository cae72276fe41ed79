"""Taking one person's records away: every statement goes by keys, however much else there is.

The audit chain and the outbox stay: they hold references only. https://hl7.org/fhir/R4/security.html#subpoena
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Delete, bindparam, delete, select, update

from acpshare.storage.sql.tables import (
    INDEX_TABLES,
    current_view,
    idempotency,
    identifier,
    plan,
    resource,
    resource_version,
)

HELD = select(identifier.c.system, identifier.c.value).where(identifier.c.person == bindparam("this_person"))
# First, because whoever is changing one of these resources now is waited for.
RESOURCES = delete(resource).where(resource.c.person == bindparam("this_person")).returning(resource.c.key)
BY_KEY: Mapping[str, Delete] = {
    table.name: delete(table).where(table.c.key.in_(bindparam("keys", expanding=True)))
    for table in INDEX_TABLES.values()
}
BY_PERSON: Mapping[str, Delete] = {
    table.name: delete(table).where(table.c.person == bindparam("this_person"))
    for table in (resource_version, plan, current_view, idempotency, identifier)
}
# A number that was superseded by one of theirs, held by somebody else's record, leads back to that record.
NO_LONGER_SUPERSEDED = (
    update(identifier)
    .where(identifier.c.system == bindparam("this_system"), identifier.c.replaced_by == bindparam("this_value"))
    .values(replaced_by=None)
)

_KEYS_AT_ONCE = 500


def identifiers_held(connection: Connection, person: str) -> list[tuple[str, str]]:
    return sorted((row.system, row.value) for row in connection.execute(HELD, {"this_person": person}))


def erase(connection: Connection, person: str) -> dict[str, int]:
    """How many rows went from each table."""
    this = {"this_person": person}
    for system, value in identifiers_held(connection, person):
        connection.execute(NO_LONGER_SUPERSEDED, {"this_system": system, "this_value": value})
    keys = list(connection.execute(RESOURCES, this).scalars())
    gone = {"resource": len(keys)}
    for table, statement in BY_KEY.items():
        gone[table] = sum(connection.execute(statement, {"keys": some}).rowcount for some in _parts(keys))
    for table, statement in BY_PERSON.items():
        gone[table] = connection.execute(statement, this).rowcount
    return gone


def _parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        yield keys[start : start + _KEYS_AT_ONCE]
