"""`read`: from a filled form to a plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from acpshare.forms import Answer, AnswerType, FormResponse, ResponseItem
from acpshare.outcome import Issue, IssueType, Ledger, LedgerEntry, LedgerOutcome, error, information
from acpshare.plan import Plan, put, stated
from acpshare.plan.answers import CARRIED, Residue
from acpshare.plan.record import Signature, SignatureRole
from acpshare.translation import carry
from acpshare.translation.check import check_response, said_by
from acpshare.translation.mapping import CompiledMapping
from acpshare.translation.result import Translation
from acpshare.translation.rows import ResidueRow, Row, Said, SignatureRow
from acpshare.translation.safety import age_issues, plan_issues

_ROLES = list(SignatureRole)


def read(mapping: CompiledMapping, response: FormResponse, today: date | None = None) -> Translation[Plan]:
    """Take what a filled form says into a new plan.

    Returns the plan, or None with every problem: an answer that does not fit the form, or that a safety rule forbids.
    `today` is the day against which ages and review dates are held.
    """
    issues = list(check_response(mapping, response))
    if any(issue.is_error for issue in issues):
        return Translation(None, tuple(issues), Ledger())
    said, carried = _own_answers(mapping, response)
    changes: dict[str, Any] = {"record.form": mapping.id, "record.jurisdiction": mapping.definition.jurisdiction}
    signatures: list[Signature] = []
    residue: list[Residue] = list(carried_residue(mapping.id, carried))
    entries: list[LedgerEntry] = []
    for row in mapping.rows:
        reading = row.read(said)
        issues.extend(reading.issues)
        if isinstance(row, SignatureRow):
            signatures.extend(reading.value)
        elif isinstance(row, ResidueRow):
            residue.extend(residue_of(row, reading.value))
        else:
            changes[row.element] = reading.value if reading.value is not None else changes.get(row.element)
        entries.extend(read_entries(row, said))
    if carried:
        issues.append(
            information(IssueType.INFORMATIONAL, "text carried from an earlier translation is kept as it is", CARRIED)
        )
        entries.append(LedgerEntry(LedgerOutcome.RESIDUE, "residue", CARRIED, "carried from an earlier translation"))
    if any(issue.is_error for issue in issues):
        return Translation(None, tuple(issues), Ledger(tuple(entries)))
    changes |= {"signatures": in_order(signatures), "residue": residue_in_order(residue)}
    plan = put(Plan(), {path: value for path, value in changes.items() if value is not None})
    issues.extend((*_blank(mapping, plan), *age_issues(mapping.definition, plan, today), *plan_issues(plan, today)))
    unsafe = any(issue.is_error for issue in issues)
    return Translation(None if unsafe else plan, tuple(issues), Ledger(tuple(entries)))


def _blank(mapping: CompiledMapping, plan: Plan) -> Iterator[Issue]:
    """A form that says "do not attempt CPR" by existing says nothing while it is blank but for the person (SR4)."""
    by_existing = {row.element for row in mapping.rows if getattr(row, "always", False)}
    if not by_existing or plan.cpr.decision is None or plan.cpr.decision.condition is not None:
        return
    said = (
        element.path
        for element, _ in stated(plan)
        if element.path not in (*by_existing, "record.form", "record.jurisdiction")
        and not element.path.startswith("person.")
    )
    if next(said, None) is None:
        what = (
            f"{mapping.id} is not filled in: beside the person it says nothing, no reason, no date and no signature. "
            "A blank DNACPR form is no decision"
        )
        yield error(IssueType.BUSINESS_RULE, what, "cpr.decision", rule="SR4")


def _own_answers(mapping: CompiledMapping, response: FormResponse) -> tuple[Said, tuple[str, ...]]:
    """What was said, apart from the text that an earlier translation carried: that is nobody's answer to any item."""
    said, carried = dict(said_by(mapping, response)), list[str]()
    for link in (link for link in mapping.items if link in mapping.carriers and link in said):
        own, lines = carry.take_out(said[link][0].answers[0].value)
        if lines:
            said[link] = () if own is None else (ResponseItem(link, (Answer(AnswerType.STRING, own),)),)
            carried += lines
    return said, (*carried, *response.carried)


def read_entries(row: Row, said: Said) -> list[LedgerEntry]:
    """The ledger's entries of one row: one for each answered item, or for what the form says by existing."""
    outcome = LedgerOutcome.RESIDUE if isinstance(row, ResidueRow) else row.equivalence
    reason = row.reason if isinstance(row, ResidueRow) else row.why
    links = [link for link in row.items if said.get(link)]
    if not row.items or (not links and getattr(row, "always", False)):
        return [LedgerEntry(outcome, row.element, None, "the form says it by existing", row.place)]
    return [LedgerEntry(outcome, row.element, link, reason, row.place) for link in links]


def residue_of(row: ResidueRow, said: tuple[ResponseItem, ...]) -> tuple[Residue, ...]:
    return (Residue(row.form, row.item.link_id, row.item.text, said),) if said else ()


def carried_residue(form: str, carried: tuple[str, ...]) -> tuple[Residue, ...]:
    """Carried text that came with a form read on its own: nobody's answer, and not to be dropped (SR17)."""
    if not carried:
        return ()
    said = ResponseItem(CARRIED, tuple(Answer(AnswerType.STRING, line) for line in carried))
    return (Residue(form, CARRIED, "Carried text", (said,)),)


def in_order(signatures: list[Signature]) -> tuple[Signature, ...]:
    """Signatures by edition and place; within one place as they were signed."""
    return tuple(sorted(signatures, key=lambda each: (each.form, _ROLES.index(each.role))))


def residue_in_order(residue: list[Residue]) -> tuple[Residue, ...]:
    return tuple(sorted(residue, key=lambda each: (each.form, each.item)))
