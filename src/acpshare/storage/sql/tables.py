"""The tables. A key that grows with people begins with the person, so that a table can be divided by it.

Bytes columns hold text exactly as it was given: no engine's idea of text or JSON comes between. There are no foreign
keys: a table that is divided by person could not keep them, and all rows of a write come from here, in one transaction.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    not_,
)
from sqlalchemy.types import TypeEngine

from acpshare.search.values import (
    DateValue,
    IndexValue,
    QuantityValue,
    ReferenceValue,
    StringValue,
    TokenValue,
    UriValue,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An instant in UTC to the microsecond: SQLite keeps no zone, PostgreSQL answers in the session's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Keys are compared by code point on every engine, whatever the database's locale.
KEY = String().with_variant(String(collation="C"), "postgresql")
SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")

NOBODY = ""
"""The person of a resource that lies in nobody's compartment: a key cannot be null."""

resource = Table(
    "resource",
    METADATA,
    Column("person", KEY, primary_key=True),
    Column("type", KEY, primary_key=True),
    Column("id", KEY, primary_key=True),
    Column("version_id", Integer, nullable=False),
    Column("key", BigInteger, nullable=False, comment="The number by which index tables know it, in the order of time"),
    Column("last_updated", BigInteger, nullable=False, comment="Microseconds of UTC since 1970"),
    Column("deleted", Boolean, nullable=False),
    Column("indexed_as", BigInteger, comment="The fingerprint of the search parameters of which it has values"),
    UniqueConstraint("type", "id"),
    UniqueConstraint("key"),
    sqlite_with_rowid=False,
    comment="Which version of a resource is the current one",
)
NOT_DELETED = not_(resource.c.deleted)
"""Written so in every search, for the indexes hold only those."""
_KEPT: dict[str, Any] = {"sqlite_where": NOT_DELETED, "postgresql_where": NOT_DELETED}
# `deleted` stands last in each, or SQLite would fetch every row to look at it once more: thirty times as long.
Index(None, resource.c.type, resource.c.key, resource.c.deleted, **_KEPT)
Index(None, resource.c.type, resource.c.last_updated, resource.c.key, resource.c.deleted, **_KEPT)

resource_version = Table(
    "resource_version",
    METADATA,
    Column("person", KEY, primary_key=True),
    Column("type", KEY, primary_key=True),
    Column("id", KEY, primary_key=True),
    Column("version_id", Integer, primary_key=True, autoincrement=False),
    Column("last_updated", Instant, nullable=False),
    Column("text", LargeBinary, comment="The JSON as it is served; null when this version is a deletion"),
    comment="Every version of every resource, never changed",
)
# History is read from these backwards: of the whole system, and of a type.
_INSTANT = (resource_version.c.id, resource_version.c.version_id)
Index(None, resource_version.c.last_updated, resource_version.c.type, *_INSTANT)
Index(None, resource_version.c.type, resource_version.c.last_updated, *_INSTANT)

identifier = Table(
    "identifier",
    METADATA,
    Column("system", KEY, primary_key=True),
    Column("value", KEY, primary_key=True),
    Column("person", KEY, nullable=False),
    Column("replaced_by", KEY, comment="The value that superseded this one, already followed to its end"),
    sqlite_with_rowid=False,
    comment="Whom a business identifier leads to",
)
Index(None, identifier.c.person)
Index(
    "ix_identifier_replaced_by",
    identifier.c.system,
    identifier.c.replaced_by,
    sqlite_where=identifier.c.replaced_by.is_not(None),
    postgresql_where=identifier.c.replaced_by.is_not(None),
)

plan = Table(
    "plan",
    METADATA,
    Column("person", KEY, primary_key=True),
    Column("plan_id", KEY, primary_key=True),
    Column("version_id", Integer, primary_key=True, autoincrement=False),
    Column("state", String, nullable=False),
    Column("form", String, nullable=False),
    Column("family", String, nullable=False),
    Column("decision_date", String, comment="As it was written: a year, a month or a day"),
    Column("decision_day", Date, comment="The last day that it can mean"),
    Column("recorded_at", Instant, nullable=False),
    Column("replaces", KEY),
    Column("plan", LargeBinary, nullable=False),
    comment="Every version of every plan; id and version are those of its CarePlan",
)

