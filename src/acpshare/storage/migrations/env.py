"""How Alembic runs our migrations: on the connection that `storage.sql` gives it, or on `-x url=...` by hand."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, text

from acpshare.storage.sql.engine import make_engines
from acpshare.storage.sql.tables import METADATA

UNDECLARED = "ix_index_string_trigrams"
"""An index that only some servers can have."""


def migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Better to fail at once and be run again than to queue behind a reader with every writer queueing behind us.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    options: dict[str, Any] = {"compare_type": True, "render_as_batch": True, "transaction_per_migration": False}
    options["include_name"] = lambda name, _type, _parents: name != UNDECLARED
    context.configure(connection=connection, target_metadata=METADATA, **options)
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    engines = make_engines(context.get_x_argument(as_dictionary=True)["url"])
    with engines.write.begin() as own:
        migrate(own)
    engines.dispose()
