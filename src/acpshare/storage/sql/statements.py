"""The statements of the store, each made once: SQLAlchemy then compiles each once for an engine."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Integer,
    LargeBinary,
    Select,
    and_,
    bindparam,
    cast,
    distinct,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.sql import ClauseElement

from acpshare.storage.sql.labels import labelled
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

PAGE = 200

COLUMNS = (
    resource_version.c.type,
    resource_version.c.id,
    resource_version.c.version_id,
    resource_version.c.last_updated,
    resource_version.c.text,
    resource_version.c.person,
)
_CURRENT = resource.join(
    resource_version,
    and_(
        resource_version.c.person == resource.c.person,
        resource_version.c.type == resource.c.type,
        resource_version.c.id == resource.c.id,
        resource_version.c.version_id == resource.c.version_id,
    ),
)
_ALL_VERSIONS = resource.join(
    resource_version,
    and_(
        resource_version.c.person == resource.c.person,
        resource_version.c.type == resource.c.type,
        resource_version.c.id == resource.c.id,
    ),
)
_THIS = and_(resource.c.type == bindparam("type"), resource.c.id == bindparam("id"))

RESOURCE = select(*COLUMNS).select_from(_CURRENT).where(_THIS)
SHOWN = RESOURCE.add_columns(labelled(resource.c.person).label("labelled"))
HISTORY = select(*COLUMNS).select_from(_ALL_VERSIONS).where(_THIS).order_by(resource_version.c.version_id.desc())
HISTORY_PAGE = HISTORY.where(resource_version.c.version_id < bindparam("before")).limit(
    bindparam("count", type_=Integer)
)
VERSION = (
    select(*COLUMNS).select_from(_ALL_VERSIONS).where(_THIS, resource_version.c.version_id == bindparam("version_id"))
)
SHOWN_VERSION = VERSION.add_columns(labelled(resource.c.person).label("labelled"))

_NOT_DELETED = select(*COLUMNS).select_from(_CURRENT).where(resource_version.c.text.is_not(None))
RESOURCES_OF = _NOT_DELETED.where(resource.c.person == bindparam("person")).order_by(resource.c.type, resource.c.id)
RESOURCES_OF_TYPE = RESOURCES_OF.where(resource.c.type == bindparam("type"))
_AFTER = tuple_(resource.c.type, resource.c.id) > tuple_(
    bindparam("after_type", type_=KEY), bindparam("after_id", type_=KEY)
)
_POINTERS = select(resource).where(_AFTER).order_by(resource.c.type, resource.c.id).limit(PAGE)


def _page(pointers: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A page of current versions, deletions included: limited before the join, so that no planner joins everything."""
    page = pointers.subquery("page")
    this = and_(
        resource_version.c.person == page.c.person,
        resource_version.c.type == page.c.type,
        resource_version.c.id == page.c.id,
        resource_version.c.version_id == page.c.version_id,
    )
    return select(*COLUMNS).select_from(page.join(resource_version, this)).order_by(page.c.type, page.c.id)


