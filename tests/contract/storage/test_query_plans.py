"""No lookup goes through a table: each uses an index, and the emergency view is one statement, by primary keys."""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from acpshare.storage.sql import SqlStore, open_store, statements
from acpshare.storage.sql.engine import database_url as driver_url
from tests.contract.storage.rows import NHS, record

PEOPLE = 1500


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def full_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One database for these tests, which only read: as many people as make an index worth using."""
    databases = request.getfixturevalue("databases_of_module")
    with databases(request.param) as url:
        store = open_store(url)
        with store.write() as writing:
            for place in range(PEOPLE):
                record(writing, f"person-{place}", f"number-{place}", f"plan-{place}")
            for place in range(50):
                writing.put_identifier(f"person-{place}", NHS, f"old-{place}", replaced_by=f"number-{place}")
        store.close()
        yield url


@pytest.fixture
def full(full_url: str) -> Iterator[SqlStore]:
    store = open_store(full_url)
    yield store
    store.close()


@pytest.fixture
def engine(full_url: str) -> Iterator[Engine]:
    engine = create_engine(driver_url(full_url))
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    yield engine
    engine.dispose()


def explain(engine: Engine, statement: Any, **key: object) -> str:
    compiled = statement.params(**key).compile(engine, compile_kwargs={"literal_binds": True})
    how = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.begin() as connection:
        return "\n".join(str(tuple(row)) for row in connection.exec_driver_sql(f"{how} {compiled}"))


def test_the_emergency_view_is_one_select_and_no_transaction(full: SqlStore) -> None:
    assert full.current_view(NHS, "number-1") is not None  # the connection is made and has said what it says first
    (kept,) = full._quick._idle
    driver: Any = kept.dbapi_connection
    with (_said_to_sqlite if isinstance(driver, sqlite3.Connection) else _said_to_postgresql)(driver) as said:
        view = full.current_view(NHS, "number-7")
    assert view is not None
    assert view.person == "person-7"
    assert [statement.partition(" ")[0] for statement in said] == ["SELECT"]


@contextmanager
def _said_to_sqlite(driver: Any) -> Iterator[list[str]]:
    said: list[str] = []
    driver.set_trace_callback(said.append)
    yield said
    driver.set_trace_callback(None)


@contextmanager
def _said_to_postgresql(driver: Any) -> Iterator[list[str]]:
    """By libpq's own trace of the protocol: whatever is to be run is sent in a Query or a Parse."""
    said: list[str] = []
    with tempfile.TemporaryFile("w+") as trace:
        driver.pgconn.trace(trace.fileno())
        yield said
        driver.pgconn.untrace()
        trace.seek(0)
        said += re.findall(r'\tF\t\d+\t(?:Query|Parse)\t.*?"((?:SELECT|[A-Z]+)\b[^"]*)', trace.read())


def test_the_emergency_view_goes_by_primary_keys(engine: Engine) -> None:
    plan = explain(engine, statements.CURRENT_VIEW, system=NHS, value="number-7")
    if engine.dialect.name == "sqlite":
        assert plan.count("USING PRIMARY KEY") == 2  # the number, and what superseded it
        assert plan.count("USING INDEX sqlite_autoindex_current_view_1") == 1
    else:
        assert plan.count("Index Scan using pk_identifier") == 2
        assert plan.count("Index Scan using pk_current_view") == 1


PERSON, THIS, NUMBER = (
    {"person": "person-7"},
    {"type": "CarePlan", "id": "plan-7"},
    {"system": NHS, "value": "number-7"},
)
LOOKUPS = {
    "current view": (statements.CURRENT_VIEW, NUMBER),
    "resource": (statements.RESOURCE, THIS),
    "version": (statements.VERSION, THIS | {"version_id": 1}),
    "history": (statements.HISTORY, THIS),
    "resources of a person": (statements.RESOURCES_OF, PERSON),
    "resources of a person and type": (statements.RESOURCES_OF_TYPE, PERSON | {"type": "CarePlan"}),
    "person by identifier": (statements.PERSON_BY_IDENTIFIER, NUMBER),
    "identifiers of a person": (statements.IDENTIFIERS_OF, PERSON),
    "plans of a person": (statements.PLANS_OF, PERSON),
    "plan": (statements.PLAN, PERSON | {"plan_id": "plan-7"}),
    "plan version": (statements.PLAN_VERSION, PERSON | {"plan_id": "plan-7", "version_id": 1}),
    "idempotency": (statements.IDEMPOTENCY, {"key": "key of plan-7"}),
    "audit": (statements.AUDIT, {"after": 1400}),
    "audit of a person": (statements.AUDIT_OF, {"after": 0} | PERSON),
    "outbox": (statements.OUTBOX, {"after": 1400, "limit": 10}),
}


@pytest.mark.parametrize(("statement", "key"), LOOKUPS.values(), ids=LOOKUPS.keys())
def test_a_lookup_uses_an_index(engine: Engine, statement: Any, key: dict[str, object]) -> None:
    plan = explain(engine, statement, **key)
    assert "Seq Scan" not in plan, plan
    assert "SCAN" not in plan.replace("SCAN (subquery", ""), plan


@pytest.mark.parametrize(
    ("statement", "key"), [(statements.EVERY_RESOURCE, {}), (statements.EVERY_RESOURCE_OF_TYPE, {"type": "Patient"})]
)
def test_a_page_is_taken_from_an_index_and_then_joined(engine: Engine, statement: Any, key: dict[str, object]) -> None:
    plan = explain(engine, statement, after_type="Patient", after_id="person-7", **key)
    sqlite = "SEARCH resource USING INDEX sqlite_autoindex_resource_2"
    assert (sqlite if engine.dialect.name == "sqlite" else "Limit") in plan
    assert engine.dialect.name == "sqlite" or re.search(r"Limit .*\n.*Index Scan using uq_resource_type_id", plan)


@pytest.mark.parametrize("statement", [statements.COMPARTMENT_SIZES, statements.COMPARTMENT])
def test_a_page_of_a_compartment_is_taken_by_its_key(engine: Engine, statement: Any) -> None:
    bounds = {"after_type": "CarePlan", "after_id": "", "last_type": "Flag", "last_id": "f"}
    keys = (
        bounds if statement is statements.COMPARTMENT else {name: bounds[name] for name in ("after_type", "after_id")}
    )
    plan = explain(engine, statement, **PERSON, **keys)
    assert "Seq Scan" not in plan, plan
    assert engine.dialect.name == "postgresql" or "SEARCH resource USING PRIMARY KEY (person=? AND (type,id)>" in plan
