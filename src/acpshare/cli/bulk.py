"""`acpshare import` and `acpshare export`: many resources as NDJSON, one on each line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, BinaryIO

import typer

from acpshare.cli.ending import Ending
from acpshare.cli.recording import progress, quiet, record_resource
from acpshare.cli.surroundings import existing_store, settings
from acpshare.outcome import Failure, Invalid, Issue, IssueType, Unavailable, Unsafe, error

if TYPE_CHECKING:
    from acpshare.interactions.components import Components


@dataclass
class Tally:
    recorded: int = 0
    known: int = 0
    rejected: list[tuple[int, Failure]] = field(default_factory=list)

    @property
    def ending(self) -> Ending:
        if not self.rejected:
            return Ending.DONE
        return Ending.UNSAFE if all(isinstance(each, Unsafe) for _, each in self.rejected) else Ending.BAD_INPUT

    def issues(self) -> Iterator[Issue]:
        for line, failure in self.rejected:
            for issue in failure.issues:
                places = ", ".join(issue.expression)
                yield error(issue.code, issue.diagnostics, f"line {line} {places}".rstrip(), rule=issue.rule)


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="QuestionnaireResponses and Consents as NDJSON.")],
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="Take test numbers (999 range) and no others, as the demo does.")
    ] = False,
) -> None:
    """Record a file of forms. Run again after an interruption, it goes on where it was: no line is recorded twice."""
    from acpshare.bootstrap import build_components
    from acpshare.cli.screen import counted, errors, show_issues

    given = settings()
    try:
        opened = file.open("rb")
    except OSError as failure:
        raise Invalid(error(IssueType.NOT_FOUND, failure.strerror or "cannot be read", str(file))) from None
    quiet()
    components = build_components(given, demo=synthetic, definitions={})
    with opened, closing(components.store):
        try:
            tally = _record_all(components, opened)
        except KeyboardInterrupt:
            errors().print("Interrupted. What was recorded stays; run the same command again to go on.")
            raise
    show_issues(errors(), tally.issues())
    parts = [f"recorded {counted(tally.recorded, 'line')}"]
    parts += [f"{tally.known:,} recorded before"] if tally.known else []
    parts += [f"rejected {counted(len(tally.rejected), 'line')}"] if tally.rejected else []
    errors().print(f"{file}: {', '.join(parts)}.")
    raise typer.Exit(tally.ending)


def _record_all(components: Components, opened: BinaryIO) -> Tally:
    tally = Tally()
    done = 0
    with progress("Recording", os.fstat(opened.fileno()).st_size) as bar:
        for number, line in enumerate(_lines(opened), start=1):
            done += len(line)
            if line.strip():
                _record(components, number, line.strip(), tally)
            bar(done)
    return tally


def _record(components: Components, number: int, line: bytes, tally: Tally) -> None:
    from acpshare.cli.exported import LINE, digest, readdressed
    from acpshare.fhir.json_text import dump, parse

    try:
        resource = parse(line)
        body = line
        if "basedOn" in resource:
            with components.store.read() as reading:
                body = dump(resource).encode() if readdressed(reading, resource) else line
        done = record_resource(components, resource.get("resourceType"), body, f"identifier={LINE}|{digest(line)}")
    except Unavailable:
        raise
    except Failure as failure:
        tally.rejected.append((number, failure))
    else:
        tally.recorded += done.is_new
        tally.known += not done.is_new


def _lines(opened: BinaryIO) -> Iterator[bytes]:
    """Lines, each read no further than shows that it is too large."""
    from acpshare.fhir.json_text import MAX_BYTES

    longest = MAX_BYTES + 2
    while line := opened.readline(longest):
        rest = line
        while not rest.endswith(b"\n") and len(rest) == longest:
            rest = opened.readline(longest)
        yield line


def export(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A new file; without it, standard output.")
    ] = None,
) -> None:
    """Write every recorded form and Consent as NDJSON, in the order of recording, each person by NHS number.

    What clients wrote otherwise is not in it, is counted, and ends the command with 3: the operation $export holds it.
    """
    from acpshare.cli.screen import counted, errors

    number, left_out = _write_all(sys.stdout.buffer) if file is None else _write_file(file)
    errors().print(f"Exported {counted(number, 'resource')}.")
    if left_out:
        which = ", ".join(f"{count:,} {type}" for type, count in left_out.items())
        errors().print(
            f"Not in it, because clients wrote it otherwise than as a form or a Consent: {which}. To record the forms "
            "again does not bring it back; the operation $export holds everything as it is."
        )
        raise typer.Exit(Ending.NOT_ALL_CARRIED)


def _write_file(file: Path) -> tuple[int, dict[str, int]]:
    """Under another name until it is whole; for its owner's eyes only."""
    if file.exists():
        raise Invalid(error(IssueType.DUPLICATE, "the file is there already; nothing was written", str(file)))
    making = file.with_name(f"{file.name}.part")
    try:
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
            written = _write_all(opened)
    except OSError as failure:
        raise Invalid(error(IssueType.NOT_FOUND, failure.strerror or "cannot be written", str(file))) from None
    making.replace(file)
    return written


def _write_all(out: IO[bytes]) -> tuple[int, dict[str, int]]:
    """How much was written, and what was left out."""
    from acpshare.cli.exported import Export

    store = existing_store()
    try:
        with store.read() as reading:
            export = Export(reading)
            wanted = export.received()
            with progress("Exporting", len(wanted)) as bar:
                for number, line in enumerate(export.lines(wanted), start=1):
                    out.write(line + b"\n")
                    bar(number)
        out.flush()
        return len(wanted), export.left_out(wanted)
    finally:
        store.close()
