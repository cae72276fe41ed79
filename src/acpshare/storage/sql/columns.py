"""Rows as the columns of their tables take them."""

from __future__ import annotations

from typing import Any

from acpshare.storage.checks import microseconds
from acpshare.storage.indexing import indexed_as
from acpshare.storage.rows import AuditRow, PlanRow, StoredResource
from acpshare.storage.sql.tables import NOBODY


def pointer(resource: StoredResource) -> dict[str, Any]:
    """The current version, in `resource`."""
    return {
        "person": resource.person or NOBODY,
        "type": resource.type,
        "id": resource.id,
        "version_id": resource.version_id,
        "last_updated": microseconds(resource.last_updated),
        "deleted": resource.deleted,
        "indexed_as": indexed_as(resource.type),
    }


def advanced(resource: StoredResource) -> dict[str, Any]:
    """The same, as the statement is given it that moves the current version on by one."""
    return {
        "this_type": resource.type,
        "this_id": resource.id,
        "before": resource.version_id - 1,
        "to_version_id": resource.version_id,
        "to_last_updated": microseconds(resource.last_updated),
        "to_deleted": resource.deleted,
        "to_indexed_as": indexed_as(resource.type),
    }


def version(resource: StoredResource) -> dict[str, Any]:
    return {
        "person": resource.person or NOBODY,
        "type": resource.type,
        "id": resource.id,
        "version_id": resource.version_id,
        "last_updated": resource.last_updated,
        "text": resource.text,
    }


def plan(row: PlanRow) -> dict[str, Any]:
    return {
        "person": row.person,
        "plan_id": row.plan_id,
        "version_id": row.version_id,
        "state": row.state.value,
        "form": row.form,
        "family": row.family,
        "decision_date": row.decision_date,
        "decision_day": row.decision_day,
        "recorded_at": row.recorded_at,
        "replaces": row.replaces,
        "plan": row.plan,
    }


def audit_event(row: AuditRow) -> dict[str, Any]:
    return {
        "sequence": row.sequence,
        "recorded": row.recorded,
        "person": row.person,
        "text": row.text,
        "hash": row.hash,
    }
