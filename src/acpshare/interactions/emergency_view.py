"""Patient/$emergency-view: what a crew needs to know about one person, by NHS number, whichever forms it came on.

Recording a form makes the view ready to send; asking for it is one read by key. It is made anew only when a day has
come on which it says something else, or for a page. Nobody recorded is an answer of its own, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from acpshare.emergency import (
    EmergencyView,
    PlanOnRecord,
    ViewWarning,
    changes_on,
    emergency_view,
    standing,
    to_compact_json,
)
from acpshare.fhir.restricted import is_restricted
from acpshare.interactions.added_words import added_words
from acpshare.interactions.components import Components
from acpshare.interactions.emergency_bundle import emergency_bundle
from acpshare.interactions.identity import identity_of, notices_of
from acpshare.interactions.instruments import instruments_in
from acpshare.interactions.nhs_number import SYSTEM
from acpshare.interactions.other_records import other_records
from acpshare.interactions.record_conflicts import record_conflicts
from acpshare.interactions.withheld_location import RESTRICTED, withheld_text, without_location
from acpshare.observability.events import VIEW_NOT_KEPT, VIEW_RENEWED
from acpshare.observability.log import write
from acpshare.outcome import Failure
from acpshare.plan.codec import load_plan
from acpshare.plan.legal import Legal
from acpshare.plan.person import Person
from acpshare.storage import CurrentView, PlanRow, PlanState, Reading, StoredResource

_SOURCE = re.compile(rb'"reference":"(QuestionnaireResponse/[A-Za-z0-9.\-]{1,64})')


@dataclass(frozen=True, slots=True)
class Situation:
    """What a person's view is made of."""

    person: str | None
    identity: Person | None
    plans: tuple[PlanOnRecord, ...]
    elsewhere: Legal
    resources: Sequence[StoredResource] = ()
    notices: tuple[ViewWarning, ...] = ()
    restricted: bool = False
    in_error: frozenset[str] = frozenset()
    """Plans that were entered in error: nothing of them is shown."""

    def view(self, today: date) -> EmergencyView:
        view = emergency_view(self.plans, today, self.identity, self.elsewhere, self.notices)
        return without_location(view) if self.restricted else view


def ready_view(components: Components, number: str) -> CurrentView | None:
    """The view as it was made ready; None when there is none, or when a day has passed that changes it."""
    found = components.store.current_view(SYSTEM, number)
    if found is None or (found.changes_on is not None and found.changes_on <= components.today()):
        return None
    return found


def renewed_view(components: Components, number: str) -> CurrentView:
    """The view made anew, and kept for the next who asks. It is answered even when it cannot be kept."""
    today = components.today()
    with components.store.read() as reading:
        situation = situation_of(reading, components, number)
        made, _ = rendered(components, situation, today)
    if situation.person is not None:
        _keep(components, situation.person, today)
    return made


def _keep(components: Components, person: str, today: date) -> None:
    """Make the view again inside a write, so that what a form changed meanwhile is not undone."""
    try:
        with components.store.write() as writing:
            situation = situation_of_person(writing, components, person)
            writing.put_current_view(rendered(components, situation, today)[0])
    except Failure as failure:
        write(VIEW_NOT_KEPT, exception=type(failure).__name__)
    else:
        write(VIEW_RENEWED, people=1)


def renew_all(components: Components) -> Iterator[tuple[int, int]]:
    """Make every view anew, each person's in a transaction of its own: for a release that draws them differently.

    Yields how many people are done, of how many. It may be stopped and begun again, beside traffic.
    """
    with components.store.read() as reading:
        people = [patient.id for patient in reading.every_resource("Patient")]
    for done, person in enumerate(people, 1):
        with components.store.write() as writing:
            situation = situation_of_person(writing, components, person)
            writing.put_current_view(rendered(components, situation, components.today())[0])
        yield done, len(people)
    write(VIEW_RENEWED, people=len(people))


def view_for_page(components: Components, number: str) -> EmergencyView:
    """The view as values, for whoever draws it."""
    with components.store.read() as reading:
        return situation_of(reading, components, number).view(components.today())


def situation_of(reading: Reading, components: Components, number: str) -> Situation:
    """Everything recorded about whom the number leads to."""
    found = reading.person_by_identifier(SYSTEM, number)
    if found is None:
        return Situation(None, Person(nhs_number=number), (), Legal())
    return situation_of_person(reading, components, found.person)


def situation_of_person(
    reading: Reading, components: Components, person: str, rows: Sequence[PlanRow] | None = None
) -> Situation:
    """Everything recorded about a person, read once; `rows` are their plans, for who has just read them."""
    resources = reading.resources_of(person)
    by_reference = {(each.type, each.id): each for each in resources}
    rows = reading.plans_of(person) if rows is None else rows
    found = by_reference.get(("Patient", person))
    patient = found.text if found is not None else None
    plans = {row.plan_id for row in rows}
    restricted = patient is not None and is_restricted(patient)
    notices = (
        *(notices_of(patient) if patient is not None else ()),
        *added_words(rows, by_reference),
        *other_records(resources, plans),
    )
    return Situation(
        person=person,
        identity=identity_of(patient) if patient is not None else None,
        plans=plans_on_record(components, rows, by_reference),
        elsewhere=instruments_in(resources, plans),
        resources=[withheld_text(components, each) for each in resources] if restricted else resources,
        notices=(*notices, RESTRICTED) if restricted else notices,
        restricted=restricted,
        in_error=frozenset(row.plan_id for row in rows if row.state is PlanState.ENTERED_IN_ERROR),
    )


def plans_on_record(
    components: Components, rows: Sequence[PlanRow], resources: Mapping[tuple[str, str], StoredResource]
) -> tuple[PlanOnRecord, ...]:
    """Plans as the emergency view reads them, superseded and cancelled ones included, but none entered in error."""
    return tuple(
        replace(
            on_record(components, row, source_of(resources.get(("Provenance", f"{row.plan_id}-provenance")))),
            conflicts=record_conflicts(row, resources),
        )
        for row in rows
        if row.state is not PlanState.ENTERED_IN_ERROR
    )


def on_record(components: Components, row: PlanRow, source: str = "") -> PlanOnRecord:
    mapping = components.mappings.get(row.form)
    return PlanOnRecord(
        load_plan(row.plan),
        row.plan_id,
        row.family,
        row.recorded_at,
        replaces=row.replaces,
        source_reference=source,
        form_title=mapping.definition.title if mapping is not None else "",
    )


def source_of(provenance: StoredResource | None) -> str:
    """The reference to the form that a plan was last taken from, as its Provenance has it."""
    match = _SOURCE.search(provenance.text) if provenance is not None and provenance.text is not None else None
    return match[1].decode() if match else ""


def rendered(components: Components, situation: Situation, today: date) -> tuple[CurrentView, EmergencyView]:
    """The view, ready to send, and as values."""
    view = situation.view(today)
    shown = standing(situation.plans, today)
    plans = [each.plan_id for each in (*shown.in_force, *shown.cancelled)]
    not_shown = {each.plan_id for each in shown.superseded} | situation.in_error
    bundle = emergency_bundle(components.base_url, situation.resources, plans, not_shown, view)
    until = changes_on(situation.plans, today, situation.identity, situation.elsewhere)
    return CurrentView(situation.person or "", to_compact_json(view), bundle, until), view
