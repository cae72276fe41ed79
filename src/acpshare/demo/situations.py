"""Every situation that the demo shows, with how many people are in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from acpshare.demo import consents
from acpshare.demo.case import Attorney
from acpshare.demo.people import Person
from acpshare.demo.stories import Refusal, of_adults, retold, that_turn, turned
from acpshare.demo.telling import DNACPR, EDITIONS, Telling

NOT_FOR = of_adults("do-not-attempt")
LASTING = (
    "copd-home",
    "heart-failure-icd",
    "parkinsons",
    "learning-disability-working",
    "learning-disability-epilepsy",
    "planning-ahead",
    "multiple-sclerosis",
    "declines-blood",
)
"""Stories of years, which two forms may tell."""
LASTING_NOT_FOR = LASTING[:3]
ESCALATION = ("tep-devon", "tep-scotland", "teal-working")
ABOUT_CPR = tuple(form for form in EDITIONS if form != "tep-scotland")
"""Editions with a CPR decision, whose endorsement a crew asks for."""
WITH_REVIEW = ("dnacpr-rcuk-2015", "dnacpr-south-central", "teal-working")
SAME_FAMILY = (
    ("respect-v2", "respect-v3"),
    ("respect-v3", "respect-v3"),
    ("dnacpr-rcuk-2015", "dnacpr-south-central"),
    ("dnacpr-deciding-right", "dnacpr-rcuk-2015"),
    ("tep-devon", "tep-devon"),
    ("tep-scotland", "tep-scotland"),
    ("teal-working", "teal-working"),
)
NO_VENTILATOR = Refusal(
    "Intubation, tracheostomy and invasive ventilation, even if life is at risk",
    cpr=False,
    circumstances="once I can no longer communicate by any means because of motor neurone disease",
)
NO_CPR_IF_BREATHING_FAILS = Refusal(
    "Cardiopulmonary resuscitation, even if life is at risk",
    cpr=True,
    circumstances="if my breathing fails because of motor neurone disease; not for choking or an accident",
)
NO_CPR = Refusal("Cardiopulmonary resuscitation, even if life is at risk", cpr=True, circumstances=None)


@dataclass(frozen=True, slots=True)
class Situation:
    """`shows` says what the record of such a person shows."""

    id: str
    people: int
    shows: str
    tell: Callable[[Telling], None]


def _current(telling: Telling) -> None:
    story = telling.story(*of_adults())
    decided = telling.days_ago(8, 700, story)
    case = telling.case(telling.person(story, decided), story, decided)
    edition = telling.suiting(story)
    if edition == "dnacpr-south-central":
        case = replace(case, indefinite=True)
    elif edition in WITH_REVIEW and telling.random.random() < 0.5:
        case = replace(case, review=telling.anchor + timedelta(days=telling.random.randint(14, 300)))
    telling.form(edition, case)


def _frail_resident(telling: Telling) -> None:
    story = telling.story("dementia-frailty")
    decided = telling.days_ago(60, 120, story)
    telling.form("respect-v3", telling.case(telling.person(story, decided), story, decided))


def _learning_disability(telling: Telling) -> None:
    story = telling.story("learning-disability-working", "learning-disability-epilepsy")
    decided = telling.days_ago(30, 400, story)
    telling.form("respect-v3", telling.case(telling.person(story, decided), story, decided))


def _superseded(telling: Telling) -> None:
    earlier, later = telling.random.choice(SAME_FAMILY)
    story = telling.story(*(LASTING_NOT_FOR if later in DNACPR else LASTING))
    first, last = telling.days_ago(300, 700), telling.days_ago(10, 250)
    person = telling.person(story, first)
    telling.form(earlier, telling.case(person, story, first))
    if telling.random.random() < 0.15:
        telling.form(later, telling.case(person, story, first + (last - first) / 2))
    telling.form(later, telling.case(person, retold(telling.random, story), last))


def _agreeing(telling: Telling) -> None:
    story = telling.story(*NOT_FOR)
    first = telling.days_ago(15, 500, story)
    person = telling.person(story, first)
    telling.form(telling.suiting(story, *DNACPR), telling.case(person, story, first))
    second = first + timedelta(days=telling.random.randint(1, 14))
    telling.form(telling.random.choice(ESCALATION), telling.case(person, story, second))


def _conflicting(telling: Telling) -> None:
    before = telling.story(*that_turn())
    after = turned(before)
    second = telling.days_ago(3, 90)
    # On one day nobody can say which is newer; on two days the newer one is shown, and the conflict too.
    first = second if telling.random.random() < 0.5 else second - timedelta(days=telling.random.randint(5, 25))
    person = telling.person(before, first)
    telling.form("respect-v3", telling.case(person, before, first))
    telling.form(telling.suiting(after, *DNACPR, "tep-devon", "teal-working"), telling.case(person, after, second))


def _overdue(telling: Telling) -> None:
    _dated(telling, endorsed=True)


def _overdue_and_pending(telling: Telling) -> None:
    _dated(telling, endorsed=False)


def _dated(telling: Telling, *, endorsed: bool) -> None:
    story = telling.story("hip-fracture", "lung-fibrosis-ward", "copd-home", "heart-failure-icd", "parkinsons")
    review = telling.days_ago(4, 200)
    decided = review - timedelta(days=telling.random.choice((7, 14, 90, 182)))
    case = telling.case(telling.person(story, decided), story, decided, endorsed=endorsed, review=review)
    telling.form(telling.suiting(story, *WITH_REVIEW), case)


def _pending(telling: Telling) -> None:
    story = telling.story(*NOT_FOR, "stroke-recovering")
    decided = telling.days_ago(0, 4, story)
    case = telling.case(telling.person(story, decided), story, decided, endorsed=False)
    telling.form(telling.suiting(story, *ABOUT_CPR), case)


def _cancelled(telling: Telling) -> None:
    story = telling.story("hip-fracture")
    decided = telling.days_ago(40, 300)
    person = telling.person(story, decided)
    cancelled = decided + timedelta(days=telling.random.randint(6, 30))
    why = telling.random.choice(
        (
            f"Pneumonia and delirium have cleared. {person.first} can decide again and wants CPR to be attempted.",
            f"Recovered and walking. Discussed with {person.first}, who does not want the decision to stand.",
            "Going home well. The decision was made for that illness only.",
        )
    )
    case = telling.case(person, story, decided, cancelled=cancelled, cancelled_because=why)
    telling.form(telling.suiting(story, *DNACPR, "teal-working"), case)


def _refusal_in_circumstances(telling: Telling) -> None:
    _with_ventilator_refused(telling, form=None)


def _refusal_documented(telling: Telling) -> None:
    _with_ventilator_refused(telling, form="respect-v3")


def _with_ventilator_refused(telling: Telling, form: str | None) -> None:
    story = telling.story("motor-neurone-disease")
    decided = telling.days_ago(20, 200, story)
    made = decided - timedelta(days=telling.random.randint(20, 200))
    edition = form or telling.random.choice(("respect-v3", "respect-v3", "dnacpr-south-central"))
    refusal = NO_CPR_IF_BREATHING_FAILS if edition == "dnacpr-south-central" else NO_VENTILATOR
    person = telling.person(story, decided)
    case = telling.case(person, story, decided, refusal=refusal, refusal_made=made, indefinite=True)
    telling.form(edition, case)
    telling.said.append(consents.advance_decision(telling.number, refusal, made, telling.next_identifier()))


def _refusal_in_all(telling: Telling) -> None:
    story = telling.story("declines-blood", "cancer-comfort")
    decided = telling.days_ago(20, 500, story)
    made = decided - timedelta(days=telling.random.randint(20, 900))
    refusal = story.refuses or NO_CPR
    edition = (
        "respect-v3" if story.refuses else telling.random.choice(("respect-v3", "dnacpr-south-central", "tep-devon"))
    )
    case = telling.case(
        telling.person(story, decided), story, decided, refusal=refusal, refusal_made=made, indefinite=True
    )
    telling.form(edition, case)
    telling.said.append(consents.advance_decision(telling.number, refusal, made, telling.next_identifier()))


def _attorney(telling: Telling) -> None:
    story = telling.story("dementia-frailty", "parkinsons", "early-dementia-undecided", "learning-disability-working")
    decided = telling.days_ago(20, 500, story)
    person = telling.person(story, decided)
    attorney = _appointed(telling, person, decided.toordinal())
    edition = "dnacpr-rcuk-2015" if story.id == "dementia-frailty" and telling.random.random() < 0.4 else "respect-v3"
    telling.form(edition, telling.case(person, story, decided, attorney=attorney))
    telling.said.append(consents.attorney(telling.number, attorney, telling.next_identifier()))


def _appointed(telling: Telling, person: Person, before: int) -> Attorney:
    days = telling.random.randint(100, 1500)
    return Attorney(
        person.kin,
        person.kin_phone,
        telling.anchor - timedelta(days=telling.anchor.toordinal() - before + days),
        life_sustaining=telling.random.random() < 0.7,
    )


def _child_modified(telling: Telling) -> None:
    _child(telling, "sma-child")


def _child_other(telling: Telling) -> None:
    _child(telling, "neurodegenerative-child", "teenager-heart")


def _child(telling: Telling, *ids: str) -> None:
    story = telling.story(*ids)
    decided = telling.days_ago(10, 200, story)
    telling.form(telling.suiting(story), telling.case(telling.person(story, decided), story, decided))


def _no_plan(telling: Telling) -> None:
    person = telling.person(telling.story("planning-ahead"), telling.anchor)
    attorney = _appointed(telling, person, telling.anchor.toordinal())
    telling.said.append(consents.attorney(telling.number, attorney, telling.next_identifier()))


MEMORABLE: tuple[Situation, ...] = (
    Situation("frail-resident", 1, "ReSPECT, frail care-home resident, CPR not recommended", _frail_resident),
    Situation("cpr-recommended", 1, "ReSPECT, learning disability, CPR recommended", _learning_disability),
    Situation(
        "advance-decision", 1, "ReSPECT and a valid advance decision for certain circumstances", _refusal_documented
    ),
    Situation("child-modified-cpr", 1, "ReSPECT of a child with modified CPR", _child_modified),
    Situation("conflict", 1, "Two forms in force that disagree about CPR", _conflicting),
    Situation(
        "overdue-and-pending",
        1,
        "A form whose review is overdue and whose endorsement is pending",
        _overdue_and_pending,
    ),
    Situation("cancelled", 1, "A form that was cancelled", _cancelled),
    Situation("no-plan", 1, "An attorney is on record, and no plan", _no_plan),
)
"""One person each, in the order of the memorable numbers."""

OTHERS: tuple[Situation, ...] = (
    Situation("current", 106, "One form, signed and endorsed", _current),
    Situation("superseded", 62, "A form of the same family replaced by a later one", _superseded),
    Situation("agreeing", 22, "A DNACPR form and an escalation form that agree", _agreeing),
    Situation("conflict", 15, "Two forms in force that disagree about CPR", _conflicting),
    Situation("overdue", 25, "A form whose review is overdue", _overdue),
    Situation("pending", 24, "A recent form that no senior clinician has endorsed yet", _pending),
    Situation("cancelled", 24, "A form that was cancelled", _cancelled),
    Situation("advance-decision", 10, "An advance decision for certain circumstances", _refusal_in_circumstances),
    Situation("advance-decision-all", 8, "An advance decision without limits of circumstances", _refusal_in_all),
    Situation("attorney", 18, "A form, and a lasting power of attorney for health and welfare", _attorney),
    Situation("learning-disability", 9, "Learning disability, CPR recommended", _learning_disability),
    Situation("child-modified-cpr", 4, "A child with modified CPR", _child_modified),
    Situation("child", 6, "A child with another decision", _child_other),
    Situation("no-plan", 5, "An attorney is on record, and no plan", _no_plan),
)
