"""The ledger as issues, so that a client that reads only an OperationOutcome misses nothing."""

from __future__ import annotations

from acpshare.outcome import Issue, IssueType, Ledger, LedgerEntry, LedgerOutcome, Severity

_SEVERITY = {
    LedgerOutcome.EQUIVALENT: Severity.INFORMATION,
    LedgerOutcome.WIDER: Severity.INFORMATION,
    LedgerOutcome.NARROWER: Severity.WARNING,
    LedgerOutcome.INEXACT: Severity.WARNING,
    LedgerOutcome.RESIDUE: Severity.INFORMATION,
    LedgerOutcome.CANNOT_SAY: Severity.WARNING,
    LedgerOutcome.BLOCKED: Severity.WARNING,
    LedgerOutcome.LEFT_BLANK: Severity.INFORMATION,
}


def ledger_issues(ledger: Ledger) -> tuple[Issue, ...]:
    """An issue for every entry that is not `equal`; a refusal is an error of the translation itself."""
    return tuple(_issue(entry) for entry in ledger.entries if entry.outcome is not LedgerOutcome.EQUAL)


def _issue(entry: LedgerEntry) -> Issue:
    what = " and ".join(part for part in (entry.element, f"item {entry.item}" if entry.item else None) if part)
    text = f"{entry.outcome.value}: {what}" + (f" ({entry.reason})" if entry.reason else "")
    places = tuple(part for part in (entry.item, entry.element) if part)
    return Issue(_SEVERITY[entry.outcome], IssueType.INFORMATIONAL, text, places, entry.rule)
