"""What a command ends with: exit codes that scripts rely on."""

from __future__ import annotations

from enum import IntEnum

from acpshare.outcome import Failure, Unavailable, Unsafe


class Ending(IntEnum):
    DONE = 0
    FAILED = 1
    """Not the input's fault: a database that is not there, an audit chain that is broken."""
    BAD_INPUT = 2
    """Bad input or usage; every problem has been listed."""
    NOT_ALL_CARRIED = 3
    """Done, and something is narrower, wider, inexact, only carried as text, or not sayable."""
    UNSAFE = 4
    """Refused because a safety rule forbids it."""
    INTERRUPTED = 130


def ending_of(failure: Failure) -> Ending:
    if isinstance(failure, Unavailable):
        return Ending.FAILED
    return Ending.UNSAFE if isinstance(failure, Unsafe) else Ending.BAD_INPUT
