"""What reading, writing and updating return: a value, what is to be said about it, and what became of every element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from acpshare.outcome import Issue, Ledger

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Translation(Generic[T]):
    """`value` is None when an issue is an error: then nothing was translated, and the issues say why.

    `changes` (of an update) are the plan paths that the edit changed. `signed` (of an update) says that the form was
    signed anew: a decision of its own that replaces the plan, not a correction of it.
    """

    value: T | None
    issues: tuple[Issue, ...]
    ledger: Ledger
    changes: frozenset[str] = frozenset()
    signed: bool = False

    @property
    def is_refused(self) -> bool:
        return self.value is None

    @property
    def is_unsafe(self) -> bool:
        """Refused because a safety rule forbids it, rather than because the input is wrong."""
        errors = [issue for issue in self.issues if issue.is_error]
        return self.value is None and bool(errors) and all(issue.rule is not None for issue in errors)
