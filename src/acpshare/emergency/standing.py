"""Which of a person's plans stand: in force, superseded or cancelled, and which of them is the current one (SR10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from acpshare.emergency.record import PlanOnRecord, decision_date
from acpshare.plan.decision import deciding_signatures, is_cancelled


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's plans, each group with the newest decision first."""

    in_force: tuple[PlanOnRecord, ...] = ()
    superseded: tuple[PlanOnRecord, ...] = ()
    cancelled: tuple[PlanOnRecord, ...] = ()
    late_cancellations: tuple[PlanOnRecord, ...] = ()
    """Cancelled plans with a CPR decision, whose cancellation may be later than the CPR decision that is in force."""
    future: tuple[PlanOnRecord, ...] = ()
    """Plans in force whose decision date has not come yet: a slip of the pen, or of the clock."""

    @property
    def current(self) -> PlanOnRecord | None:
        return self.in_force[0] if self.in_force else None

    @property
    def everything(self) -> tuple[PlanOnRecord, ...]:
        return self.in_force + self.superseded + self.cancelled


def standing(plans: Sequence[PlanOnRecord], today: date) -> Standing:
    """Sort a person's plans. Nothing is repaired: plans in force that disagree stay in force together."""
    ordered = newest_first(plans)
    superseded = _superseded(ordered)
    cancelled = tuple(each for each in ordered if is_cancelled(each.plan))
    in_force = tuple(each for each in ordered if each.plan_id not in superseded and not is_cancelled(each.plan))
    return Standing(
        in_force,
        tuple(each for each in ordered if each.plan_id in superseded and not is_cancelled(each.plan)),
        cancelled,
        _late_cancellations(in_force, cancelled),
        tuple(each for each in in_force if decision_date(each).earliest > today),
    )


def newest_first(plans: Sequence[PlanOnRecord]) -> tuple[PlanOnRecord, ...]:
    """Newest decision first. Ties are in the order of recording, only so that the order is always the same."""
    return tuple(
        sorted(plans, key=lambda each: (decision_date(each).latest, each.recorded_at, each.plan_id), reverse=True)
    )


def undecided_order(plans: Sequence[PlanOnRecord]) -> tuple[PlanOnRecord, ...]:
    """The plans of which none is certainly older than another: the newest, or all that share its day."""
    return tuple(each for each in plans if not any(decision_date(each).before(decision_date(other)) for other in plans))


def outdated(standing: Standing) -> frozenset[str]:
    """The plans in force whose CPR decision a certainly newer form in force has decided otherwise (SR10).

    They stay in force for all else that they say; but an alert that says one thing beside one that says the other is
    read by whoever looks at either.
    """
    deciding = [each for each in standing.in_force if each.plan.cpr.decision is not None]
    return frozenset(
        older.plan_id
        for older in deciding
        for newer in deciding
        if newer.plan.cpr.decision != older.plan.cpr.decision and decision_date(older).before(decision_date(newer))
    )


def _superseded(plans: Sequence[PlanOnRecord]) -> frozenset[str]:
    """All that a plan which nobody replaced takes the place of. Plans in a ring of replacements all stay in force."""
    known = {each.plan_id for each in plans}
    under = {newer.plan_id: {older.plan_id for older in plans if _supersedes(newer, older)} for newer in plans}
    replaced_elsewhere = {each.plan_id for each in plans if each.replaced_by and each.replaced_by not in known}
    below = set().union(*under.values())
    found = set(replaced_elsewhere)
    waiting = [plan_id for plan_id in known if plan_id not in below or plan_id in replaced_elsewhere]
    while waiting:
        fresh = under[waiting.pop()] - found
        found |= fresh
        waiting.extend(fresh)
    return frozenset(found)


def _supersedes(newer: PlanOnRecord, older: PlanOnRecord) -> bool:
    """Whether `newer` takes the place of `older`: it says so, or it is a later form of the same family.

    A replacement that was decided before what it replaces does not (SR10). Unless it says so, a form that nobody signed
    does not take the place of one that somebody signed (R3): both stay, and where they disagree it is shown.
    """
    if newer.plan_id == older.plan_id:
        return False
    new, old = decision_date(newer), decision_date(older)
    if newer.replaces == older.plan_id or older.replaced_by == newer.plan_id:
        return not new.before(old)
    unsigned = not deciding_signatures(newer.plan) and bool(deciding_signatures(older.plan))
    return newer.family == older.family and old.before(new) and not unsigned


def _late_cancellations(
    in_force: Sequence[PlanOnRecord], cancelled: Sequence[PlanOnRecord]
) -> tuple[PlanOnRecord, ...]:
    shown = next((each for each in in_force if each.plan.cpr.decision), None)
    if shown is None:
        return ()
    decided = decision_date(shown).earliest.isoformat()
    return tuple(
        each
        for each in cancelled
        if each.plan.cpr.decision
        and (
            each.plan.cancellation.on is None or each.plan.cancellation.on >= decided[: len(each.plan.cancellation.on)]
        )
    )
