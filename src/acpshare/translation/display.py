"""What a plan shows on one form: its answers, what could not be said and where that is carried, with the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from acpshare.forms import Item, ItemType, ResponseItem
from acpshare.outcome import LedgerEntry, LedgerOutcome
from acpshare.plan import CATALOGUE, Plan, get, is_stated, stated
from acpshare.plan.answers import CARRIED, Residue
from acpshare.plan.decision import is_cancelled, is_changed_unsigned
from acpshare.plan.record import Signature
from acpshare.plan.values import YesNo
from acpshare.translation import carry
from acpshare.translation.check import is_enabled
from acpshare.translation.mapping import SERVICE_OWNED, CompiledMapping
from acpshare.translation.rows import ResidueRow, Row, SameRow, SignatureRow, Unsaid, Writing
from acpshare.translation.rows.base import one, said_value
from acpshare.translation.safety import is_other_jurisdiction
from acpshare.translation.say import say, say_residue, say_signature

INVERSE = {LedgerOutcome.WIDER: LedgerOutcome.NARROWER, LedgerOutcome.NARROWER: LedgerOutcome.WIDER}
_CANCELLED = "CANCELLED: what this plan says no longer stands. Strike through every copy."
_CPR_ONLY = "The form that it was made on is about CPR only: all other appropriate treatment and care is to be given."
"""SR1."""
_CHANGED = "This plan was changed after it was signed. What was changed is not signed."
_CPR_CHANGED = (
    "The CPR decision was changed after the form was signed. Nobody has signed the decision that is shown here: "
    "the signatures and their dates are of another one."
)
"""SR7."""
_LAW_DIFFERS = Unsaid("capacity law differs where the plan was made, and its terms are not relabelled", "SR16")


@dataclass(slots=True)
class Display:
    """`shown` holds each row's own answers by linkId, without carried text; `lines` the carried text by linkId."""

    mapping: CompiledMapping
    shown: dict[str, tuple[ResponseItem, ...]] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    entries: list[LedgerEntry] = field(default_factory=list)

    def carry(self, path: str, lines: Iterable[str]) -> str:
        """Carry labelled lines for an element; returns the linkId that shows them."""
        into = self.mapping.into_of.get(path, CARRIED)
        self.lines.setdefault(into, []).extend(lines)
        return into

    def text_of(self, item: Item) -> tuple[ResponseItem, ...]:
        """A text item's answer with what is carried in it."""
        own = self.shown.get(item.link_id, ())
        text = carry.compose(own[0].answers[0].value if own else None, self.lines.get(item.link_id, ()))
        return own if text is None else one(item, text)


def value_for(row: Row, plan: Plan) -> Any:
    """What the plan holds for a row: an element, or this edition's own signatures or residue."""
    if isinstance(row, SignatureRow):
        return tuple(each for each in plan.signatures if each.form == row.form and each.role is row.role)
    if isinstance(row, ResidueRow):
        return next((each.said for each in plan.residue if each.form == row.form and each.item == row.item.link_id), ())
    return get(plan, row.element)


def is_hidden(row: Row, mapping: CompiledMapping, plan: Plan) -> bool:
    """Whether the row stays blank because its words belong to another law (SR16)."""
    return row.same_jurisdiction and is_other_jurisdiction(mapping.definition, plan)


def display(mapping: CompiledMapping, plan: Plan) -> Display:
    """Show a plan on a form; the form was found fit to be filled."""
    on = Display(mapping)
    if plan.record.form not in (None, mapping.id):
        banner = f"Translated view of a plan made on {plan.record.form}. It is not the signed form; it is not signed."
        on.lines[CARRIED] = [banner]
        if mapping.families.get(plan.record.form or "") == "dnacpr":
            on.lines[CARRIED].append(_CPR_ONLY)
    if plan.record.amended_since_signed is YesNo.YES:
        on.lines.setdefault(CARRIED, []).append(_CPR_CHANGED if is_changed_unsigned(plan) else _CHANGED)
    if is_cancelled(plan):
        on.lines.setdefault(CARRIED, []).append(_CANCELLED)
    written: list[tuple[Row, Any, Writing]] = []
    for row in mapping.rows:
        value = value_for(row, plan)
        if not is_stated(value):
            continue
        writing = Writing(unsaid=(_LAW_DIFFERS,)) if is_hidden(row, mapping, plan) else row.write(value)
        on.shown.update(writing.items)
        written.append((row, value, writing))
    for row, value, writing in written:
        _enter(on, row, value, _asked_only(on, row, writing))
    _enter_the_rest(on, plan)
    _take_out_half_answers(on)
    _enter_blanks(on, plan)
    return on


