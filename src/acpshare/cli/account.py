"""The account of one translation: what was read, what was written, what became of everything; for eyes and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from acpshare.cli.ending import Ending
from acpshare.cli.screen import counted, errors, show_issues, show_table
from acpshare.outcome import Issue, Ledger, LedgerEntry, LedgerOutcome

CARRIED_WHOLE = frozenset({LedgerOutcome.EQUAL, LedgerOutcome.EQUIVALENT, LedgerOutcome.LEFT_BLANK})
_COLUMNS = ("item", "element", "what became of it", "why")


@dataclass(frozen=True, slots=True)
class Account:
    """`read` says how the source form went into the plan, `written` how the plan went into the target form."""

    source: str
    target: str
    read: Ledger
    written: Ledger
    issues: tuple[Issue, ...]
    refused: bool = False

    @property
    def ending(self) -> Ending:
        if self.refused:
            return Ending.UNSAFE
        whole = all(each.outcome in CARRIED_WHOLE for each in (*self.read.entries, *self.written.entries))
        return Ending.DONE if whole else Ending.NOT_ALL_CARRIED

    def show(self) -> None:
        """On standard error. What the plan says nothing about is only counted; the JSON has it."""
        console = errors()
        ledgers = [(f"read from {self.source}", self.read), (f"written to {self.target}", self.written)]
        for title, ledger in ledgers[: 1 if self.refused else 2]:
            rows = [_row(entry) for entry in ledger.entries if entry.outcome is not LedgerOutcome.LEFT_BLANK]
            console.print(f"{title}: {_summary(ledger.entries)}")
            if rows:
                show_table(console, _COLUMNS, rows)
        said = [issue for issue in dict.fromkeys(self.issues) if issue.severity != "information"]
        if notices := [issue for issue in said if not issue.is_error]:
            console.print("To be noticed:")
            show_issues(console, notices)
        if self.refused:
            console.print(f"Refused, because it would not be safe. No {self.target} was written:")
            show_issues(console, [issue for issue in said if issue.is_error])

    def as_json(self) -> dict[str, object]:
        return {
            "from": self.source,
            "to": self.target,
            "read": [_entry(entry) for entry in self.read.entries],
            "written": [_entry(entry) for entry in self.written.entries],
            "issues": [_issue(issue) for issue in dict.fromkeys(self.issues)],
        }


def _summary(entries: Sequence[LedgerEntry]) -> str:
    counts = {outcome: sum(entry.outcome is outcome for entry in entries) for outcome in LedgerOutcome}
    found = [f"{number} {outcome}" for outcome, number in counts.items() if number]
    return f"{counted(len(entries), 'entry', 'entries')} ({', '.join(found)})" if found else "nothing"


def _row(entry: LedgerEntry) -> tuple[str, ...]:
    outcome = f"{entry.outcome} ({entry.rule})" if entry.rule else str(entry.outcome)
    return (entry.item or "-", entry.element or "-", outcome, entry.reason)


def _entry(entry: LedgerEntry) -> dict[str, str]:
    parts = {
        "outcome": entry.outcome.value,
        "element": entry.element,
        "item": entry.item,
        "reason": entry.reason,
        "rule": entry.rule,
        "row": entry.row,
    }
    return {name: part for name, part in parts.items() if part}


def _issue(issue: Issue) -> dict[str, object]:
    return dict(_parts(issue))


def _parts(issue: Issue) -> Iterator[tuple[str, object]]:
    yield "severity", issue.severity.value
    yield "code", issue.code.value
    yield "diagnostics", issue.diagnostics
    if issue.expression:
        yield "expression", list(issue.expression)
    if issue.rule:
        yield "rule", issue.rule
