"""Search: numbers for resources, index tables, the order of history; whose an idempotency key is.

Holds up writers: `resource` is rewritten once and its indexes and those of `resource_version` are built. Code of the
revision before cannot write afterwards. Index tables are filled by `acpshare db reindex`, beside traffic.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    _number_resources()
    _order_history()
    _make_index_tables()
    if op.get_bind().dialect.name == "postgresql":
        _trigrams()
    _whose_answers()


def downgrade() -> None:
    op.drop_index("ix_idempotency_person", "idempotency")
    op.drop_column("idempotency", "person")
    for kind in ("token", "string", "date", "reference", "quantity", "uri"):
        op.drop_table(f"index_{kind}")
    op.drop_index("ix_resource_version_type_last_updated_id_version_id", "resource_version")
    op.drop_index("ix_resource_version_last_updated_type_id_version_id", "resource_version")
    op.drop_index("ix_resource_type_last_updated_key_deleted", "resource")
    op.drop_index("ix_resource_type_key_deleted", "resource")
    with op.batch_alter_table("resource", table_kwargs={"sqlite_with_rowid": False}) as resource:
        resource.drop_constraint("uq_resource_key", type_="unique")
        for column in _new_columns():
            resource.drop_column(column.name)


def _new_columns() -> tuple[sa.Column[Any], ...]:
    indexed_as = "The fingerprint of the search parameters of which it has values"
    return (
        sa.Column("key", sa.BigInteger(), comment="The number by which index tables know it, in the order of time"),
        sa.Column("last_updated", sa.BigInteger(), comment="Microseconds of UTC since 1970"),
        sa.Column("deleted", sa.Boolean()),
        sa.Column("indexed_as", sa.BigInteger(), comment=indexed_as),
    )


def _number_resources() -> None:
    """In the order in which they were first stored. The lower bits count on, as in `acpshare.storage.keys`."""
    for column in _new_columns():
        op.add_column("resource", column)
    op.execute(NUMBERED_ON_SQLITE if op.get_bind().dialect.name == "sqlite" else NUMBERED_ON_POSTGRESQL)
    with op.batch_alter_table("resource", table_kwargs={"sqlite_with_rowid": False}) as resource:
        for column in _new_columns()[:3]:
            resource.alter_column(
                column.name, existing_type=column.type, existing_comment=column.comment, nullable=False
            )
        resource.create_unique_constraint("uq_resource_key", ["key"])
    kept = sa.text("NOT deleted") if op.get_bind().dialect.name == "postgresql" else sa.text("deleted = 0")
    for columns in (["type", "key", "deleted"], ["type", "last_updated", "key", "deleted"]):
        name = f"ix_resource_{'_'.join(columns)}"
        op.create_index(name, "resource", columns, sqlite_where=kept, postgresql_where=kept)


NUMBERED_ON_POSTGRESQL = """
    UPDATE resource AS r SET key = numbered.key, last_updated = numbered.last_updated, deleted = numbered.deleted
    FROM (
        SELECT current.person, current.type, current.id,
            ((round(extract(epoch FROM first.last_updated) * 1000)::bigint - 1577836800000) << 22)
                | (row_number() OVER (ORDER BY first.last_updated, current.type, current.id) & 4194303) AS key,
            round(extract(epoch FROM latest.last_updated) * 1000000)::bigint AS last_updated,
            latest.text IS NULL AS deleted
        FROM resource AS current
        JOIN resource_version AS first USING (person, type, id)
        JOIN resource_version AS latest USING (person, type, id)
        WHERE first.version_id = 1 AND latest.version_id = current.version_id
    ) AS numbered
    WHERE r.person = numbered.person AND r.type = numbered.type AND r.id = numbered.id
"""
NUMBERED_ON_SQLITE = """
    UPDATE resource SET key = numbered.key, last_updated = numbered.last_updated, deleted = numbered.deleted
    FROM (
        SELECT current.person, current.type, current.id,
            (((strftime('%s', first.last_updated) * 1000 + substr(first.last_updated, 21, 3)) - 1577836800000) << 22)
                | (row_number() OVER (ORDER BY first.last_updated, current.type, current.id) & 4194303) AS key,
            strftime('%s', latest.last_updated) * 1000000 + substr(latest.last_updated, 21, 6) AS last_updated,
            latest.text IS NULL AS deleted
        FROM resource AS current
        JOIN resource_version AS first USING (person, type, id)
        JOIN resource_version AS latest USING (person, type, id)
        WHERE first.version_id = 1 AND latest.version_id = current.version_id
    ) AS numbered
    WHERE resource.person = numbered.person AND resource.type = numbered.type AND resource.id = numbered.id
"""


def _order_history() -> None:
    for columns in (["last_updated", "type", "id", "version_id"], ["type", "last_updated", "id", "version_id"]):
        op.create_index(f"ix_resource_version_{'_'.join(columns)}", "resource_version", columns)


def _make_index_tables() -> None:
    by_high = ("parameter", "high", "key", "low")
    _make("token", _texts("system", "code"), ("parameter", "code", "key", "system"))
    _make("string", _texts("folded", "exact"), ("parameter", "folded", "key", "exact"))
    _make("date", _bounds(sa.BigInteger), ("parameter", "low", "key", "high"), by_high)
    _make("reference", _texts("type", "id"), ("parameter", "id", "key", "type"))
    quantity = (*_bounds(sa.Double), *_texts("system", "code"))
    _make("quantity", quantity, ("parameter", "low", "key", "high", "system", "code"), by_high)
    _make("uri", _texts("uri"), ("parameter", "uri", "key"))


def _make(kind: str, columns: tuple[sa.Column[Any], ...], order: tuple[str, ...], *others: tuple[str, ...]) -> None:
    name = f"index_{kind}"
    op.create_table(
        name,
        sa.Column("parameter", sa.BigInteger(), nullable=False),
        *columns,
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*order, name=f"pk_{name}"),
        comment="What resources are found by: see acpshare.search.values",
        sqlite_with_rowid=False,
    )
    for other in (*others, ("key", "parameter")):
        op.create_index(f"ix_{name}_{'_'.join(other)}", name, list(other))


def _texts(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, KEY, nullable=False) for name in names)


def _bounds(number: type[Any]) -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, number(), nullable=False) for name in ("low", "high"))


def _trigrams() -> None:
    """For `:contains`. A server without the extension, or a user who may not have it, goes on without the index."""
    connection = op.get_bind()
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except sa.exc.DBAPIError:
        return
    connection.execute(sa.text("CREATE INDEX ix_index_string_trigrams ON index_string USING gin (folded gin_trgm_ops)"))


def _whose_answers() -> None:
    """What a key's answer names was made in its own request: it is that person's."""
    op.add_column("idempotency", sa.Column("person", KEY, comment="Whose record the answer is about"))
    if op.get_bind().dialect.name == "sqlite":
        named = "CASE WHEN json_valid(CAST(result AS TEXT)) THEN json_extract(CAST(result AS TEXT), '$.id') END"
    else:
        named = """substring(convert_from(result, 'UTF8') FROM '"id": "([^"]+)"')"""
    op.execute(
        f"""UPDATE idempotency SET person = (
            SELECT nullif(r.person, '') FROM resource AS r
            WHERE r.type IN ('QuestionnaireResponse', 'Consent') AND r.id = {named} ORDER BY r.type DESC LIMIT 1
        )"""  # noqa: S608 - one of two expressions that stand above
    )
    op.create_index("ix_idempotency_person", "idempotency", ["person"])