def _asked_only(on: Display, row: Row, writing: Writing) -> Writing:
    """The writing without answers to items that the form, as shown, does not ask."""
    missing = [link for link in writing.items if not is_enabled(on.mapping.items[link], on.shown)]
    if not missing:
        return writing
    for link in row.items:
        on.shown.pop(link, None)
    question = on.mapping.items[missing[0]].enable_when
    reason = f"the form asks this only after another answer to item {question.question if question else ''}"
    return Writing(unsaid=(*writing.unsaid, Unsaid(reason)))


def _enter(on: Display, row: Row, value: Any, writing: Writing) -> None:
    if isinstance(row, SignatureRow | ResidueRow):
        outcome = LedgerOutcome.RESIDUE if isinstance(row, ResidueRow) else LedgerOutcome.EQUAL
        on.entries.append(LedgerEntry(outcome, row.element, row.items[0], getattr(row, "reason", ""), row.place))
        for unsaid in writing.unsaid:
            into = on.carry(row.element, [say_signature(unsaid.part)])
            on.entries.append(LedgerEntry(LedgerOutcome.CANNOT_SAY, row.element, into, unsaid.reason, row.place))
        return
    if writing.items or not writing.unsaid:
        outcome = INVERSE.get(row.equivalence, row.equivalence)
        on.entries.append(LedgerEntry(outcome, row.element, row.items[0] if row.items else None, row.why, row.place))
    element = CATALOGUE[row.element]
    for unsaid in writing.unsaid:
        part = value if unsaid.part is None else unsaid.part
        lines = say(element, (part,) if element.columns and unsaid.part is not None else part)
        into = on.carry(row.element, lines)
        on.entries.append(
            LedgerEntry(LedgerOutcome.CANNOT_SAY, row.element, into, unsaid.reason, row.place, unsaid.rule)
        )


def _take_out_half_answers(on: Display) -> None:
    """An answer that would be misread without another, which the plan does not hold, is told in words instead (SR6)."""
    for item in on.mapping.conditional:
        needed = item.required_when
        if needed is None or on.shown.get(item.link_id) or said_value(on.shown, needed.question) not in needed.answers:
            continue
        row = on.mapping.row_of[needed.question]
        said = on.shown.pop(needed.question)
        residue = Residue(on.mapping.id, needed.question, on.mapping.items[needed.question].text, said)
        into = on.carry(row.element, say_residue(residue))
        reason = f"it would be misread without item {item.link_id}"
        on.entries.append(LedgerEntry(LedgerOutcome.CANNOT_SAY, row.element, into, reason, row.place, "SR6"))


def _enter_the_rest(on: Display, plan: Plan) -> None:
    """What the plan states and the form has no row for."""
    for element, value in stated(plan):
        if element.path in SERVICE_OWNED:
            continue
        why = on.mapping.why_not.get(element.path)
        if why is not None:
            into = on.carry(element.path, say(element, value))
            on.entries.append(
                LedgerEntry(LedgerOutcome.CANNOT_SAY, element.path, into, why.reason, why.place, why.rule)
            )
    signed = [each for each in plan.signatures if each.form != on.mapping.id]
    if signed:
        on.carry("signatures", [_provenance(each) for each in signed])
        reason = "signatures do not transfer; they are named as where the plan comes from"
        on.entries.append(LedgerEntry(LedgerOutcome.BLOCKED, "signatures", CARRIED, reason, rule="SR7"))
    for residue in plan.residue:
        if residue.form != on.mapping.id or not isinstance(on.mapping.row_of.get(residue.item), ResidueRow):
            on.carry("residue", _carried_before(residue))
            reason = f"it was said on {residue.form}, item {residue.item}, and no plan element holds it"
            on.entries.append(LedgerEntry(LedgerOutcome.CANNOT_SAY, "residue", CARRIED, reason))


def _provenance(signature: Signature) -> str:
    return f"{say_signature(signature)}. The signature does not transfer."


def _carried_before(residue: Residue) -> tuple[str, ...]:
    """Text that an earlier translation carried goes on as it is; other residue gets its label."""
    if residue.item == CARRIED:
        return tuple(answer.value for item in residue.said for answer in item.answers)
    return say_residue(residue)


def _enter_blanks(on: Display, plan: Plan) -> None:
    transferred = any(each.form != on.mapping.id for each in plan.signatures)
    for link, row in on.mapping.row_of.items():
        if on.shown.get(link) or (isinstance(row, SameRow) and link in on.lines):
            continue
        item = on.mapping.items[link]
        if item.type is ItemType.DISPLAY:
            continue
        if isinstance(row, SignatureRow) and transferred:
            on.entries.append(
                LedgerEntry(
                    LedgerOutcome.LEFT_BLANK,
                    "signatures",
                    link,
                    "not signed: a signature does not transfer",
                    row.place,
                    "SR7",
                )
            )
        else:
            on.entries.append(
                LedgerEntry(LedgerOutcome.LEFT_BLANK, row.element, link, "not stated, or not sayable here", row.place)
            )


__all__ = ["INVERSE", "Display", "display", "is_hidden", "value_for"]
