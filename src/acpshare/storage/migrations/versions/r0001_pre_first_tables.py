"""First tables: resources and their versions, identifiers, plans, current views, audit chain, outbox, idempotency."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _resources()
    _people()
    _logs()


def downgrade() -> None:
    for table in ("log_head", "outbox", "audit_event", "idempotency", "current_view", "plan", "identifier"):
        op.drop_table(table)
    for table in ("resource_version", "resource"):
        op.drop_table(table)


def _resources() -> None:
    op.create_table(
        "resource",
        sa.Column("person", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person", "type", "id", name=op.f("pk_resource")),
        sa.UniqueConstraint("type", "id", name=op.f("uq_resource_type_id")),
        comment="Which version of a resource is the current one",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "resource_version",
        sa.Column("person", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_updated", INSTANT, nullable=False),
        sa.Column("text", sa.LargeBinary(), comment="The JSON as it is served; null when this version is a deletion"),
        sa.PrimaryKeyConstraint("person", "type", "id", "version_id", name=op.f("pk_resource_version")),
        comment="Every version of every resource, never changed",
    )


def _people() -> None:
    op.create_table(
        "identifier",
        sa.Column("system", KEY, nullable=False),
        sa.Column("value", KEY, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("replaced_by", KEY, comment="The value that superseded this one, already followed to its end"),
        sa.PrimaryKeyConstraint("system", "value", name=op.f("pk_identifier")),
        comment="Whom a business identifier leads to",
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_identifier_person"), "identifier", ["person"])
    superseded = sa.text("replaced_by IS NOT NULL")
    op.create_index(
        "ix_identifier_replaced_by",
        "identifier",
        ["system", "replaced_by"],
        sqlite_where=superseded,
        postgresql_where=superseded,
    )
    op.create_table(
        "plan",
        sa.Column("person", KEY, nullable=False),
        sa.Column("plan_id", KEY, nullable=False),
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("decision_date", sa.String(), comment="As it was written: a year, a month or a day"),
        sa.Column("decision_day", sa.Date(), comment="The last day that it can mean"),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("replaces", KEY),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", "plan_id", "version_id", name=op.f("pk_plan")),
        comment="Every version of every plan; id and version are those of its CarePlan",
    )
    op.create_table(
        "current_view",
        sa.Column("person", KEY, nullable=False),
        sa.Column("changes_on", sa.Date()),
        sa.Column("view", sa.LargeBinary(), nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_current_view")),
        comment="What a crew is shown about a person, ready to send; written with the plan it shows",
    )


def _logs() -> None:
    op.create_table(
        "idempotency",
        sa.Column("key", KEY, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("recorded", INSTANT, nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency")),
        comment="The answer that a request got, for when it is sent again",
    )
    op.create_table(
        "audit_event",
        sa.Column("sequence", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("recorded", INSTANT, nullable=False),
        sa.Column("person", KEY),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_event")),
        comment="The audit chain: each hash covers its row and the hash before it",
    )
    op.create_index(op.f("ix_audit_event_person_sequence"), "audit_event", ["person", "sequence"])
    op.create_table(
        "outbox",
        sa.Column("sequence", SEQUENCE, autoincrement=False, nullable=False),
        sa.Column("recorded", INSTANT, nullable=False),
        sa.Column("person", KEY),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_outbox")),
        comment="Events that others are to hear of, in the order of the commits, without a gap",
    )
    head = op.create_table(
        "log_head",
        sa.Column("log", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_log_head")),
        comment="Where audit_event and outbox end; locked last in every write, so that numbers follow commits",
    )
    op.bulk_insert(head, [{"log": log, "sequence": 0, "hash": b""} for log in ("audit", "outbox")])
