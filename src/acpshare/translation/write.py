"""`write`: show a plan as a form."""

from __future__ import annotations

from datetime import date

from acpshare.forms import FormResponse, Item, ItemType, ResponseItem
from acpshare.outcome import Issue, IssueType, Ledger, LedgerEntry, LedgerOutcome, warning
from acpshare.plan import Plan
from acpshare.plan.answers import CARRIED
from acpshare.plan.decision import is_cancelled
from acpshare.translation.display import Display, display
from acpshare.translation.mapping import CompiledMapping
from acpshare.translation.result import Translation
from acpshare.translation.safety import plan_issues, refusals


def write(mapping: CompiledMapping, plan: Plan, today: date | None = None) -> Translation[FormResponse]:
    """Show a plan as a filled form of one edition.

    Returns the response, or None where a safety rule forbids the form to be filled from this plan; the issues name the
    rule. What the form cannot say is in the ledger, and in the response as labelled text.
    """
    refused = refusals(mapping, plan, today)
    if refused:
        entries = tuple(
            LedgerEntry(LedgerOutcome.BLOCKED, issue.expression[0], None, issue.diagnostics, rule=issue.rule)
            for issue in refused
        )
        return Translation(None, refused, Ledger(entries))
    found = plan_issues(plan, today)
    if any(issue.is_error for issue in found):
        return Translation(None, found, Ledger())
    shown = display(mapping, plan)
    response = FormResponse(mapping.id, _build(mapping.definition.items, shown), tuple(shown.lines.get(CARRIED, ())))
    return Translation(response, (*_standing(plan), *found), Ledger(tuple(shown.entries)))


def _standing(plan: Plan) -> tuple[Issue, ...]:
    if not is_cancelled(plan):
        return ()
    return (
        warning(
            IssueType.BUSINESS_RULE,
            "the plan was cancelled: every copy of it is to be struck through",
            "cancellation",
            rule="SR10",
        ),
    )


def _build(items: tuple[Item, ...], shown: Display) -> tuple[ResponseItem, ...]:
    """The response's items in the order of the form."""
    built: list[ResponseItem] = []
    for item in items:
        if item.link_id in shown.mapping.carriers:
            built.extend(shown.text_of(item))
        elif item.type is ItemType.GROUP and item.link_id not in shown.mapping.row_of:
            inner = _build(item.items, shown)
            if inner:
                built.append(ResponseItem(item.link_id, items=inner))
        else:
            built.extend(shown.shown.get(item.link_id, ()))
    return tuple(built)
