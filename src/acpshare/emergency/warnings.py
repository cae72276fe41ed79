"""What a crew must know beside what the plan says. A warning never hides a plan (SR14) and repairs nothing (SR2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from acpshare.emergency import words
from acpshare.emergency.conflicts import contradictions, disagreements
from acpshare.emergency.cpr import deciding_plan, is_overdue
from acpshare.emergency.legal import NO_ADVANCE_DECISION, NO_REFUSAL_OF_CPR, RETRACTED, may_refuse_cpr
from acpshare.emergency.record import decision_date
from acpshare.emergency.sections import carried_lines, label_of
from acpshare.emergency.standing import Standing
from acpshare.emergency.view import CprShown, CprView, Endorsement, LegalView, ViewWarning
from acpshare.plan.decision import deciding_signatures, is_changed_unsigned
from acpshare.plan.person import Person
from acpshare.plan.record import RecordSource
from acpshare.plan.values import FhirDate, ReviewKind, YesNo


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a warning may depend on."""

    standing: Standing
    today: date
    person: Person | None
    cpr: CprView
    legal: LegalView
    notices: tuple[ViewWarning, ...] = ()
    """What is on record beside the plans."""


def warnings(situation: Situation) -> tuple[ViewWarning, ...]:
    """Every warning that applies, the most urgent kind first."""
    found = (ViewWarning(code, text) for rule in _RULES for code, text in rule(situation))
    return tuple(dict.fromkeys(found))


Found = Iterator[tuple[str, str]]


def _not_in_force(now: Situation) -> Found:
    if not now.standing.everything:
        yield "no-plan-recorded", "No plan is recorded here. One may exist elsewhere: look for forms with the person."
    elif not now.standing.in_force:
        yield (
            "none-in-force",
            "No form is in force. What is recorded was cancelled or replaced: look for the newest form.",
        )


def _disagree(now: Situation) -> Found:
    yield from disagreements(now.standing)
    for each in now.standing.late_cancellations:
        yield (
            "cancelled-later",
            (
                f"{each.title}: a CPR decision was cancelled{_on(each.plan.cancellation.on)}, not before the decision "
                "shown here was made. Check which one stands."
            ),
        )


def _records_disagree(now: Situation) -> Found:
    for each in now.standing.in_force:
        for conflict in each.conflicts:
            yield (
                conflict.code,
                (
                    f"{each.title}: its records disagree: {conflict.text}. Nothing was changed to fit: "
                    "ask, and look for the original."
                ),
            )
    for notice in now.notices:
        yield notice.code, notice.text


def _refusal(now: Situation) -> Found:
    if may_refuse_cpr(now.legal) and (now.cpr.decision is not CprShown.DO_NOT_ATTEMPT or now.cpr.conditional):
        yield (
            "advance-decision-cpr",
            (
                "An advance decision that refuses CPR, or may, is recorded. If valid and applicable it is binding: "
                "read it below."
            ),
        )
    denied = any(each.label in (NO_ADVANCE_DECISION, NO_REFUSAL_OF_CPR) for each in now.legal.statements)
    standing = [each for each in now.legal.advance_decisions if each.status != RETRACTED]
    if denied and (standing or may_refuse_cpr(now.legal)):
        yield "conflict-legal", "A form says that there is no advance decision, but one is recorded. Both are shown."
    if standing and any(each.status == RETRACTED for each in now.legal.advance_decisions):
        yield (
            "advance-decision-retraction",
            (
                "A retraction of an advance decision is recorded, and an advance decision that is not marked as "
                "retracted. Find out which one was retracted before you rely on either."
            ),
        )
    made = [each.made_on for each in standing if each.made_on]
    powers = [each.appointed_on for each in now.legal.attorneys if each.appointed_on and each.status != RETRACTED]
    if made and powers and max(powers) > min(made):
        yield (
            "attorney-after-advance-decision",
            "An attorney was appointed after the advance decision was made: which one applies is a legal question.",
        )


def _overdue(now: Situation) -> Found:
    for each in now.standing.in_force:
        review = each.plan.review
        if is_overdue(review, now.today) and review and review.date:
            yield (
                "review-overdue",
                (
                    f"REVIEW OVERDUE: {each.title} was to be reviewed by {words.in_words(review.date)}. "
                    "It is not cancelled by that."
                ),
            )
        elif review and review.kind is ReviewKind.BY_DATE and not review.date:
            yield "review-undated", f"{each.title} is to be reviewed, but no review date is written on it."


def _earlier_form(now: Situation) -> Found:
    current = now.standing.current
    if current is None:
        return
    if now.cpr.stated_on and current.plan.cpr.decision is None:
        yield (
            "cpr-from-earlier-form",
            (
                f"The CPR decision comes from an earlier form that is still in force: {now.cpr.stated_on}. "
                "The newest form records no CPR decision."
            ),
        )
    ended = any(each.plan.cpr.decision for each in now.standing.superseded + now.standing.cancelled)
    if ended and now.cpr.decision is CprShown.NO_DECISION_RECORDED:
        yield (
            "cpr-decision-ended",
            (
                "A form that is no longer in force recorded a CPR decision; the newest form records none. "
                "Nothing shows that anybody decided anew: ask."
            ),
        )


