"""Treatment escalation forms of the demo's people: TEP (Devon, Scotland) and the TEAL working model."""

from __future__ import annotations

from acpshare.demo.case import Case
from acpshare.demo.filling import Said

_DEVON = {
    "B.1": "hospital_admission",
    "B.2": "iv_fluids",
    "B.3": "antibiotics",
    "B.4": "artificial_nutrition",
    "B.5": "icd_deactivation",
    "B.6": "intubation",
    "B.7": "renal_replacement",
}
_YES_NO = {"for": "yes", "not-for": "no"}
_TEAL = {
    "5.1": "hospital_admission",
    "5.2": "icu",
    "5.3": "hdu",
    "5.4": "intubation",
    "5.5": "niv",
    "5.6": "cpap",
    "5.7": "renal_replacement",
    "5.8": "vasopressors",
    "5.9": "iv_fluids",
    "5.10": "iv_antibiotics",
    "5.11": "oral_antibiotics",
    "5.12": "blood_products",
    "5.13": "artificial_nutrition",
    "5.14": "icd_deactivation",
}
_CATEGORY = {
    "full": "full-escalation",
    "hdu-niv": "selected-appropriate-treatments",
    "ward": "selected-appropriate-treatments",
    "comfort": "palliative-supportive",
}
_TEAL_CPR = {"attempt": "yes", "do-not-attempt": "no"}


def tep_devon(case: Case) -> Said:
    """A treatment that depends on circumstances has no answer here: the form asks for yes or no only."""
    story, author, senior = case.story, case.author, case.senior
    treatments = {link: _YES_NO.get(story.treatments.get(name, "")) for link, name in _DEVON.items()}
    return {
        **case.head("P.1", "P.2", "P.3", "P.4"),
        **case.cancellation(),
        **treatments,
        "P.5": case.day,
        "A.1": "no" if story.last_year else "yes",
        "A.2": "yes" if case.refusal else "no",
        "A.2d": case.documents() if case.refusal else None,
        "A.3": story.capacity,
        "A.4": story.cpr,
        "A.5": story.reason,
        "A.6": story.person_talk,
        "A.7": story.family_talk,
        **case.signed(author, name="S.1", position="S.2", registration="S.3", signature="S.4", date="S.5", time="S.6"),
        **case.signed(senior, name="E.1", position="E.2", registration="E.3", signature="E.4", date="E.5"),
    }


def tep_scotland(case: Case) -> Said:
    story, author, senior = case.story, case.author, case.senior
    return {
        **case.head("P.1", "P.2", "P.3n", "P.4"),
        **case.cancellation(),
        "P.5": case.day,
        "1": story.goals,
        "2": _CATEGORY[story.tier],
        "3": story.appropriate,
        "4": story.inappropriate,
        **case.signed(author, name="5.1", position="5.2", registration="5.3", signature="5.4", date="5.5", time="5.6"),
        **case.signed(senior, name="6.1", position="6.2", registration="6.3", signature="6.4", date="6.5", time="6.6"),
    }


def teal_working(case: Case) -> Said:
    story, person, author, senior = case.story, case.person, case.author, case.senior
    limits: dict[str, str] = {}
    for link, name in _TEAL.items():
        said = story.treatments.get(name)
        if said in ("for", "not-for"):
            limits[link] = said
        elif said is not None:
            limits |= {link: "conditional", f"{link}c": said}
    record = None if not case.lacks_capacity else f"{story.basis} {story.family_talk}"
    return {
        **case.head("1.1", "1.2", "1.3", "1.5"),
        **case.cancellation(),
        **limits,
        "2.1": story.diagnosis,
        "2.2": story.prognosis,
        "3": story.goals,
        "4": story.tier,
        "5.15": "for",
        "6.1": _TEAL_CPR.get(story.cpr or ""),
        "6.2": story.reason,
        "7.1": story.capacity if story.capacity in ("yes", "no") else None,
        "7.2": record,
        "8": [
            {
                "8.1": case.day,
                "8.2": f"{person.name}, {person.kin} ({person.rel}), {author.name}",
                "8.3": f"{story.person_talk} {story.family_talk}",
            }
        ],
        **case.signed(author, name="9.1", position="9.2", registration="9.3", signature="9.4", date="9.5", time="9.6"),
        **case.signed(
            senior, name="10.1", position="10.2", registration="10.3", signature="10.4", date="10.5", time="10.6"
        ),
        "11": case.review.isoformat() if case.review else None,
    }
