"""The sections of the view other than CPR and legal, each statement from the newest plan in force that makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from acpshare.emergency import words
from acpshare.emergency.record import PlanOnRecord, decision_date
from acpshare.emergency.standing import Standing, undecided_order
from acpshare.emergency.view import (
    FocusView,
    FormInForce,
    Note,
    PersonView,
    Source,
    TreatmentShown,
    TreatmentView,
)
from acpshare.plan import CATALOGUE, Kind, Plan, get, is_stated
from acpshare.plan.answers import CARRIED
from acpshare.plan.care import Care, ClinicalFocus, LegacyFocus, OtherTreatment
from acpshare.plan.labels import label
from acpshare.plan.person import Person
from acpshare.plan.values import TreatmentDecision, TreatmentKind, YesNo

T = TypeVar("T")

SINGLE_TREATMENTS = tuple(
    path for path, each in CATALOGUE.items() if path.startswith("treatments.") and each.kind is Kind.STATEMENT
)
CAUTION = (TreatmentKind.FOR, TreatmentKind.CONDITIONAL, TreatmentKind.NOT_FOR)
"""Where forms of one day disagree, the least restrictive is shown, with the disagreement (decision 0032)."""

NOTES: tuple[tuple[str, str], ...] = (
    ("care.guidance", "Clinical guidance"),
    ("care.emergencies", "Foreseeable emergencies and first actions"),
    ("care.goals", "Goals of treatment"),
    ("care.appropriate", "Other treatments that are appropriate"),
    ("care.inappropriate", "Other treatments that are not appropriate"),
    ("condition.primary_diagnosis", "Main diagnosis"),
    ("condition.summary", "Condition and circumstances"),
)


def label_of(on_record: PlanOnRecord) -> str:
    """A form's title and its date, for people."""
    dated = decision_date(on_record).stated
    return f"{on_record.title}, {words.in_words(dated)}" if dated else f"{on_record.title}, undated"


def stated_on(on_record: PlanOnRecord, standing: Standing) -> str | None:
    return None if on_record is standing.current else label_of(on_record)


def newest(
    plans: Sequence[PlanOnRecord], value: Callable[[Plan], T | None], order: Callable[[T], int] | None = None
) -> tuple[PlanOnRecord, T] | None:
    """The statement of the newest plan that makes one; of several of one day, the first by `order`."""
    found = [(each, said) for each in plans if (said := value(each.plan)) is not None and is_stated(said)]
    if len(found) < 2:
        return found[0] if found else None
    latest = undecided_order([each for each, _ in found])
    shown = [(each, said) for each, said in found if each in latest]
    return min(shown, key=lambda pair: order(pair[1])) if order else shown[0]


def person_view(person: Person | None, standing: Standing) -> PersonView:
    """Who the record is about: as the caller knows them, then as the forms say, whatever became of the forms."""
    sources = [*([person] if person else []), *(each.plan.person for each in standing.everything)]

    def first(name: str) -> str | None:
        return next((value for each in sources if (value := getattr(each, name))), None)

    return PersonView(
        full_name=first("full_name"),
        preferred_name=first("preferred_name"),
        birth_date=first("birth_date"),
        nhs_number=first("nhs_number"),
        address=first("address"),
        phone=first("phone"),
        communication=tuple(_communication(standing.in_force)),
    )


def text_of(plans: Sequence[PlanOnRecord], path: str) -> str | None:
    found = newest(plans, lambda plan: get(plan, path))
    return str(found[1]) if found else None


def _communication(plans: Sequence[PlanOnRecord]) -> Iterator[str]:
    if language := text_of(plans, "communication.language"):
        yield f"Language: {language}"
    if text_of(plans, "communication.interpreter_needed") == YesNo.YES.value:
        yield "Interpreter needed"
    for path in ("communication.needs", "communication.disability"):
        if said := text_of(plans, path):
            yield said


