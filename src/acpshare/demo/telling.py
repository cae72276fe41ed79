"""Telling one person's forms: dates counted back from an anchor day, clinicians, editions that suit the story."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from acpshare.demo import dnacpr, escalation, respect
from acpshare.demo.case import Case, Clinician
from acpshare.demo.filling import Said, questionnaire_response
from acpshare.demo.people import Person, person
from acpshare.demo.stories import Story, story
from acpshare.fhir.json_text import JsonObject
from acpshare.forms import FormDefinition

EDITIONS: Mapping[str, Callable[[Case], Said]] = {
    "respect-v3": respect.respect_v3,
    "respect-v2": respect.respect_v2,
    "tep-devon": escalation.tep_devon,
    "tep-scotland": escalation.tep_scotland,
    "teal-working": escalation.teal_working,
    "dnacpr-rcuk-2015": dnacpr.rcuk_2015,
    "dnacpr-south-central": dnacpr.south_central,
    "dnacpr-deciding-right": dnacpr.deciding_right,
}
DNACPR = tuple(form for form in EDITIONS if form.startswith("dnacpr"))
_OFTEN = (5, 3, 3, 3, 3, 2, 2, 2)
_LONDON = ZoneInfo("Europe/London")

_HOSPITAL = (
    Clinician("Dr Layla Ibrahimson", "Specialty registrar", "GMC 0000085"),
    Clinician("Dr Owen Pritchfield", "Foundation year 2 doctor", "GMC 0000101"),
    Clinician("Dr Sunita Raoland", "Internal medicine trainee", "GMC 0000102"),
    Clinician("Sister Grace Mensahford", "Advanced nurse practitioner", "NMC 00A0001E"),
)
_COMMUNITY = (
    Clinician("Dr Helen Marshwick", "General practitioner", "GMC 0000022"),
    Clinician("Dr Femi Adebayocroft", "General practitioner", "GMC 0000103"),
    Clinician("Nurse Beth Loweland", "Specialist nurse, palliative care", "NMC 00B0002C"),
    Clinician("Dr Catriona Weirside", "General practitioner in training", "GMC 0000104"),
)
_CHILDREN = (
    Clinician("Dr Judith Whitcombeley", "Specialty registrar, paediatrics", "GMC 0000055"),
    Clinician("Nurse Sam Ormefield", "Community children's nurse", "NMC 00C0003D"),
)
_CONSULTANTS = (
    Clinician("Dr Colin Fraserton", "Consultant physician", "GMC 0000096"),
    Clinician("Dr Mei Chenhurst", "Consultant geriatrician", "GMC 0000105"),
)
_COMMUNITY_SENIORS = (
    Clinician("Dr Anne Corriganley", "Consultant in palliative medicine", "GMC 0000044"),
    Clinician("Dr Rajiv Menonfield", "GP partner, responsible clinician", "GMC 0000106"),
)
_SENIORS_OF_CHILDREN = (Clinician("Dr Joseph Kamaraby", "Consultant paediatrician", "GMC 0000107"),)
_OUT_OF_HOSPITAL = (_COMMUNITY, _COMMUNITY_SENIORS)
_CLINICIANS: Mapping[str, tuple[tuple[Clinician, ...], tuple[Clinician, ...]]] = {
    "hospital": (_HOSPITAL, _CONSULTANTS),
    "home": _OUT_OF_HOSPITAL,
    "care-home": _OUT_OF_HOSPITAL,
    "hospice": _OUT_OF_HOSPITAL,
    "child": (_CHILDREN, _SENIORS_OF_CHILDREN),
}
"""Who makes a plan, and who endorses it."""


@dataclass
class Telling:
    """One person's place in the population. Everything by chance comes from `random`, which is the person's own."""

    random: Random
    number: str
    anchor: date
    forms: Mapping[str, FormDefinition]
    said: list[JsonObject] = field(default_factory=list)

    def days_ago(self, least: int, most: int, story: Story | None = None) -> date:
        """A day by chance, and not so long ago that the story would no longer be true."""
        most = most if story is None else min(most, story.stands)
        return self.anchor - timedelta(days=self.random.randint(min(least, most), most))

    def story(self, *ids: str) -> Story:
        return story(self.random, self.random.choice(ids))

    def person(self, story: Story, decided: date) -> Person:
        return person(self.random, self.number, story.ages, story.setting, decided)

    def suiting(self, story: Story, *among: str) -> str:
        """An edition that can say the story's decision about CPR, for a person of that age."""
        suited = [form for form in among or EDITIONS if suits(form, story)]
        return self.random.choices(suited, [_OFTEN[list(EDITIONS).index(form)] for form in suited])[0]

    def case(self, person: Person, story: Story, decided: date, *, endorsed: bool = True, **more: Any) -> Case:
        authors, seniors = _CLINICIANS["child" if story.of_a_child else story.setting]
        senior = self.random.choice(seniors)
        clock = f"{self.random.randint(8, 19):02}:{self.random.choice((0, 5, 10, 20, 25, 40, 45, 50)):02}:00"
        author = self.random.choice(authors)
        told = story.told_of(person)
        return Case(person, told, decided, clock, author, senior if endorsed else None, **more)

    def form(self, edition: str, case: Case) -> None:
        definition = self.forms[edition]
        signed = datetime.combine(case.cancelled or case.decided, time.fromisoformat(case.time), _LONDON)
        self.said.append(
            questionnaire_response(
                definition,
                EDITIONS[edition](case),
                number=self.number,
                authored=signed.isoformat(),
                identifier=self.next_identifier(),
            )
        )

    def next_identifier(self) -> str:
        return f"{self.number}-{len(self.said) + 1}"


def suits(form: str, story: Story) -> bool:
    if form in DNACPR and (story.cpr != "do-not-attempt" or story.short is None):
        return False
    if story.of_a_child:
        return form == "respect-v3" or (form == "dnacpr-deciding-right" and story.id == "neurodegenerative-child")
    return story.cpr is not None or form in ("respect-v3", "tep-scotland", "teal-working")
