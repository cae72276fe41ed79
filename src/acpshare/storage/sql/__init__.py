"""The store on SQLAlchemy Core: `upgrade(url)` makes or migrates the tables, `open_store(url)` works on them."""

from acpshare.storage.sql.schema import downgrade, drift, schema_version, upgrade
from acpshare.storage.sql.store import SqlStore, open_store

__all__ = ["SqlStore", "downgrade", "drift", "open_store", "schema_version", "upgrade"]
