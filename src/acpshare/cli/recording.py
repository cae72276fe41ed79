"""One resource into the record, through the same interactions as the API's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from acpshare.outcome import Invalid, IssueType, error

if TYPE_CHECKING:
    from acpshare.interactions.components import Components
    from acpshare.interactions.unit import Recorded

CLIENT = "command line"


def record_resource(components: Components, type: object, body: bytes, if_none_exist: str | None = None) -> Recorded:
    """Record a QuestionnaireResponse or a Consent. Raises a Failure; then nothing is stored."""
    from acpshare.interactions.create import create
    from acpshare.interactions.record import record

    if type == "QuestionnaireResponse":
        return record(components, body, if_none_exist=if_none_exist, client=CLIENT)
    if type == "Consent":
        return create(components, type, body, if_none_exist=if_none_exist, client=CLIENT)
    what = "only a QuestionnaireResponse or a Consent is recorded: plans and all else are made from them"
    raise Invalid(error(IssueType.NOT_SUPPORTED, what, "resourceType"))


@contextmanager
def progress(what: str, total: float) -> Iterator[Callable[[float], None]]:
    """A bar on standard error where that is a terminal. What it gives is called with how far the work has come."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from acpshare.cli.screen import errors

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = errors()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def quiet() -> None:
    """No log line for each record on a person's screen."""
    from acpshare.observability import log

    log.configure("error")
