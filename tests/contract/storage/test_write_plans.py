"""Pages of the history, erasing and indexing go by keys: what each costs does not grow with what else there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, create_engine, text
from sqlalchemy.sql import visitors

from acpshare.search.values import TokenValue
from acpshare.storage import Remembered, StoredResource, VersionPosition
from acpshare.storage.sql import erasure, history, index, open_store, reindex
from acpshare.storage.sql.engine import database_url as driver_url
from acpshare.storage.sql.tables import INDEX_TABLES
from tests.contract.storage.rows import NHS, NOW, a_plan, a_view

PEOPLE = 2000


def patient(number: int, version_id: int) -> StoredResource:
    body = (
        f'{{"resourceType":"Patient","id":"p{number}","active":true,"birthDate":"19{number % 90 + 10}-01-02","name":[{{"family":'
        f'"Name{number}"}}],"managingOrganization":{{"reference":"Organization/o{number}"}},"meta":{{"source":"urn:x:{number}"}}}}'
    )
    at = NOW + timedelta(seconds=number * version_id)
    return StoredResource("Patient", f"p{number}", version_id, at, body.encode(), f"p{number}")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    databases = request.getfixturevalue("databases_of_module")
    with databases(request.param) as url:
        store = open_store(url)
        with store.write() as writing:
            writing.put_new([patient(number, 1) for number in range(PEOPLE)])
            for number in range(PEOPLE):
                writing.put(patient(number, 2))
                writing.put_identifier(f"p{number}", NHS, f"number {number}")
                writing.put_plan(a_plan(f"plan-{number}", person=f"p{number}"))
                writing.put_current_view(a_view(f"p{number}"))
                writing.remember(Remembered(f"key {number}", b"digest", NOW, b"result", f"p{number}"))
            writing.put_new([StoredResource("Flag", f"f{number}", 1, NOW, b"{}", None) for number in range(PEOPLE)])
        store.close()
        engine = create_engine(driver_url(url))
        with engine.begin() as connection:
            for table in INDEX_TABLES.values():
                fill(connection, table)
            connection.execute(text("ANALYZE"))
        yield engine
        engine.dispose()


def fill(connection: Connection, table: Table) -> None:
    """As many rows in each index table as make its indexes worth using."""
    texts = ("system", "code", "folded", "exact", "type", "id", "uri")
    columns = ("'x' || key" if column.name in texts else "key" for column in table.c)
    connection.execute(text(f"INSERT INTO {table.name} SELECT {', '.join(columns)} FROM resource"))  # noqa: S608


def planned(engine: Engine, statement: Any, **key: object) -> str:
    def given(parameter: Any) -> None:
        if parameter.key in key:
            parameter.value, parameter.required = key[parameter.key], False

    filled = visitors.cloned_traverse(statement, {}, {"bindparam": given})
    compiled = filled.compile(engine, compile_kwargs={"render_postcompile": True})
    names = getattr(compiled, "positiontup", None)
    values = compiled.params
    return explained(engine, str(compiled), values if names is None else tuple(values[name] for name in names))


def explained(engine: Engine, statement: str, values: Any) -> str:
    how = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.begin() as connection:
        return "\n".join(str(tuple(row)) for row in connection.exec_driver_sql(f"{how} {statement}", values))


def goes_by_keys(plan: str) -> bool:
    return "Seq Scan" not in plan and "SCAN" not in plan.replace("SCAN CONSTANT ROW", "")


AFTER = VersionPosition(NOW + timedelta(seconds=500), "Patient", "p500", 1)
PAGES: dict[str, dict[str, Any]] = {
    "the system": {},
    "the system, a later page": {"after": AFTER},
    "the system, between two instants": {"since": NOW, "until": NOW + timedelta(seconds=900)},
    "a type": {"type": "Patient"},
    "a type, a later page": {"type": "Patient", "after": AFTER},
    "a type, from an instant on": {"type": "Patient", "since": NOW, "after": AFTER},
}


@pytest.mark.parametrize("asked", PAGES.values(), ids=PAGES.keys())
def test_a_page_of_the_history_is_read_from_an_index_and_never_sorted(engine: Engine, asked: dict[str, Any]) -> None:
    given: dict[str, Any] = {"type": None, "since": None, "until": None, "after": None} | asked
    statement, key = history.page(**given, count=50)
    plan = planned(engine, statement, **key)
    assert "ix_resource_version_" in plan, plan
    assert "Sort" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Seq Scan" not in plan, plan


ERASING = {
    "the identifiers": (erasure.HELD, {"this_person": "p7"}),
    "what they superseded": (erasure.NO_LONGER_SUPERSEDED, {"this_system": NHS, "this_value": "number 7"}),
    "the resources": (erasure.RESOURCES, {"this_person": "p7"}),
    **{table: (statement, {"this_person": "p7"}) for table, statement in erasure.BY_PERSON.items()},
    **{table: (statement, {"keys": [7, 8]}) for table, statement in erasure.BY_KEY.items()},
}


@pytest.mark.parametrize(("statement", "key"), ERASING.values(), ids=ERASING.keys())
def test_erasing_a_person_looks_at_nobody_else(engine: Engine, statement: Any, key: dict[str, object]) -> None:
    assert goes_by_keys(plan := planned(engine, statement, **key)), plan


def test_the_rows_of_a_resource_are_found_and_taken_away_by_keys(engine: Engine) -> None:
    assert goes_by_keys(plan := planned(engine, index._ROWS_OF, keys=[7, 8])), plan
    values = (1, "", "a", 7)
    assert goes_by_keys(plan := explained(engine, index._DELETES[engine.dialect.name][TokenValue], values)), plan


def test_a_page_of_what_is_to_be_indexed_is_read_in_the_order_of_keys(engine: Engine) -> None:
    plan = planned(engine, reindex._OUTSTANDING, this_type="Patient", after=7, now=8, limit=50)
    assert "SCAN" not in plan.replace("SCAN page", ""), plan
    assert "Seq Scan on resource " not in plan, plan