current_view = Table(
    "current_view",
    METADATA,
    Column("person", KEY, primary_key=True),
    Column("changes_on", Date),
    Column("view", LargeBinary, nullable=False),
    Column("bundle", LargeBinary, nullable=False),
    comment="What a crew is shown about a person, ready to send; written with the plan it shows",
)

idempotency = Table(
    "idempotency",
    METADATA,
    Column("key", KEY, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("recorded", Instant, nullable=False),
    Column("result", LargeBinary, nullable=False),
    Column("person", KEY, comment="Whose record the answer is about"),
    comment="The answer that a request got, for when it is sent again",
)
Index(None, idempotency.c.person)

audit_event = Table(
    "audit_event",
    METADATA,
    Column("sequence", SEQUENCE, primary_key=True, autoincrement=False),
    Column("recorded", Instant, nullable=False),
    Column("person", KEY),
    Column("text", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    comment="The audit chain: each hash covers its row and the hash before it",
)
Index(None, audit_event.c.person, audit_event.c.sequence)

outbox = Table(
    "outbox",
    METADATA,
    Column("sequence", SEQUENCE, primary_key=True, autoincrement=False),
    Column("recorded", Instant, nullable=False),
    Column("person", KEY),
    Column("kind", String, nullable=False),
    Column("text", LargeBinary, nullable=False),
    comment="Events that others are to hear of, in the order of the commits, without a gap",
)

log_head = Table(
    "log_head",
    METADATA,
    Column("log", String, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    comment="Where audit_event and outbox end; locked last in every write, so that numbers follow commits",
)


def _index_table(name: str, *columns: Column[Any], order: tuple[str, ...], other: tuple[str, ...] = ()) -> Table:
    """One kind of value of what is not deleted. The primary key answers by its beginning, `other` by its end.

    By (key, parameter) a resource's own values are found: to be replaced, to be sorted by, to be followed.
    """
    table = Table(
        name,
        METADATA,
        Column("parameter", BigInteger, nullable=False),
        *columns,
        Column("key", BigInteger, nullable=False),
        PrimaryKeyConstraint(*order),
        sqlite_with_rowid=False,
        comment="What resources are found by: see acpshare.search.values",
    )
    Index(None, table.c.key, table.c.parameter)
    if other:
        Index(None, *(table.c[column] for column in other))
    return table


def _text(name: str) -> Column[Any]:
    return Column(name, KEY, nullable=False)


def _bounds(number: TypeEngine[Any]) -> tuple[Column[Any], Column[Any]]:
    return Column("low", number, nullable=False), Column("high", number, nullable=False)


INDEX_TABLES: dict[type[IndexValue], Table] = {
    TokenValue: _index_table(
        "index_token",
        _text("system"),
        _text("code"),
        order=("parameter", "code", "key", "system"),
    ),
    StringValue: _index_table(
        "index_string",
        _text("folded"),
        _text("exact"),
        order=("parameter", "folded", "key", "exact"),
    ),
    DateValue: _index_table(
        "index_date",
        *_bounds(BigInteger()),
        order=("parameter", "low", "key", "high"),
        other=("parameter", "high", "key", "low"),
    ),
    ReferenceValue: _index_table(
        "index_reference", _text("type"), _text("id"), order=("parameter", "id", "key", "type")
    ),
    QuantityValue: _index_table(
        "index_quantity",
        *_bounds(Double()),
        _text("system"),
        _text("code"),
        order=("parameter", "low", "key", "high", "system", "code"),
        other=("parameter", "high", "key", "low"),
    ),
    UriValue: _index_table("index_uri", _text("uri"), order=("parameter", "uri", "key")),
}
"""Where each kind of value stands: a column for each of its fields, and the key of the resource."""
