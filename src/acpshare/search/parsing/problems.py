"""What is wrong with a search, gathered. A name is said only when it is a plain word; a value never is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from acpshare.outcome import Issue, IssueType, Malformed, Severity, error

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z_:.\-]{0,63}")


class Problems:
    """`warnings` are what a lenient search passes over."""

    def __init__(self, *, lenient: bool) -> None:
        self.lenient = lenient
        self.errors: list[Issue] = []
        self.warnings: list[Issue] = []
        self.widened = False
        """Whether a criterion was passed over, so that more would be found than was asked for."""

    def unknown(
        self, name: str, what: str, known: Iterable[str] = (), *, code: str | None = None, widens: bool = True
    ) -> None:
        """A parameter that is not known: an error, or with lenient handling a warning. `code` is the part meant."""
        self.widened |= widens
        asked = name.partition(":")[0] if code is None else code
        nearest = get_close_matches(asked, known, 1) if len(asked) <= 64 else []
        text = f"{what}; is {nearest[0]} meant?" if nearest else what
        if self.lenient:
            place = (name,) if is_plain(name) else ()
            issue = Issue(Severity.WARNING, IssueType.NOT_SUPPORTED, f"{text} (passed over)", place)
            self.warnings.append(issue)
        else:
            self._error(IssueType.NOT_SUPPORTED, name, text, "ADDITIONAL_PROPERTIES")

    def unsupported(self, name: str, what: str) -> None:
        self._error(IssueType.NOT_SUPPORTED, name, what, "INVALID_SEARCH_DATA")

    def value(self, name: str, what: str) -> None:
        self._error(IssueType.VALUE, name, what, "INVALID_VALUE")

    def missing(self, name: str) -> None:
        self._error(IssueType.REQUIRED, name, f"{shown(name)} has an empty value", "MISSING_VALUE")

    def too_much(self, name: str, what: str) -> None:
        self._error(IssueType.TOO_COSTLY, name, what, "INVALID_SEARCH_DATA")

    def _error(self, code: IssueType, name: str, what: str, spine: str) -> None:
        self.errors.append(error(code, what, *((name,) if is_plain(name) else ()), spine=spine))

    def nothing_left(self) -> None:
        """No criterion was understood: what was passed over is then an error after all."""
        if self.widened and self.lenient:
            self.errors += [
                replace(each, severity=Severity.ERROR, spine="ADDITIONAL_PROPERTIES") for each in self.warnings
            ]
            self.warnings.clear()
            what = (
                "nothing is left of this search, and it would find everybody: it is refused even with lenient handling"
            )
            self.errors.append(error(IssueType.NOT_SUPPORTED, what, spine="ADDITIONAL_PROPERTIES"))

    def end(self) -> None:
        """Raises Malformed with everything that was found."""
        if self.errors:
            raise Malformed(*self.errors, *self.warnings)


def is_plain(name: str) -> bool:
    return _PLAIN.fullmatch(name) is not None


def shown(name: str) -> str:
    return name if is_plain(name) else "a parameter (its name is not repeated here)"
