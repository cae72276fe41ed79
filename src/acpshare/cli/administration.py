"""`acpshare db` and `acpshare audit`: the database's schema, and whether its audit chain is whole."""

from __future__ import annotations

import typer

from acpshare.cli.ending import Ending
from acpshare.cli.surroundings import existing_store, settings

db = typer.Typer(help="The database.", no_args_is_help=True)
audit = typer.Typer(help="The audit chain.", no_args_is_help=True)


@db.callback()
def _db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the database of ACPSHARE_DATABASE_URL to this version's schema. A missing SQLite file is made."""
    from acpshare.storage.sql import upgrade as upgrade_schema

    typer.echo(f"The schema is at revision {upgrade_schema(settings().database_url)}.")


@audit.callback()
def _audit() -> None:
    """The audit chain."""


@audit.command()
def verify() -> None:
    """Recompute the audit chain and name every event that is missing or not as it was written."""
    from acpshare.cli.screen import counted, errors, output, show_table
    from acpshare.storage import faults

    store = existing_store()
    try:
        with store.read() as reading:
            head = reading.audit_head()
            found = list(faults(reading.audit(), head))
    finally:
        store.close()
    if found:
        show_table(output(), ("event", "fault", "what"), ((str(f.sequence), f.fault, f.diagnostics) for f in found))
        errors().print(f"{counted(len(found), 'fault')} in {counted(head.sequence, 'audit event')}")
        raise typer.Exit(Ending.FAILED)
    typer.echo(f"{counted(head.sequence, 'audit event')}, none missing and none changed.")
