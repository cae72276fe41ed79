"""`acpshare db` and `acpshare audit`: schema, search index, erasing a person, and whether the audit chain is whole."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from acpshare.cli.ending import Ending
from acpshare.cli.recording import CLIENT, progress, quiet
from acpshare.cli.surroundings import existing_store, settings
from acpshare.outcome import Invalid, IssueType, NotFound, error

if TYPE_CHECKING:
    from acpshare.storage.sql.reindex import SearchIndex

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
    people = 0
    with closing(existing_store()) as store:
        components = build_components(given, demo=False, store=store, definitions={})
        with progress("Emergency views", 1.0) as so_far:
            for done, people in renew_all(components):
                so_far(done / people)
        typer.echo(f"{counted(people, 'emergency view')} made anew.")
        outstanding = sum(store.index.outstanding().values())
    if outstanding:
        typer.echo(f"{counted(outstanding, 'resource')} cannot be found by every search yet: run acpshare db reindex.")


@db.command()
def reindex(
    type: Annotated[list[str] | None, typer.Option(help="Only resources of this type; may be given again.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing: count again, and say what differs.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Index again what is indexed already, too.")] = False,
) -> None:
    """Index for search what is not indexed under this version's search parameters.

    It runs beside traffic, may be stopped at any time, and goes on where it was when it is run again.
    """
    from acpshare.search.parameters import types as searched

    chosen = type or []
    if unknown := sorted(set(chosen) - set(searched())):
        what = "no resource type that is searched"
        raise Invalid(*(error(IssueType.NOT_SUPPORTED, f"{name} is {what}", "--type") for name in unknown))
    with closing(existing_store()) as store:
        if check:
            _check(store.index, chosen)
        else:
            _reindex(store.index, store.index.reindex_all(chosen) if anew else store.index.reindex(chosen))


def _reindex(index: SearchIndex, steps: Iterable[tuple[int, int]]) -> None:
    from acpshare.cli.screen import counted, output, show_table

    done = 0
    with progress("Search index", 1.0) as so_far:
        for done, of in steps:
            so_far(done / of if of else 1.0)
    typer.echo(f"{counted(done, 'resource')} indexed. The index now has:")
    show_table(output(), ("table", "rows"), ((table, f"{rows:,}") for table, rows in index.rows().items()))


def _check(index: SearchIndex, types: list[str]) -> None:
    from acpshare.cli.screen import counted, errors, output, show_table

    of = index.resources(types)
    with progress("Counting again", 1.0) as so_far:
        for checked in index.check(types):
            so_far(checked.resources / of if of else 1.0)
    what = f"{counted(checked.resources, 'resource')} counted again"
    if checked.is_true:
        typer.echo(f"{what}: every row is there, and none that should not be.")
        return
    tables = sorted(checked.missing | checked.surplus)
    rows = ((table, f"{checked.missing[table]:,}", f"{checked.surplus[table]:,}") for table in tables)
    show_table(output(), ("table", "missing", "surplus"), rows)
    outdated = sum(index.outstanding().values())
    errors().print(
        f"{what}: {counted(checked.differing, 'resource')} have other rows than they should; {outdated:,} of them or of"
        " others wait for acpshare db reindex, and --anew does them all"
    )
    raise typer.Exit(Ending.FAILED)


@db.command()
def erase(
    patient: Annotated[str, typer.Argument(help="Whose records: Patient/<id>.", metavar="PATIENT")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take away everything recorded for one person, every version of it. It cannot be undone.

    The audit chain stays, and says that it was done: it names the person by this reference only.
    """
    from acpshare.cli.screen import counted, output, show_table
    from acpshare.interactions.erase import erase_person

    if not re.fullmatch(r"Patient/[A-Za-z0-9\-.]{1,64}", patient):
        raise Invalid(error(IssueType.VALUE, "is to be Patient/<id>", "PATIENT"))
    person = patient.partition("/")[2]
    with closing(existing_store()) as store:
        with store.read() as reading:
            resources, plans = len(reading.resources_of(person)), len(reading.plans_of(person))
            if not resources and not plans and not reading.identifiers_of(person):
                raise NotFound(error(IssueType.NOT_FOUND, f"nothing is recorded for {patient}", "PATIENT"))
        what = f"{counted(resources, 'resource')} and {counted(plans, 'plan')} of {patient}, and every earlier version"
        if not yes:
            typer.confirm(f"Erase {what}? It cannot be undone.", abort=True)
        gone = erase_person(store, person, CLIENT)
    typer.echo(f"Erased {what}:")
    show_table(output(), ("table", "rows"), ((table, f"{rows:,}") for table, rows in gone.items() if rows))


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
