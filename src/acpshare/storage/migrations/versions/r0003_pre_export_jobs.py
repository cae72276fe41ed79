"""Exports that were asked for: how far each is, and which process is at it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "export_job",
        sa.Column("id", KEY, nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("requested", INSTANT, nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("progress", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("expires", INSTANT),
        sa.Column("worker", sa.String()),
        sa.Column("leased_until", INSTANT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_job")),
        comment="Exports that were asked for: how far each is, and which process is at it until when",
    )


def downgrade() -> None:
    op.drop_table("export_job")