def _contradict(now: Situation) -> Found:
    yield from contradictions(now.standing, now.cpr)
    adult = _turned_18(now)
    if now.cpr.decision is CprShown.MODIFIED and adult and adult <= now.today:
        yield (
            "modified-cpr-adult",
            "Modified CPR is for children only, and this person is 18 or older. It needs review.",
        )


def _turned_18(now: Situation) -> date | None:
    people = [now.person, *(each.plan.person for each in now.standing.everything)]
    return next((eighteenth(each.birth_date) for each in people if each and each.birth_date), None)


def eighteenth(birth_date: FhirDate) -> date | None:
    """The 18th birthday of somebody whose full date of birth is known (in March for 29 February)."""
    if len(birth_date) != 10:
        return None
    born = date.fromisoformat(birth_date)
    if born.year > 9980:
        return None
    leap_day = (born.month, born.day) == (2, 29)
    return date(born.year + 18, 3, 1) if leap_day else born.replace(year=born.year + 18)


def _signatures(now: Situation) -> Found:
    for each in now.standing.in_force:
        signed = bool(deciding_signatures(each.plan))
        other_form = any(signature.form != each.plan.record.form for signature in each.plan.signatures)
        if not signed and other_form and each.plan.record.form:
            yield (
                "signed-elsewhere",
                f"{each.title}: not signed itself. Another form was signed: look for that original.",
            )
        elif not signed:
            yield "unsigned", f"{each.title}: no clinician's signature is recorded."
        if is_changed_unsigned(each.plan):
            yield (
                "cpr-changed-since-signed",
                (
                    f"{each.title}: the CPR decision was changed after the form was signed, and nobody has signed the "
                    "one that is recorded now. Look for the original."
                ),
            )
        elif each.plan.record.amended_since_signed is YesNo.YES:
            yield "changed-since-signed", f"{each.title} was changed after it was signed, and was not signed again."
    if now.cpr.endorsement is Endorsement.PENDING:
        yield (
            "endorsement-pending",
            "Endorsement pending: no senior clinician's signature is recorded for the CPR decision. It stays visible.",
        )


def _carried(now: Situation) -> Found:
    for each in now.standing.in_force:
        if carried_lines(each.plan):
            yield (
                "carried-text",
                (
                    f"{label_of(each)} came as a translation of another form, with text that its own boxes do not say: "
                    "read it below. It is not counted as a decision here."
                ),
            )


def _limits(now: Situation) -> Found:
    for each in now.standing.in_force:
        if each.plan.record.valid_in_community is YesNo.NO:
            yield "not-valid-in-community", f"{each.title} says that it is not valid outside hospital."
        if each.plan.record.source is RecordSource.TRANSCRIBED:
            yield "transcribed", f"{each.title} was copied here from paper. The paper form is the original."
        dated = decision_date(each)
        if dated.by is None:
            yield "undated", f"{each.title} bears no date."
        elif each in now.standing.future and dated.stated:
            yield "future-dated", f"{each.title} bears a date that has not come yet: {words.in_words(dated.stated)}."


def _told(now: Situation) -> Found:
    found = deciding_plan(now.standing)
    if found is None:
        return
    aware = found[0].plan.awareness
    if aware.person_aware is YesNo.NO:
        yield "person-not-told", "The form says that the person has not been told of the CPR decision."
    if aware.family_informed is YesNo.NO:
        yield "family-not-told", "The form says that the family has not been told of the CPR decision."


def _identity(now: Situation) -> Found:
    people = [*([now.person] if now.person else []), *(each.plan.person for each in now.standing.everything)]
    compared: tuple[tuple[str, Callable[[Person], str | None]], ...] = (
        ("names", lambda each: " ".join(each.full_name.casefold().split()) if each.full_name else None),
        ("dates of birth", lambda each: each.birth_date),
        ("NHS numbers", lambda each: each.nhs_number),
    )
    differing = [label for label, of in compared if len({said for each in people if (said := of(each))}) > 1]
    if differing:
        yield (
            "identity-differs",
            f"Forms give different {' and '.join(differing)}. Make sure that this is the right person.",
        )
    if died := next((each.plan.record.died_on for each in now.standing.everything if each.plan.record.died_on), None):
        yield "died", f"A form records that this person died on {words.in_words(died)}."


def _history(now: Situation) -> Found:
    for each in now.standing.cancelled:
        yield "cancelled", f"CANCELLED{_on(each.plan.cancellation.on)}, not in force: {each.title}."
    for each in now.standing.superseded:
        yield "superseded", f"Replaced by a newer form, not in force: {label_of(each)}."
    if len(now.standing.in_force) > 1:
        forms = "; ".join(label_of(each) for each in now.standing.in_force)
        yield "several-forms", f"{len(now.standing.in_force)} forms are in force: {forms}."


def _on(day: FhirDate | None) -> str:
    return f" on {words.in_words(day)}" if day else ""


_RULES: tuple[Callable[[Situation], Found], ...] = (
    _not_in_force,
    _disagree,
    _records_disagree,
    _refusal,
    _overdue,
    _carried,
    _limits,
    _earlier_form,
    _contradict,
    _identity,
    _signatures,
    _told,
    _history,
)