def _sizes(page: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The same page, of which only the lengths of the texts are read."""
    columns = (resource_version.c.type, resource_version.c.id, func.length(resource_version.c.text).label("size"))
    return page.with_only_columns(*columns)


EVERY_RESOURCE = _page(_POINTERS)
EVERY_RESOURCE_OF_TYPE = _page(_POINTERS.where(resource.c.type == bindparam("type")))
_UP_TO = tuple_(resource.c.type, resource.c.id) <= tuple_(
    bindparam("last_type", type_=KEY), bindparam("last_id", type_=KEY)
)
_OF_TYPE = _POINTERS.where(resource.c.type == bindparam("type"))
_OF_PERSON = _POINTERS.where(resource.c.person == bindparam("person"))
WALK, WALK_SIZES = _page(_OF_TYPE.where(_UP_TO)), _sizes(_page(_OF_TYPE))
COMPARTMENT, COMPARTMENT_SIZES = _page(_OF_PERSON.where(_UP_TO)), _sizes(_page(_OF_PERSON))

_later = identifier.alias("later")
_FOLLOWED = identifier.outerjoin(
    _later, and_(_later.c.system == identifier.c.system, _later.c.value == identifier.c.replaced_by)
)
_LEADS_TO = func.coalesce(_later.c.person, identifier.c.person)
_IDENTIFIER = select(
    identifier.c.system, identifier.c.value, _LEADS_TO.label("person"), identifier.c.replaced_by
).select_from(_FOLLOWED)
_THIS_IDENTIFIER = and_(identifier.c.system == bindparam("system"), identifier.c.value == bindparam("value"))
PERSON_BY_IDENTIFIER = _IDENTIFIER.where(_THIS_IDENTIFIER)
_held = identifier.alias("held")
_OWN = _IDENTIFIER.where(identifier.c.person == bindparam("person"), _later.c.person.is_(None))
_SUPERSEDED = select(identifier.c.system, identifier.c.value, _held.c.person, identifier.c.replaced_by).join(
    _held,
    and_(
        _held.c.system == identifier.c.system,
        _held.c.value == identifier.c.replaced_by,
        _held.c.person == bindparam("person"),
    ),
)
IDENTIFIERS_OF = union_all(_OWN, _SUPERSEDED).order_by(literal_column("1"), literal_column("2"))

CURRENT_VIEW = (
    select(
        current_view.c.person,
        current_view.c.view,
        current_view.c.bundle,
        current_view.c.changes_on,
        identifier.c.replaced_by,
    )
    .select_from(_FOLLOWED.join(current_view, current_view.c.person == _LEADS_TO))
    .where(_THIS_IDENTIFIER)
)

_PLAN = (
    plan.c.person,
    plan.c.plan_id,
    plan.c.version_id,
    plan.c.plan,
    plan.c.form,
    plan.c.family,
    plan.c.recorded_at,
    plan.c.decision_date,
    plan.c.state,
    plan.c.replaces,
)
PLAN_VERSION = select(*_PLAN).where(
    plan.c.person == bindparam("person"),
    plan.c.plan_id == bindparam("plan_id"),
    plan.c.version_id == bindparam("version_id"),
)
PLAN = (
    select(*_PLAN)
    .where(plan.c.person == bindparam("person"), plan.c.plan_id == bindparam("plan_id"))
    .order_by(plan.c.version_id.desc())
    .limit(1)
)
_newer = plan.alias("newer")
_LATEST = (
    select(func.max(_newer.c.version_id))
    .where(_newer.c.person == plan.c.person, _newer.c.plan_id == plan.c.plan_id)
    .scalar_subquery()
)
PLANS_OF = (
    select(*_PLAN)
    .where(plan.c.person == bindparam("person"), plan.c.version_id == _LATEST)
    .order_by(plan.c.decision_day.desc().nulls_last(), plan.c.recorded_at.desc(), plan.c.plan_id)
)

IDEMPOTENCY = select(
    idempotency.c.key, idempotency.c.digest, idempotency.c.recorded, idempotency.c.result, idempotency.c.person
).where(idempotency.c.key == bindparam("key"))

AUDIT = (
    select(
        audit_event.c.sequence,
        audit_event.c.recorded,
        audit_event.c.person,
        # SQLite keeps whatever type a hand has put there; a changed row is to be found, not stumbled over.
        cast(audit_event.c.text, LargeBinary).label("text"),
        cast(audit_event.c.hash, LargeBinary).label("hash"),
    )
    .where(audit_event.c.sequence > bindparam("after"))
    .order_by(audit_event.c.sequence)
    .limit(PAGE)
)
AUDIT_OF = AUDIT.where(audit_event.c.person == bindparam("person"))
OUTBOX = (
    select(outbox.c.sequence, outbox.c.recorded, outbox.c.person, outbox.c.kind, outbox.c.text)
    .where(outbox.c.sequence > bindparam("after"))
    .order_by(outbox.c.sequence)
    .limit(bindparam("limit", type_=Integer))
)
LOG_HEAD = select(log_head.c.sequence, log_head.c.hash).where(log_head.c.log == bindparam("log"))

OF_OTHER_TABLES: frozenset[ClauseElement] = frozenset(
    (
        PERSON_BY_IDENTIFIER,
        IDENTIFIERS_OF,
        CURRENT_VIEW,
        PLANS_OF,
        PLAN,
        PLAN_VERSION,
        IDEMPOTENCY,
        AUDIT,
        AUDIT_OF,
        OUTBOX,
        LOG_HEAD,
    )
)
"""What reads neither versions nor index rows: nothing that is pending in a write changes its answer."""

COUNT_RESOURCES = (
    select(resource.c.type, func.count())
    .select_from(_CURRENT)
    .where(resource_version.c.text.is_not(None))
    .group_by(resource.c.type)
    .order_by(resource.c.type)
)
COUNTS = (
    select(func.count(distinct(identifier.c.person))),
    select(func.count()).select_from(select(plan.c.person, plan.c.plan_id).distinct().subquery()),
    select(func.count()).select_from(current_view),
    select(func.count()).select_from(audit_event),
    select(func.count()).select_from(outbox),
)
