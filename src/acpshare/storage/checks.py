"""What may be stored: the same rules whatever the engine, and no value in what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from acpshare.outcome import Duplicate, Invalid, IssueType, Malformed, NotFound, VersionConflict, error
from acpshare.storage.rows import CurrentView, IdentifierRow, PlanRow, Remembered, StoredResource

LAST_VERSION, LAST_SEQUENCE = 2**31 - 1, 2**63 - 1
"""The largest numbers that the columns hold on every engine."""
_FIRST, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

PAGE_BYTES = 20_000_000
"""Of the texts of one page, after which it ends, however many were asked for: memory is bounded."""


def storable_resource(resource: StoredResource) -> StoredResource:
    storable_text(resource.text, resource.type)
    storable_key(resource.type, "resourceType")
    storable_key(resource.id, f"{resource.type}.id")
    storable_key(resource.person, "Patient.id")
    storable_version(resource.version_id, resource.type)
    if resource.last_updated.tzinfo is UTC:
        return resource
    return replace(resource, last_updated=in_utc(resource.last_updated))


def storable_identifier(row: IdentifierRow) -> IdentifierRow:
    storable_key(row.person, "Patient.id")
    storable_key(row.system, "Patient.identifier.system")
    storable_key(row.value, "Patient.identifier.value")
    storable_key(row.replaced_by, "Patient.identifier.value")
    return row


def storable_plan(plan: PlanRow) -> PlanRow:
    storable_text(plan.plan, "CarePlan")
    for key in (plan.person, plan.plan_id, plan.form, plan.family, plan.replaces):
        storable_key(key, "CarePlan")
    storable_version(plan.version_id, "CarePlan")
    return replace(plan, recorded_at=in_utc(plan.recorded_at))


def storable_view(view: CurrentView) -> CurrentView:
    storable_key(view.person, "Patient.id")
    storable_text(view.view, "the compact view")
    storable_text(view.bundle, "Bundle")
    return view


def storable_event(text: bytes, person: str | None, kind: str | None = None) -> None:
    storable_text(text, "the event")
    storable_key(person, "Patient.id")
    storable_key(kind, "the event's kind")


def storable_remembered(remembered: Remembered) -> Remembered:
    storable_key(remembered.key, "Idempotency-Key")
    return replace(remembered, recorded=in_utc(remembered.recorded))


def storable_text(text: bytes | None, name: str) -> None:
    """Refuse what is not UTF-8 or holds NUL: no JSON is, and the engines disagree about it."""
    if text is None:
        return
    if b"\0" in text:
        raise Malformed(error(IssueType.STRUCTURE, f"{name} holds the character NUL, which no JSON text may", name))
    if text.isascii():
        return
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed(error(IssueType.STRUCTURE, f"{name} is not UTF-8", name)) from None


def storable_key(value: str | None, name: str) -> None:
    """Refuse a key that is empty, holds NUL, or cannot be written as UTF-8 (a lone surrogate)."""
    if value is None:
        return
    if not value:
        raise Invalid(error(IssueType.VALUE, f"{name} is empty", name))
    if "\0" in value:
        raise Invalid(error(IssueType.VALUE, f"{name} holds the character NUL", name))
    if not value.isascii() and not _is_unicode(value):
        raise Invalid(error(IssueType.VALUE, f"{name} holds half of a surrogate pair", name))


def is_storable(key: Mapping[str, object]) -> bool:
    """Whether there can be a row with such keys: nothing that `storable_key` refuses, no number past the columns'."""
    for name, value in key.items():
        if isinstance(value, str):
            if "\0" in value or not (value.isascii() or _is_unicode(value)):
                return False
        elif isinstance(value, int) and not 0 <= value <= (LAST_VERSION if name == "version_id" else LAST_SEQUENCE):
            return False
    return True


def storable_version(version_id: int, type: str) -> None:
    """A version past what the columns hold is nobody's current one."""
    if not 0 < version_id <= LAST_VERSION:
        raise version_conflict(type)


def _is_unicode(key: str) -> bool:
    try:
        key.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def in_utc(instant: datetime) -> datetime:
    """The same instant in UTC. One without a zone is a mistake of the programmer, not of a client."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(UTC)


def microseconds(instant: datetime) -> int:
    """Since 1970, as search counts them: https://hl7.org/fhir/R4/search.html#lastUpdated"""
    return (instant - _FIRST) // _MICROSECOND


def version_conflict(type: str) -> VersionConflict:
    return VersionConflict(
        error(IssueType.CONFLICT, f"{type} has changed since it was read: read it again", f"{type}.meta.versionId")
    )


def identifier_taken() -> Duplicate:
    return Duplicate(error(IssueType.DUPLICATE, "the identifier belongs to another person", "Patient.identifier"))


def identifier_circle() -> Invalid:
    return Invalid(error(IssueType.VALUE, "the identifier cannot supersede itself", "Patient.identifier"))


def key_taken() -> Duplicate:
    return Duplicate(error(IssueType.DUPLICATE, "the idempotency key is taken", "Idempotency-Key"))


def nothing_to_delete(type: str) -> NotFound:
    return NotFound(error(IssueType.NOT_FOUND, f"there is no such {type} to delete", type))
