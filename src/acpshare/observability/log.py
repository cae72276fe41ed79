"""Structured log lines, one JSON object each, on standard error: only what the catalogue allows."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from acpshare.observability.events import CATALOGUE, LIBRARY_MESSAGE, Event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_PACKAGE = str(Path(__file__).resolve().parent.parent)


class _LibraryHandler(logging.Handler):
    """What libraries log, reduced to the words in their source: arguments and exception texts may hold anything."""

    def emit(self, record: logging.LogRecord) -> None:
        failure = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        fields: dict[str, Any] = {"logger": record.name, "message": str(record.msg) if record.args else _fixed(record)}
        if failure:
            fields["exception"] = failure
        write(LIBRARY_MESSAGE, **fields)


def _fixed(record: logging.LogRecord) -> str:
    """A message without arguments may have been put together by its writer: only the servers' own are let through."""
    return str(record.msg) if record.name.startswith("uvicorn") and not record.exc_info else "(not shown)"


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Set logging up for the process. Called once, by whoever starts it."""
    structlog.configure(
        processors=[structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, _LibraryHandler):
            root.removeHandler(handler)
    root.addHandler(_LibraryHandler())
    root.setLevel(logging.WARNING)


_LOGGER: Any = structlog.get_logger()


def write(event: Event, **fields: Any) -> None:
    """Write one line. A field that the event does not name is an error of the writer, found by any test that logs."""
    if not fields.keys() <= set(event.fields) or event.name not in CATALOGUE:
        raise ValueError(f"the log event {event.name} has no such field")
    getattr(_LOGGER, event.level)(event.name, **fields)


def places(exception: BaseException) -> list[str]:
    """Where in our own code an exception passed, as file:line:function; never its text or any value."""
    frames = traceback.extract_tb(exception.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(_PACKAGE)]
    return [f"{Path(frame.filename).relative_to(_PACKAGE)}:{frame.lineno}:{frame.name}" for frame in ours]


def described(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value is not None}