def focus_view(standing: Standing) -> FocusView:
    focus: tuple[PlanOnRecord, ClinicalFocus | LegacyFocus] | None = newest(
        standing.in_force, lambda plan: focus_of(plan.care)
    )
    escalation = newest(standing.in_force, lambda plan: plan.care.escalation)
    return FocusView(
        focus=focus[1].value if focus else None,
        text=label(focus[1]) if focus else None,
        stated_on=stated_on(focus[0], standing) if focus else None,
        escalation=escalation[1].value if escalation else None,
        escalation_text=label(escalation[1]) if escalation else None,
        escalation_stated_on=stated_on(escalation[0], standing) if escalation else None,
        notes=tuple(_notes(standing)),
    )


def focus_of(care: Care) -> ClinicalFocus | LegacyFocus | None:
    return care.focus or care.legacy_focus


_CARRIED_LABEL = "Carried from another form, not counted as a decision"


def carried_lines(plan: Plan) -> tuple[str, ...]:
    """What an earlier translation carried on the form that made this plan: nobody's answer, and not to be hidden."""
    said = (each for held in plan.residue if held.item == CARRIED for each in held.said)
    return tuple(answer.value for item in said for answer in item.answers)


def _notes(standing: Standing) -> Iterator[Note]:
    """Words cannot be compared, so those of every form in force are shown, newest first."""
    for path, heading in NOTES:
        seen = set()
        for each in standing.in_force:
            text = get(each.plan, path)
            if text and text not in seen:
                seen.add(text)
                yield Note(heading, text, stated_on(each, standing))
    for each in standing.in_force:
        if lines := carried_lines(each.plan):
            yield Note(_CARRIED_LABEL, "; ".join(lines), stated_on(each, standing))


def treatments_view(standing: Standing) -> tuple[TreatmentView, ...]:
    """Every single treatment, stated or not: `not-stated` is never `not-for`. Hospital admission comes first."""
    single = (_treatment(path, standing) for path in SINGLE_TREATMENTS)
    return (*single, *_other_treatments(standing))


def _treatment(path: str, standing: Standing) -> TreatmentView:
    label = CATALOGUE[path].label
    found = newest(standing.in_force, lambda plan: get(plan, path), caution)
    if found is None:
        return TreatmentView(label, TreatmentShown.NOT_STATED, None, path)
    return _decided(label, found[1], path, stated_on(found[0], standing))


def _decided(label: str, decision: TreatmentDecision, path: str, stated: str | None) -> TreatmentView:
    return TreatmentView(label, TreatmentShown(decision.kind.value), decision.condition, path, stated)


def caution(decision: TreatmentDecision) -> int:
    return CAUTION.index(decision.kind)


def other_decisions(plan: Plan) -> dict[str, OtherTreatment]:
    return {(each.name or "").strip().casefold(): each for each in plan.treatments.other}


def _other_treatments(standing: Standing) -> Iterator[TreatmentView]:
    names = {name: each.name for on in standing.in_force for name, each in other_decisions(on.plan).items()}
    for name, printed in names.items():

        def decision(plan: Plan, name: str = name) -> TreatmentDecision | None:
            said = other_decisions(plan).get(name)
            return said.decision if said else None

        found = newest(standing.in_force, decision, caution)
        label = printed or "A treatment that the form does not name"
        if found:
            yield _decided(label, found[1], "treatments.other", stated_on(found[0], standing))
        else:
            yield TreatmentView(label, TreatmentShown.NOT_STATED, None, "treatments.other")


def source_view(standing: Standing) -> Source:
    current = standing.current
    if current is None:
        return Source()
    forms = tuple(
        FormInForce(each.title, decision_date(each).stated, original_location(each.plan), each.source_reference or None)
        for each in standing.in_force
    )
    return Source(forms[0].form, True, forms[0].original_location, forms[0].dated, forms[0].reference, forms[1:])


def original_location(plan: Plan) -> str | None:
    return plan.record.original_location or plan.cpr.documentation_location
