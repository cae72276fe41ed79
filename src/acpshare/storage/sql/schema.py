"""The schema and its migrations, which lie in the package: an installed acpshare can upgrade its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import StringIO

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from acpshare.outcome import IssueType, Unavailable, error
from acpshare.storage.sql.engine import make_engines, sqlite_file
from acpshare.storage.sql.failures import as_failures


def upgrade(url: str, revision: str = "head") -> str:
    """Bring a database to this code's schema, making it first where it is SQLite. Returns the revision it then has."""
    file = sqlite_file(url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    with _migrating(url) as (connection, config):
        found = _revision(connection)
        if found is not None and found not in _known():
            raise _newer()
        command.upgrade(config, revision)
        return str(_revision(connection))


def downgrade(url: str, revision: str) -> None:
    """Take migrations back, data of the tables they made included. For developers: a release only goes forward."""
    with _migrating(url) as (_connection, config):
        command.downgrade(config, revision)


def drift(url: str) -> str | None:
    """How the tables of the code differ from those that the migrations make; None when they do not."""
    with _migrating(url) as (_connection, config):
        try:
            command.check(config)
        except CommandError as problem:
            return str(problem)
    return None


def schema_version(url: str) -> str | None:
    """The revision of a database; None when it has never been upgraded."""
    with _migrating(url) as (connection, _config):
        return _revision(connection)


def require_current(connection: Connection) -> None:
    """Refuse to work on tables that this code does not know."""
    found = _revision(connection)
    if found == _head():
        return
    if found is None or found in _known():
        raise Unavailable(
            error(IssueType.TRANSIENT, "the database's schema is older than this acpshare: run `acpshare db upgrade`")
        )
    raise _newer()


def _newer() -> Unavailable:
    return Unavailable(
        error(
            IssueType.TRANSIENT, "the database's schema is newer than this acpshare: run the version that upgraded it"
        )
    )


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config(stdout=StringIO())  # what Alembic says belongs to nobody's output
    config.set_main_option("script_location", "acpshare.storage:migrations")
    return config


@cache
def _head() -> str:
    return str(ScriptDirectory.from_config(_config()).get_current_head())


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


@contextmanager
def _migrating(url: str) -> Iterator[tuple[Connection, Config]]:
    engines = make_engines(url)
    config = _config()
    try:
        with as_failures(), engines.write.begin() as connection:
            config.attributes["connection"] = connection
            yield connection, config
    finally:
        engines.dispose()
