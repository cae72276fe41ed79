"""`acpshare download`: everything that a running server holds, by its bulk export, into a folder.

https://hl7.org/fhir/uv/bulkdata/export.html
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acpshare.cli.recording import progress
from acpshare.outcome import Invalid, Issue, IssueType, Unavailable, error

if TYPE_CHECKING:
    from acpshare.client import Client, ExportFile, Refused

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%")


def download(
    server: Annotated[
        str, typer.Argument(metavar="URL", help="Base address, such as https://acp.example.nhs.uk/fhir/R4.")
    ],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new or empty folder.")],
    types: Annotated[list[str] | None, typer.Option("--type", help="Only this resource type; may be repeated.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Only what changed from this instant on.")] = None,
    token_file: Annotated[Path | None, typer.Option("--token-file", help="A file that holds a bearer token.")] = None,
) -> None:
    """Export a running server's resources as NDJSON files, one or more for each type."""
    import httpx

    from acpshare.cli.screen import counted, errors
    from acpshare.client import Client, Refused

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Invalid(error(IssueType.DUPLICATE, "is not an empty folder; nothing was written", str(folder)))
    token = token_file.read_text(encoding="utf-8").strip() if token_file is not None else None
    asked = [("_type", ",".join(types))] if types else []
    asked += [("_since", since)] if since is not None else []
    try:
        with Client(server, token=token) as client:
            files = _made(client, asked)
            folder.mkdir(parents=True, exist_ok=True)
            lines = _fetch(client, files, folder)
    except Refused as refused:
        raise _as_failure(refused) from None
    except httpx.HTTPError as problem:
        raise Unavailable(error(IssueType.TRANSIENT, f"no answer ({type(problem).__name__})", server)) from None
    errors().print(f"Downloaded {counted(lines, 'resource')} in {counted(len(files), 'file')} to {folder}.")


def _made(client: Client, asked: list[tuple[str, str]]) -> list[tuple[str, ExportFile]]:
    """The files of an export, once the server has made them, each with the name it gets here."""
    with progress("The server exports", 100) as bar:

        def show(said: str) -> None:
            if found := _PERCENT.search(said):
                bar(float(found[1]))

        exported = client.export(criteria=asked, progress=show)
    return [*_named(exported.output, ""), *_named(exported.deleted, "deleted-"), *_named(exported.error, "error-")]


def _named(files: Iterable[ExportFile], prefix: str) -> list[tuple[str, ExportFile]]:
    seen: dict[str, int] = {}
    named = []
    for file in files:
        # The type is the server's word, and becomes the name of a file.
        type = file.type if re.fullmatch("[A-Za-z]{1,64}", file.type) else "Resource"
        seen[type] = seen.get(type, 0) + 1
        named.append((f"{prefix}{type}-{seen[type]}.ndjson", file))
    return named


def _fetch(client: Client, files: list[tuple[str, ExportFile]], folder: Path) -> int:
    lines = 0
    with progress("Downloading", sum(file.count or 1 for _, file in files)) as bar:
        for name, file in files:
            making = folder / f"{name}.part"
            with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
                for line in client.lines(file.url):
                    out.write(line + "\n")
                    lines += 1
                    bar(lines)
            making.replace(folder / name)
    return lines


def _as_failure(refused: Refused) -> Invalid:
    issues = [_issue(each.diagnostics or each.code, each.expression) for each in refused.issues]
    return Invalid(*(issues or [_issue(f"the server answered {refused.status}", ())]))


def _issue(what: str, places: tuple[str, ...]) -> Issue:
    return error(IssueType.INVALID, f"the server refused: {what}", *places)
