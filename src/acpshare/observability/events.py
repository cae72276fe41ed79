"""The closed catalogue of what the service logs: no other event can be written, nor a field that is not named.

No field can hold a patient's data: ids, counts, names of forms, routes as templates, never a query, a body or a header.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of log line: its name, level, the fields it may carry, and what it means to whoever reads it."""

    name: str
    level: str
    fields: tuple[str, ...]
    meaning: str


SERVICE_STARTED = Event(
    "service.started", "info", ("mode", "version", "forms", "database"), "The service is ready to answer."
)
SERVICE_STOPPED = Event("service.stopped", "info", (), "The service has closed its connections and ends.")
HTTP_REQUEST = Event(
    "http.request",
    "info",
    ("method", "route", "status", "ms", "bytes", "client", "request_id", "correlation_id"),
    "One request was answered. `route` is the template, so no id, query or NHS number is in it.",
)
HTTP_FAILURE = Event(
    "http.failure",
    "error",
    ("exception", "at", "request_id", "correlation_id"),
    "A request ended in a fault of ours: the exception's class and the places in our code it passed, never its text.",
)
PLAN_RECORDED = Event(
    "plan.recorded",
    "info",
    ("form", "plan", "change", "warnings"),
    "A form was recorded: as a new plan, a correction, a new decision, or no change.",
)
PLAN_REFUSED = Event(
    "plan.refused",
    "info",
    ("failure", "issues", "rules"),
    "A form was refused, with so many issues, by these safety rules.",
)
VIEW_RENEWED = Event(
    "view.renewed",
    "info",
    ("people",),
    "An emergency view changed because a day passed (a review fell due) and was made anew.",
)
VIEW_NOT_KEPT = Event(
    "view.not-kept",
    "warning",
    ("exception",),
    "A renewed emergency view was answered but could not be stored for the next.",
)
EXPORT_COMPLETE = Event(
    "export.complete",
    "info",
    ("level", "resources", "files"),
    "An export that was asked for is ready: how many resources were looked at, how many files hold what was wanted.",
)
EXPORT_FAILED = Event(
    "export.failed", "error", ("exception",), "An export ended in a fault: the exception's class, never its text."
)
LIBRARY_MESSAGE = Event(
    "library.message",
    "info",
    ("logger", "message", "exception"),
    "A library logged something: its fixed words only, without what was filled in.",
)

CATALOGUE: dict[str, Event] = {
    event.name: event
    for event in (
        SERVICE_STARTED,
        SERVICE_STOPPED,
        HTTP_REQUEST,
        HTTP_FAILURE,
        PLAN_RECORDED,
        PLAN_REFUSED,
        VIEW_RENEWED,
        VIEW_NOT_KEPT,
        EXPORT_COMPLETE,
        EXPORT_FAILED,
        LIBRARY_MESSAGE,
    )
}
