"""DNACPR forms of the demo's people: RCUK 2015, South Central, Deciding Right; only where CPR is not for them."""

from __future__ import annotations

from acpshare.demo.case import Case
from acpshare.demo.filling import Said


def rcuk_2015(case: Case) -> Said:
    story, author, senior = case.story, case.author, case.senior
    lacks = case.lacks_capacity
    return {
        **case.head("head.name", "head.birth-date", "head.nhs-number", "head.address"),
        **case.cancellation(),
        "head.decision-date": case.day,
        "1": story.capacity,
        "1a": None if not lacks else "yes" if case.refusal and case.refusal.cpr else "no",
        "1b": None if not lacks else "yes" if case.attorney else "no",
        "2": f"{story.diagnosis}. {story.reason}",
        "3": story.person_talk,
        "4": story.family_talk,
        "5": f"{author.name} ({author.position})" + (f", {senior.name} ({senior.position})" if senior else ""),
        **case.signed(
            author, name="6.name", position="6.position", signature="6.signature", date="6.date", time="6.time"
        ),
        **case.signed(senior, signature="7.signature", name="7.name", date="7.date"),
        "7.review-date": case.review.isoformat() if case.review else None,
    }


def south_central(case: Case) -> Said:
    story, person, author, senior = case.story, case.person, case.author, case.senior
    review = "needs-review" if case.review else "indefinite" if case.indefinite else None
    refusal = case.refusal if case.refusal and case.refusal.cpr else None
    by_refusal = {
        "1.C": "true" if refusal else None,
        "1.C.1": None if not refusal else "no" if refusal.circumstances else "yes",
        "1.C.2": refusal.circumstances if refusal else None,
    }
    by_illness = {
        "1.A": "true",
        "1.A.because": story.short,
        "1.A.person-informed": "no" if case.lacks_capacity else "yes",
        "1.A.person-reason": story.basis,
        "1.A.other-informed": "yes",
        "1.A.other-name": person.kin,
    }
    return {
        **case.head("head.name", "head.birth-date", "head.nhs-number", "head.address"),
        **case.cancellation(),
        **(by_refusal if refusal else by_illness),
        "head.decision-date": case.day,
        **case.signed(
            author,
            name="2.name",
            position="2.position",
            registration="2.registration",
            signature="2.signature",
            date="2.date",
            time="2.time",
        ),
        **case.signed(
            senior,
            name="2.verification.name",
            position="2.verification.position",
            registration="2.verification.registration",
            signature="2.verification.signature",
            date="2.verification.date",
            time="2.verification.time",
        ),
        "3.review": review,
        "3.date": case.review.isoformat() if case.review else None,
    }


def deciding_right(case: Case) -> Said:
    story, author, senior = case.story, case.author, case.senior
    refused = case.story.id in ("copd-home", "cancer-comfort", "kidney-failure", "motor-neurone-disease")
    return {
        **case.head("person.name", "person.birth-date", "person.nhs-number", "person.address"),
        **case.cancellation(),
        "reasons.no-chance": "true",
        "reasons.no-chance.because": story.short,
        "reasons.refused": "true" if refused else None,
        "reasons.parental": "true" if story.of_a_child else None,
        "reasons.best-interests": "true" if case.lacks_capacity else None,
        **case.signed(
            author,
            name="junior.name",
            position="junior.position",
            signature="junior.signature",
            date="junior.date",
            time="junior.time",
        ),
        **case.signed(
            senior,
            name="senior.name",
            position="senior.position",
            signature="senior.signature",
            date="senior.date",
            time="senior.time",
        ),
        "team-discussion": "yes",
        "person-involved": {"yes": "yes", "no": "no"}.get(story.capacity, "not-applicable"),
    }
