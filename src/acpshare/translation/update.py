"""`update`: take an edited view back into the plan. Only what was edited changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from acpshare.forms import FormResponse, ResponseItem
from acpshare.outcome import Issue, IssueType, Ledger, LedgerEntry, LedgerOutcome, error
from acpshare.plan import CATALOGUE, Plan, get, is_stated, put
from acpshare.plan.answers import CARRIED, Answer, AnswerType, Residue
from acpshare.plan.decision import deciding_signatures, decision_date, is_cancelled
from acpshare.plan.record import Signature, SignatureRole
from acpshare.plan.values import YesNo
from acpshare.translation import carry
from acpshare.translation.check import check_response, said_by
from acpshare.translation.display import Display, display, is_hidden, value_for
from acpshare.translation.mapping import CompiledMapping
from acpshare.translation.read import in_order, read_entries, residue_in_order, residue_of
from acpshare.translation.result import Translation
from acpshare.translation.rows import ResidueRow, Row, Said, SignatureRow
from acpshare.translation.rows.base import at
from acpshare.translation.safety import plan_issues, refusals
from acpshare.translation.say import say

_DECIDING = frozenset({SignatureRole.AUTHOR, SignatureRole.SENIOR, SignatureRole.CPR, SignatureRole.FOCUS})


@dataclass(slots=True)
class _Edit:
    """The edit as it is worked out, row by row."""

    plan: Plan
    changes: dict[str, Any] = field(default_factory=dict)
    signatures: dict[SignatureRole, tuple[Signature, ...]] = field(default_factory=dict)
    residue: dict[str, tuple[Residue, ...]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)
    under_other_law: list[Row] = field(default_factory=list)


def update(
    mapping: CompiledMapping, plan: Plan, response: FormResponse, today: date | None = None
) -> Translation[Plan]:
    """Take back a response that was written from `plan` and edited.

    Returns the plan with the edited elements changed and all else as it was, or None with every problem. `changes` are
    the paths that the edit changed; `signed` says that the edition was signed anew.
    """
    refused = refusals(mapping, plan, today)
    issues = refused or check_response(mapping, response)
    if any(issue.is_error for issue in issues):
        return Translation(None, issues, Ledger())
    shown = display(mapping, plan)
    edit = _Edit(plan, issues=list(issues))
    said = _own_answers(shown, said_by(mapping, response), edit)
    carried = [line for line in response.carried if not line.startswith(carry.BESIDE)]
    if carried and carried != shown.lines.get(CARRIED, []):
        edit.issues.append(_carried_changed(CARRIED))
    for row in mapping.rows:
        _take(mapping, row, shown, said, edit)
    if any(issue.is_error for issue in edit.issues):
        return Translation(None, tuple(edit.issues), Ledger(tuple(edit.entries)))
    signed = _is_signed(mapping, edit)
    after = _apply(mapping, edit, signed=signed)
    relabelled = () if signed else tuple(_other_law_edited(row) for row in edit.under_other_law)
    decided = tuple(_date_of_another_decision(plan, after)) if signed else tuple(only_by_signing(plan, after))
    found = (*edit.issues, *relabelled, *decided, *refusals(mapping, after, today), *plan_issues(after, today))
    unsafe = any(issue.is_error for issue in found)
    changes = frozenset(path for path in CATALOGUE if get(plan, path) != get(after, path))
    return Translation(None if unsafe else after, found, Ledger(tuple(edit.entries)), changes, signed)


def _carried_changed(link_id: str) -> Issue:
    what = f"item {link_id}: text carried from the plan was changed; change it on a form that has a box for it"
    return error(IssueType.BUSINESS_RULE, what, at(link_id), rule="SR17")


def _own_answers(shown: Display, said: Said, edit: _Edit) -> Said:
    """What was said without the text that the service carried into it."""
    own = dict(said)
    for link in shown.mapping.carriers:
        lines = shown.lines.get(link, [])
        items = said.get(link, ())
        if not items or not lines:
            continue
        text, untouched = carry.split(items[0].answers[0].value, lines)
        if not untouched:
            edit.issues.append(_carried_changed(link))
        own[link] = () if text is None else (ResponseItem(link, (Answer(AnswerType.STRING, text),)),)
    return own


def _take(mapping: CompiledMapping, row: Row, shown: Display, said: Said, edit: _Edit) -> None:
    """Take one row's edit, if its answers differ from what was shown."""
    if row.normalise(said) == row.normalise(shown.shown):
        edit.entries.extend(_not_edited(row, said))
        return
    before = value_for(row, edit.plan)
    reading = row.merge(before, shown.shown, said)
    if is_hidden(row, mapping, edit.plan):
        edit.under_other_law.append(row)
    elif reading.value == before and not reading.issues:  # the same said in another way: an option without its display
        edit.entries.extend(_not_edited(row, said))
        return
    edit.issues.extend(reading.issues)
    edit.entries.extend(read_entries(row, said) or [_removed(row)])
    if isinstance(row, SignatureRow):
        edit.signatures[row.role] = reading.value
    elif isinstance(row, ResidueRow):
        edit.residue[row.item.link_id] = residue_of(row, reading.value)
    else:
        edit.changes[row.element] = reading.value


