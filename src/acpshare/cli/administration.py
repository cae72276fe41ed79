"""`acpshare db` and `acpshare audit`: the database's schema, and whether its audit chain is whole."""

from __future__ import annotations

from contextlib import closing

import typer

from acpshare.cli.ending import Ending
from acpshare.cli.recording import progress, quiet
from acpshare.cli.surroundings import existing_store, settings

db = typer.Typer(help="The database.", no_args_is_help=True)
audit = typer.Typer(help="The audit chain.", no_args_is_help=True)


@db.callback()
def _db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the database of ACPSHARE_DATABASE_URL to this version: its schema, and every emergency view.

    A missing SQLite file is made. The views are drawn anew beside traffic, and it may be run again.
    """
    from acpshare.bootstrap import build_components
    from acpshare.cli.screen import counted
    from acpshare.interactions.emergency_view import renew_all
    from acpshare.storage.sql import upgrade as upgrade_schema

    given = settings()
    typer.echo(f"The schema is at revision {upgrade_schema(given.database_url)}.")
    quiet()
    components = build_components(given, demo=False, definitions={})
    people = 0
    with closing(components.store), progress("Emergency views", 1.0) as so_far:
        for done, people in renew_all(components):
            so_far(done / people)
    typer.echo(f"{counted(people, 'emergency view')} made anew.")


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
