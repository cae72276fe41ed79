"""`acpshare translate`: one form as another, its ledger beside it. Stores nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acpshare.cli.forms import no_such_form
from acpshare.cli.surroundings import known_forms, settings
from acpshare.outcome import Invalid, IssueType, Unsafe, error

if TYPE_CHECKING:
    from acpshare.cli.account import Account
    from acpshare.interactions.components import Components


def translate(
    file: Annotated[str, typer.Argument(help="A QuestionnaireResponse as JSON; - is standard input.")],
    to: Annotated[str, typer.Option("--to", metavar="FORM", help="The edition to translate it into.")],
    mapping: Annotated[
        list[Path] | None, typer.Option("--mapping", metavar="PATH", help="A mapping file or folder of local forms.")
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option("--ledger", metavar="FILE", help="Write the whole ledger there, as JSON.")
    ] = None,
) -> None:
    """Translate a filled form: the other form to standard output, what became of everything to standard error.

    Ends with 0 when all is carried as equal or equivalent; 3 when something is narrower, wider, inexact, only text or
    not sayable; 4 when a safety rule forbids it; 2 for bad input. Refused, nothing goes to standard output.
    """
    components = _nothing_stored(mapping or [])
    if to not in components.mappings:
        raise no_such_form(to, components.mappings)
    account, made = _translated(components, _body(file), to)
    if ledger is not None:
        _save(ledger, json.dumps(account.as_json(), ensure_ascii=False, indent=2))
    if made is not None:
        typer.echo(made.encode())  # JSON is UTF-8, whatever the terminal's encoding
    account.show()
    raise typer.Exit(account.ending)


def _nothing_stored(extra: list[Path]) -> Components:
    """What reading a form takes, with an empty store in memory: bootstrap would load the server and the database."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from acpshare.interactions.components import Components
    from acpshare.storage.memory import MemoryStore

    given = settings()
    return Components(
        store=MemoryStore(),
        mappings=known_forms(extra),
        definitions={},
        clock=lambda: datetime.now(UTC),
        ids=str,
        zone=ZoneInfo(given.time_zone),
        base_url=given.base_url,
        version="",
        synthetic_only=False,
    )


def _body(file: str) -> bytes:
    from acpshare.fhir.json_text import MAX_BYTES

    try:  # one byte more than is allowed says that it is too large, without reading the rest
        if file == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(file).open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as failure:
        raise Invalid(error(IssueType.NOT_FOUND, failure.strerror or "cannot be read", file)) from None


def _translated(components: Components, body: bytes, to: str) -> tuple[Account, str | None]:
    """The account, and the other form as text; None where a safety rule forbids it. Raises a Failure."""
    from acpshare.cli.account import Account
    from acpshare.fhir.json_text import MAX_BYTES, dump
    from acpshare.fhir.questionnaire_response import write_response
    from acpshare.interactions.intake import take_in
    from acpshare.translation import read, write

    intake = take_in(components, body, MAX_BYTES)
    today = components.today()
    taken = read(intake.mapping, intake.response, today)
    if taken.value is None:
        raise (Unsafe if taken.is_unsafe else Invalid)(*(issue for issue in taken.issues if issue.is_error))
    written = write(components.mappings[to], taken.value, today)
    issues = (*intake.issues, *taken.issues, *written.issues)
    account = Account(intake.mapping.id, to, taken.ledger, written.ledger, issues, refused=written.value is None)
    if written.value is None:
        return account, None
    subject = intake.resource.get("subject", {})
    response = write_response(written.value, components.mappings[to].definition, subject=subject)
    if not subject:
        del response["subject"]
    return account, dump(response, indent=2)


def _save(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as failure:
        what = f"the ledger cannot be written: {failure.strerror}"
        raise Invalid(error(IssueType.NOT_FOUND, what, str(path))) from None
