"""How the tables are laid out for growth: docs/decisions/0023."""

from __future__ import annotations

from acpshare.storage.sql.tables import METADATA

BY_PERSON = {"resource", "resource_version", "plan", "current_view"}
INDEXED = ("token", "string", "date", "reference", "quantity", "uri")
OTHERWISE = {
    "identifier": "it is how a person is found",
    "idempotency": "it grows with requests",
    "audit_event": "it grows with acts",
    "outbox": "it grows with acts",
    "log_head": "two rows",
    "export_job": "it grows with exports",
    **{f"index_{kind}": "it is how a resource is found" for kind in INDEXED},
}


def test_every_table_that_grows_with_people_has_the_person_first_in_its_key() -> None:
    first = {table.name: next(iter(table.primary_key.columns)).name for table in METADATA.tables.values()}
    assert {table for table, column in first.items() if column == "person"} == BY_PERSON
    assert set(first) == BY_PERSON | set(OTHERWISE)


def test_no_table_has_a_foreign_key() -> None:
    assert [table.name for table in METADATA.tables.values() if table.foreign_keys] == []
