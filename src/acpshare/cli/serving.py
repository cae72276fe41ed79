"""`acpshare demo` and `acpshare serve`: the service, with invented people or for real."""

from __future__ import annotations

import socket
import time
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from acpshare.cli.recording import progress, quiet, record_resource
from acpshare.cli.surroundings import settings
from acpshare.outcome import Invalid, IssueType, error

if TYPE_CHECKING:
    from acpshare.settings import Settings

DATABASE = Path("var/demo.db")
_HOST = typer.Option(help="Address to listen on, instead of ACPSHARE_HOST.")
_PORT = typer.Option(min=1, max=65535, help="Port to listen on, instead of ACPSHARE_PORT.")


def demo(
    host: Annotated[str, typer.Option(help="Loopback address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make the population anew, as of today.")] = False,
) -> None:
    """Start the service with invented people, open without a token, on this machine only."""
    given = settings(host=host, port=port, database_url=f"sqlite:///{DATABASE}")
    _startable(given, demo=True)
    if fresh or not DATABASE.exists():
        make_population(given, DATABASE)
    from acpshare.cli.try_this import try_this

    typer.echo(try_this(given.base_url))
    _run(given, demo=True)


def serve(
    host: Annotated[str | None, _HOST] = None,
    port: Annotated[int | None, _PORT] = None,
) -> None:
    """Start the service. It does not start without an authentication setting: docs/reference/settings.md."""
    given = settings(host=host, port=port)
    _startable(given, demo=False)
    _run(given, demo=False)


def _startable(given: Settings, *, demo: bool) -> None:
    """Raises Invalid, before any file is made."""
    from acpshare.bootstrap import CannotStart, check_start

    try:
        check_start(given, demo=demo)
    except CannotStart as refused:
        raise Invalid(error(IssueType.INVALID, str(refused), "settings")) from None
    family = socket.AF_INET6 if ":" in given.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((given.host, given.port))
        except OSError as failure:
            what = f"cannot listen on {given.host} port {given.port}: {failure.strerror}; --port takes another"
            raise Invalid(error(IssueType.CONFLICT, what, "port")) from None


def _run(given: Settings, *, demo: bool) -> None:
    from acpshare.bootstrap import CannotStart, run

    try:
        run(given, demo=demo)
    except CannotStart as refused:
        raise Invalid(error(IssueType.INVALID, str(refused), "settings")) from None


def make_population(given: Settings, target: Path) -> None:
    """Record everybody in a new database, which takes its place only when it is whole."""
    from acpshare.bootstrap import build_components
    from acpshare.cli.screen import counted, errors
    from acpshare.demo import members
    from acpshare.fhir.json_text import dump
    from acpshare.translation import load_mappings

    begun = time.monotonic()
    quiet()
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f"{target.stem}-", dir=target.parent) as folder:
        making = Path(folder) / target.name
        there = given.model_copy(update={"database_url": f"sqlite:///{making}"})
        mappings = load_mappings(there.mapping_paths)
        components = build_components(there, demo=True, mappings=mappings, definitions={})
        everybody = list(members(mappings, datetime.now(ZoneInfo(there.time_zone)).date()))
        resources = [each for member in everybody for each in member.resources]
        with progress(
            f"Recording {counted(len(everybody), 'invented person', 'invented people')}", len(resources)
        ) as bar:
            for number, resource in enumerate(resources, start=1):
                record_resource(components, resource["resourceType"], dump(resource).encode())
                bar(number)
        components.store.close()
        making.replace(target)
    forms = sum(each["resourceType"] == "QuestionnaireResponse" for each in resources)
    people = counted(len(everybody), "invented person", "invented people")
    took = time.monotonic() - begun
    errors().print(f"Recorded {counted(forms, 'form')} of {people} in {target} ({took:.1f} s).")
