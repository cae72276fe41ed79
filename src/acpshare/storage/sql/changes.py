"""The statements that change something, each made once. Those that differ between engines stand in `CHANGES`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Insert, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from acpshare.storage.sql.tables import (
    KEY,
    audit_event,
    current_view,
    idempotency,
    identifier,
    log_head,
    outbox,
    plan,
    resource,
    resource_version,
)

_THIS = (resource.c.type == bindparam("this_type"), resource.c.id == bindparam("this_id"))

CURRENT_VERSION = select(resource.c.version_id, resource.c.person).where(*_THIS)
_POINTER: dict[str, Any] = {
    name: bindparam(f"to_{name}") for name in ("version_id", "last_updated", "deleted", "indexed_as")
}
ADVANCE = (
    update(resource)
    .where(resource.c.person == bindparam("this_person"), *_THIS, resource.c.version_id == bindparam("before"))
    .values(_POINTER)
    .returning(resource.c.key)
)
ADVANCE_AND_MOVE = (
    update(resource)
    .where(*_THIS, resource.c.version_id == bindparam("before"))
    .values(_POINTER | {"person": bindparam("to_person")})
    .returning(resource.c.key)
)
KEY_OF = select(resource.c.key).where(*_THIS)
MOVE_VERSIONS = (
    update(resource_version)
    .where(
        resource_version.c.person == bindparam("this_person"),
        resource_version.c.type == bindparam("this_type"),
        resource_version.c.id == bindparam("this_id"),
    )
    .values(person=bindparam("to_person"))
)
NEW_VERSION = insert(resource_version)

_THIS_IDENTIFIER = (identifier.c.system == bindparam("this_system"), identifier.c.value == bindparam("this_value"))
_WHOSE = identifier.c.person == bindparam("this_person")
OWN_IDENTIFIER = (
    update(identifier)
    .where(*_THIS_IDENTIFIER, _WHOSE)
    .values(replaced_by=func.coalesce(bindparam("this_replaced_by", type_=KEY), identifier.c.replaced_by))
)
REMOVE_IDENTIFIER = delete(identifier).where(*_THIS_IDENTIFIER, _WHOSE)
REDIRECT_IDENTIFIERS = (
    update(identifier)
    .where(identifier.c.system == bindparam("this_system"), identifier.c.replaced_by == bindparam("this_value"))
    .values(replaced_by=bindparam("end"))
)

LAST_PLAN_VERSION = select(func.coalesce(func.max(plan.c.version_id), 0)).where(
    plan.c.person == bindparam("person"), plan.c.plan_id == bindparam("plan_id")
)
NEW_PLAN = insert(plan)

NEW_AUDIT_EVENTS = insert(audit_event)
NEW_OUTBOX_EVENTS = insert(outbox)
LOCKED_HEADS = select(log_head.c.log, log_head.c.sequence, log_head.c.hash).order_by(log_head.c.log).with_for_update()
MOVE_HEADS = (
    update(log_head)
    .where(log_head.c.log == bindparam("this_log"))
    .values(sequence=bindparam("to"), hash=bindparam("to_hash"))
)


LOCK = select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger)))


@dataclass(frozen=True, slots=True)
class Changes:
    """Insert unless it is there: how many rows came in says whether it was."""

    new_resource: Insert
    new_identifier: Insert
    new_idempotency: Insert
    current_view: Insert


def _changes(into: Callable[[Table], sqlite.Insert] | Callable[[Table], postgresql.Insert]) -> Changes:
    def unless_there(table: Table) -> Insert:
        return into(table).on_conflict_do_nothing().inline().execution_options(preserve_rowcount=True)

    view = into(current_view)
    anew = {name: view.excluded[name] for name in ("changes_on", "view", "bundle")}
    return Changes(
        new_resource=unless_there(resource),
        new_identifier=unless_there(identifier),
        new_idempotency=unless_there(idempotency),
        current_view=view.on_conflict_do_update(index_elements=["person"], set_=anew),
    )


CHANGES = {"sqlite": _changes(sqlite.insert), "postgresql": _changes(postgresql.insert)}
