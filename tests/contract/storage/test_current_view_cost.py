"""The emergency view is one statement, by primary keys, however many people there are."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, event, text

from acpshare.storage.sql import SqlStore, open_store
from acpshare.storage.sql.engine import database_url as driver_url
from acpshare.storage.sql.statements import CURRENT_VIEW
from tests.contract.storage.rows import NHS, a_view


@pytest.fixture
def full(database_url: str) -> SqlStore:
    store = open_store(database_url)
    with store.write() as writing:
        for place in range(2000):
            writing.put_identifier(f"person-{place}", NHS, f"number-{place}")
            writing.put_current_view(a_view(f"person-{place}"))
    return store


def test_it_is_one_select_and_no_transaction(full: SqlStore) -> None:
    said: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    engines = full._engines
    for engine in (engines.write, engines.snapshot, engines.single):
        event.listen(engine, "before_cursor_execute", heard)
    view = full.current_view(NHS, "number-7")
    assert view is not None
    assert view.person == "person-7"
    assert len(said) == 1
    assert said[0].startswith("SELECT")
    full.close()


def test_its_plan_uses_the_primary_keys(full: SqlStore, database_url: str) -> None:
    engine = create_engine(driver_url(database_url))
    compiled = CURRENT_VIEW.params(system=NHS, value="number-7").compile(engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
        plan = "\n".join(str(tuple(row)) for row in connection.exec_driver_sql(f"{explain} {compiled}"))
    engine.dispose()
    full.close()
    if engine.dialect.name == "sqlite":
        assert plan.count("USING PRIMARY KEY") == 2  # the number, and what superseded it
        assert plan.count("USING INDEX sqlite_autoindex_current_view_1") == 1
        assert "SCAN" not in plan
    else:
        assert plan.count("Index Scan using pk_identifier") == 2
        assert plan.count("Index Scan using pk_current_view") == 1
        assert "Seq Scan" not in plan
