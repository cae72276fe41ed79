"""The way in: every failure that nobody caught below ends here, as a table of problems and an exit code."""

from __future__ import annotations

import sys

from acpshare.cli.app import app
from acpshare.cli.ending import Ending, ending_of
from acpshare.outcome import Failure


def main() -> None:
    try:
        app(prog_name="acpshare")
    except Failure as failure:
        from acpshare.cli.screen import errors, show_issues

        show_issues(errors(), failure.issues)
        sys.exit(ending_of(failure))
    except KeyboardInterrupt:
        sys.exit(Ending.INTERRUPTED)
