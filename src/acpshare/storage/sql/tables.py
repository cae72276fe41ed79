"""The tables. A key that grows with people begins with the person, so that a table can be divided by it.

Bytes columns hold text exactly as it was given: no engine's idea of text or JSON comes between. There are no foreign
keys: a table that is divided by person could not keep them, and all rows of a write come from here, in one transaction.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
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
    UniqueConstraint("type", "id"),
    sqlite_with_rowid=False,
    comment="Which version of a resource is the current one",
)

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
    comment="The answer that a request got, for when it is sent again",
)

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
