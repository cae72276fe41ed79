"""The schema: migrations make what the code expects, go back and forth, and code meets only its own schema."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from acpshare.outcome import Failure, Invalid, Unavailable
from acpshare.storage.sql import downgrade, drift, open_store, schema_version, upgrade
from acpshare.storage.sql.engine import database_url as driver_url
from tests.contract.storage.rows import record
from tests.support.databases import PostgreSQL


def _tables(url: str) -> set[str]:
    engine = create_engine(driver_url(url))
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def _execute(url: str, statement: str) -> None:
    engine = create_engine(driver_url(url))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_migrations_make_exactly_the_tables_of_the_code(database_url: str) -> None:
    assert drift(database_url) is None


def test_a_table_that_no_migration_made_is_found(database_url: str) -> None:
    _execute(database_url, "DROP INDEX ix_identifier_person")
    found = drift(database_url)
    assert found is not None
    assert "ix_identifier_person" in found


def test_up_down_and_up_again(empty_database_url: str) -> None:
    assert schema_version(empty_database_url) is None
    first = upgrade(empty_database_url)
    tables = _tables(empty_database_url)
    downgrade(empty_database_url, "base")
    assert _tables(empty_database_url) == {"alembic_version"}
    assert upgrade(empty_database_url) == first == schema_version(empty_database_url)
    assert _tables(empty_database_url) == tables
    assert drift(empty_database_url) is None
    store = open_store(empty_database_url)
    with store.write() as writing:
        record(writing)
    store.close()


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(empty_database_url: str) -> None:
    _execute(empty_database_url, "CREATE TABLE outbox (here_before INTEGER)")  # in the way of the last but one table
    with pytest.raises(Unavailable):
        upgrade(empty_database_url)
    assert _tables(empty_database_url) == {"outbox"}
    _execute(empty_database_url, "DROP TABLE outbox")
    upgrade(empty_database_url)


def test_upgrading_again_changes_nothing_and_keeps_what_is_there(database_url: str) -> None:
    store = open_store(database_url)
    with store.write() as writing:
        record(writing)
    assert upgrade(database_url) == schema_version(database_url)
    with store.read() as reading:
        assert reading.counts().plans == 1
    store.close()


def test_a_database_never_upgraded_is_refused(empty_database_url: str) -> None:
    with pytest.raises(Unavailable, match="older than this acpshare: run `acpshare db upgrade`"):
        open_store(empty_database_url)


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    _execute(database_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Unavailable, match="newer than this acpshare"):
        open_store(database_url)
    with pytest.raises(Unavailable, match="newer than this acpshare"):
        upgrade(database_url)


def test_a_schema_that_changes_under_a_running_service_makes_it_unready(database_url: str) -> None:
    store = open_store(database_url)
    store.ready()
    downgrade(database_url, "base")
    with pytest.raises(Unavailable, match="older"):
        store.ready()
    store.close()


def test_an_upgrade_makes_the_folder_of_a_new_sqlite_file(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/var/deep/acpshare.db"
    upgrade(url)
    open_store(url).close()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://user:s3cret@host/name", "sqlite://", "sqlite:///:memory:", "://s3cret"]
)
def test_any_other_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        open_store(url)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgresql://user:s3cret@127.0.0.1:1/none", "sqlite:////proc/nowhere/acpshare.db"])
def test_a_database_that_is_not_there_is_unavailable(url: str) -> None:
    with pytest.raises(Unavailable) as refused:
        open_store(url)
    assert "s3cret" not in str(refused.value)


def test_a_database_that_goes_away_is_unavailable_and_comes_back(database_url: str) -> None:
    store = open_store(database_url)
    moved = "ALTER TABLE current_view RENAME TO elsewhere"
    _execute(database_url, moved)
    with pytest.raises(Failure) as refused:
        store.current_view("system", "9990000018")
    assert isinstance(refused.value, Unavailable)
    assert "9990000018" not in str(refused.value)
    _execute(database_url, "ALTER TABLE elsewhere RENAME TO current_view")
    assert store.current_view("system", "9990000018") is None
    store.close()


TRIGRAMS = "ix_index_string_trigrams"


def _indexes(url: str) -> set[str | None]:
    engine = create_engine(driver_url(url))
    try:
        return {found["name"] for found in inspect(engine).get_indexes("index_string")}
    finally:
        engine.dispose()


def test_parts_of_words_have_an_index_where_the_server_allows_it(postgresql_url: str) -> None:
    assert TRIGRAMS in _indexes(postgresql_url)
    assert drift(postgresql_url) is None


def test_a_server_that_refuses_the_extension_is_upgraded_all_the_same(postgresql: PostgreSQL) -> None:
    """A user who may not create anything in the database but its tables: docs/decisions/0025."""
    url = postgresql.database(template=None)
    limited = make_url(url).set(username="acpshare_limited", password="limited")
    _execute(url, "CREATE ROLE acpshare_limited LOGIN PASSWORD 'limited'")
    try:
        _execute(url, "GRANT ALL ON SCHEMA public TO acpshare_limited")
        asked = limited.render_as_string(hide_password=False)
        upgrade(asked)
        assert TRIGRAMS not in _indexes(asked)
        assert drift(asked) is None
        store = open_store(asked)
        with store.write() as writing:
            record(writing)
        store.close()
    finally:
        postgresql.drop(url)
        _execute(postgresql.url, "DROP ROLE acpshare_limited")
