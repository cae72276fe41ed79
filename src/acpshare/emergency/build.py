"""Build a person's emergency view, say when it next changes by itself, and write it as compact JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from pydantic import TypeAdapter

from acpshare.emergency import words
from acpshare.emergency.contacts import contacts_view, medicines_view, places_view
from acpshare.emergency.cpr import OTHER_RECORD, cpr_view, validity_view
from acpshare.emergency.legal import legal_view, may_refuse_cpr
from acpshare.emergency.record import PlanOnRecord, decision_date
from acpshare.emergency.sections import (
    focus_view,
    person_view,
    source_view,
    treatments_view,
)
from acpshare.emergency.standing import standing
from acpshare.emergency.view import EmergencyView, ViewWarning
from acpshare.emergency.warnings import Situation, eighteenth, warnings
from acpshare.plan.legal import Legal
from acpshare.plan.person import Person
from acpshare.plan.values import latest_day

NOTHING_ELSEWHERE = Legal()
_JSON = TypeAdapter(EmergencyView)


def emergency_view(
    plans: Sequence[PlanOnRecord],
    today: date,
    person: Person | None = None,
    elsewhere: Legal = NOTHING_ELSEWHERE,
    notices: Sequence[ViewWarning] = (),
) -> EmergencyView:
    """What a crew sees of one person; with no plans, the explicit "no plan recorded" (SR3).

    `person` is how the record knows them; `elsewhere` holds legal instruments that no form brought; `notices` are what
    else is on record that no plan shows.
    """
    sorted_plans = standing(plans, today)
    legal = legal_view(sorted_plans, elsewhere)
    cpr = cpr_view(sorted_plans, may_refuse_cpr(legal), any(each.code == OTHER_RECORD for each in notices))
    return EmergencyView(
        person=person_view(person, sorted_plans),
        cpr=cpr,
        validity=validity_view(sorted_plans, today),
        legal=legal,
        focus=focus_view(sorted_plans),
        treatments=treatments_view(sorted_plans),
        contacts=contacts_view(sorted_plans),
        medicines_and_access=medicines_view(sorted_plans),
        preferred_place=places_view(sorted_plans),
        source=source_view(sorted_plans),
        warnings=warnings(Situation(sorted_plans, today, person, cpr, legal, tuple(notices))),
        statement=words.STATEMENT,
    )


def to_compact_json(view: EmergencyView) -> bytes:
    """The compact view: always the same bytes for the same view, every key present, in the interface's order."""
    return _JSON.dump_json(view)


def changes_on(
    plans: Sequence[PlanOnRecord],
    today: date,
    person: Person | None = None,
    elsewhere: Legal = NOTHING_ELSEWHERE,
) -> date | None:
    """The next day on which the view differs though nothing was recorded: a stored rendering is right until then."""
    days = sorted({day for day in _days(plans, person) if day > today})
    if not days:
        return None
    now = emergency_view(plans, today, person, elsewhere)
    return next((day for day in days if emergency_view(plans, day, person, elsewhere) != now), None)


def _days(plans: Sequence[PlanOnRecord], person: Person | None) -> Iterator[date]:
    """Days on which anything in the view may turn: a review date has passed, an 18th birthday, a date to come."""
    for each in plans:
        if each.plan.review and each.plan.review.date and (due := latest_day(each.plan.review.date)) < date.max:
            yield due + timedelta(days=1)
        yield decision_date(each).earliest
    for born in (person, *(each.plan.person for each in plans)):
        if born and born.birth_date and (adult := eighteenth(born.birth_date)):
            yield adult
