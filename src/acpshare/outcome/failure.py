"""Why an interaction could not be done: one closed family of exceptions, named by meaning, knowing nothing of HTTP.

Failure
├── Malformed            the text cannot be read at all
├── Invalid              it reads, and breaks a rule
├── Unsafe               a safety rule forbids it (a kind of Invalid)
├── Unauthenticated, Forbidden
├── NotFound, Gone
├── MethodNotAllowed, NotAcceptable, UnsupportedMediaType
├── Conflict, Duplicate, VersionConflict, MultipleMatches
├── TooLarge, TimedOut, Throttled
└── Unavailable
"""

from __future__ import annotations

from acpshare.outcome.issue import Issue


class Failure(Exception):
    """An interaction that was refused, with every issue that was found. The text never holds a patient's data."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__("; ".join(issue.diagnostics for issue in issues))
        self.issues = issues


class Malformed(Failure):
    pass


class Invalid(Failure):
    pass


class Unsafe(Invalid):
    pass


class Unauthenticated(Failure):
    pass


class Forbidden(Failure):
    pass


class NotFound(Failure):
    pass


class Gone(Failure):
    pass


class MethodNotAllowed(Failure):
    pass


class NotAcceptable(Failure):
    pass


class UnsupportedMediaType(Failure):
    pass


class Conflict(Failure):
    pass


class Duplicate(Failure):
    pass


class VersionConflict(Failure):
    pass


class MultipleMatches(Failure):
    pass


class TooLarge(Failure):
    pass


class TimedOut(Failure):
    pass


class Throttled(Failure):
    pass


class Unavailable(Failure):
    pass
