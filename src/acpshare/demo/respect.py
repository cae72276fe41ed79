"""ReSPECT forms of the demo's people, versions 3 and 2."""

from __future__ import annotations

from collections.abc import Mapping

from acpshare.demo.case import Case, Clinician
from acpshare.demo.filling import Said

_LEGACY_FOCUS = {"extend-life": "life-sustaining-treatment", "comfort": "symptom-control"}
_INVOLVED = {"yes": ("A",), "no": ("B",), "child": ("C2", "C3"), "mature": ("C1", "C3")}


def respect_v3(case: Case) -> Said:
    story, author = case.story, case.author
    return {
        **_common(case),
        "2.3": "yes" if case.attorney else "no",
        "3.1": str(story.scale),
        "3.3": story.fears,
        "4.1": story.focus,
        "4.3t": case.day if story.cpr else None,
        "5.1": _capacity(case),
        "5.2": story.basis,
        "8p.1": case.person.kin,
        "8p.2": case.person.rel.capitalize(),
        "8p.3": case.person.kin_phone,
        "8": [{"8.1": author.name, "8.2": author.position, "8.3": "01632 960000"}],
    }


def respect_v2(case: Case) -> Said:
    story, person = case.story, case.person
    return {
        **_common(case),
        "3.1": str(max(1, story.scale * 10)) if not case.lacks_capacity else None,
        "4.1": _LEGACY_FOCUS.get(story.focus),
        "4.1s": case.author.signature if story.focus in _LEGACY_FOCUS else None,
        "5.1": _capacity(case),
        "5.2": "yes" if case.attorney else "no",
        "8": [{"8.1": person.kin, "8.2": person.rel.capitalize(), "8.3": person.kin_phone}],
    }


def _capacity(case: Case) -> str | None:
    """Of children it is asked by C1 and C2 instead."""
    return case.story.capacity if case.story.capacity in ("yes", "no") else None


def _common(case: Case) -> Said:
    story, person, author = case.story, case.person, case.author
    reason = f" CPR: {story.reason}" if story.reason else ""
    return {
        "1.1": person.name,
        "1.2": person.first,
        "1.3": person.birth_date.isoformat(),
        "1.4": person.address,
        "1.5": person.number,
        "1.6": case.day,
        "2.1": f"{story.condition} {story.prognosis}",
        "2.2": case.documents(),
        "3.2": story.values,
        "4.1s": author.signature,
        "4.2": f"{story.guidance}{reason}",
        "4.3": story.cpr,
        "4.3d": story.modified,
        "4.3s": author.signature if story.cpr else None,
        "6.1": _INVOLVED[story.capacity],
        "6.3": [
            {
                "6.3.1": case.day,
                "6.3.2": f"{person.name}; {person.kin} ({person.rel}); {author.name} ({author.position}). "
                f"{story.person_talk} {story.family_talk}",
                "6.3.3": "GP record" if story.setting != "hospital" else "Hospital record",
            }
        ],
        "7": [_signed(author, case)],
        "7s": [_signed(case.senior, case, "7s")] if case.senior else None,
        **case.cancellation(),
    }


def _signed(by: Clinician, case: Case, group: str = "7") -> Mapping[str, str]:
    answers = (by.position, by.name, by.registration, by.signature, case.day, case.time)
    return {f"{group}.{number}": answer for number, answer in enumerate(answers, start=1)}
