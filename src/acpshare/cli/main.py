"""The way in: every failure that nobody caught below ends here, as a table of problems and an exit code."""

from __future__ import annotations

import io
import sys

from acpshare.cli.app import app
from acpshare.cli.ending import Ending, ending_of
from acpshare.outcome import Failure


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a terminal cannot show must not end the command
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="acpshare")
    except Failure as failure:
        from acpshare.cli.screen import errors, show_issues

        show_issues(errors(), failure.issues)
        sys.exit(ending_of(failure))
    except OSError as failure:
        from acpshare.cli.screen import errors, show_table

        place = str(failure.filename or "-")
        show_table(errors(), ("where", "what"), [(place, failure.strerror or type(failure).__name__)])
        sys.exit(Ending.FAILED)
    except KeyboardInterrupt:
        sys.exit(Ending.INTERRUPTED)