def only_by_signing(before: Plan, after: Plan) -> Iterator[Issue]:
    """What no correction can do: bring a cancelled plan back, widen a refusal because a box was cleared, or date anew
    what was signed.
    """
    if is_cancelled(before) and not is_cancelled(after):
        what = (
            "the plan is cancelled, and the cancellation was taken out: only a newly signed form can bring it back "
            "(a cancellation recorded by mistake is put right by recording the form anew)"
        )
        yield error(IssueType.BUSINESS_RULE, what, "cancellation", rule="SR10")
    old, new = before.cpr.decision, after.cpr.decision
    if old is not None and new is not None and old.condition is not None and new.kind is old.kind and not new.condition:
        what = "the circumstances of the CPR decision were taken out: only a newly signed form can decide so"
        yield error(IssueType.BUSINESS_RULE, what, "cpr.decision", rule="SR6")

    was, now = (decision_date(each) for each in (before, after))
    if deciding_signatures(before) and old is not None and new is not None and was and was[0] != (now and now[0]):
        what = (
            "the date of a signed CPR decision was changed, and the newest date wins among a person's forms: only a "
            "newly signed form can date it"
        )
        yield error(IssueType.BUSINESS_RULE, what, "cpr.decided_on", rule="SR10")


def _not_edited(row: Row, said: Said) -> list[LedgerEntry]:
    return [
        LedgerEntry(each.outcome, each.element, each.item, "not edited", each.row) for each in read_entries(row, said)
    ]


def _date_of_another_decision(before: Plan, after: Plan) -> Iterator[Issue]:
    """The newest decision date wins (SR10), so a new CPR decision must not bear the date of the one before it."""
    dated = before.cpr.decided_on is not None and after.cpr.decided_on == before.cpr.decided_on
    if dated and before.cpr.decision is not None and after.cpr.decision not in (None, before.cpr.decision):
        what = "the CPR decision was changed and signed, but its date is still that of the earlier decision"
        yield error(IssueType.BUSINESS_RULE, what, "cpr.decided_on", rule="SR10")


def _removed(row: Row) -> LedgerEntry:
    return LedgerEntry(LedgerOutcome.LEFT_BLANK, row.element, row.items[0], "taken out by the edit", row.place)


def _is_signed(mapping: CompiledMapping, edit: _Edit) -> bool:
    """Whether this edition was signed anew: for the first time on a plan made elsewhere, by another author, or beside
    another CPR decision.
    """
    for role, signatures in edit.signatures.items():
        if role not in _DECIDING or not any(each.signed or each.date for each in signatures):
            continue  # a name alone is somebody who has yet to sign
        if edit.plan.record.form != mapping.id:
            return True
        held = [each for each in edit.plan.signatures if each.form == mapping.id and each.role is role]
        if "cpr.decision" in edit.changes and any(each.signed or each.date for each in set(signatures) - set(held)):
            return True
        if held and role in (SignatureRole.AUTHOR, SignatureRole.CPR) and not set(held) <= set(signatures):
            return True
    return False


def _apply(mapping: CompiledMapping, edit: _Edit, *, signed: bool) -> Plan:
    if not (edit.changes or edit.signatures or edit.residue):
        return edit.plan
    changes = dict(edit.changes)
    others = [] if signed else [each for each in edit.plan.signatures if each.form != mapping.id]
    own = [each for each in edit.plan.signatures if each.form == mapping.id and each.role not in edit.signatures]
    new = [each for signatures in edit.signatures.values() for each in signatures]
    changes["signatures"] = in_order([*others, *own, *new])
    kept = [each for each in edit.plan.residue if each.form != mapping.id or each.item not in edit.residue]
    residue = [*kept, *(each for said in edit.residue.values() for each in said)]
    if signed:
        residue += _other_law(mapping, edit, changes)
        changes["record.form"] = mapping.id
        changes["record.jurisdiction"] = mapping.definition.jurisdiction
        changes["record.amended_since_signed"] = changes["record.cpr_amended_since_signed"] = None
        if not any(row.element == "cpr.decided_on" for row in mapping.rows):
            # the date is another form's: what is signed here was decided when it was signed (SR10)
            changes["cpr.decided_on"] = None
    elif edit.changes and edit.plan.signatures:
        changes["record.amended_since_signed"] = YesNo.YES
        if changes.get("cpr.decision", edit.plan.cpr.decision) != edit.plan.cpr.decision:
            changes["record.cpr_amended_since_signed"] = YesNo.YES
    changes["residue"] = residue_in_order(residue)
    return put(edit.plan, changes)


def _other_law(mapping: CompiledMapping, edit: _Edit, changes: dict[str, Any]) -> list[Residue]:
    """When a form of another law is signed, what was stated under the first law is kept as its own words (SR16)."""
    kept: list[Residue] = []
    for row in mapping.rows:
        if (
            not is_hidden(row, mapping, edit.plan)
            or isinstance(row, SignatureRow | ResidueRow)
            or row.element in changes
        ):
            continue
        value = get(edit.plan, row.element)
        if is_stated(value):
            element = CATALOGUE[row.element]
            said = tuple(Answer(AnswerType.STRING, line) for line in say(element, value))
            kept.append(
                Residue(edit.plan.record.form or "", row.element, element.label, (ResponseItem(row.element, said),))
            )
            changes[row.element] = type(value)() if isinstance(value, tuple) else None
    return kept


def _other_law_edited(row: Row) -> Issue:
    what = "this item speaks of another capacity law than the plan's: only a newly signed form can state it"
    return error(IssueType.BUSINESS_RULE, what, at(row.items[0]), rule="SR16")
