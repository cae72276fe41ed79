"""The demo's people: who they are, that they are the same each time, and that their forms are sound and safe."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from stdnum.gb import nhs

from acpshare.demo import Member, members, population
from acpshare.demo.people import MEMORABLE
from acpshare.fhir.json_text import dump
from acpshare.fhir.questionnaire_response import read_response
from acpshare.fhir.validation import validate
from acpshare.plan import Plan
from acpshare.translation import Translation, load_mappings, read

MAPPINGS = load_mappings()
ANCHOR = date(2026, 11, 22)
EVERYBODY = list(members(MAPPINGS, ANCHOR))


def readings(member: Member) -> list[Translation[Plan]]:
    found = []
    for resource in member.resources:
        if resource["resourceType"] == "QuestionnaireResponse":
            response, issues = read_response(resource)
            assert response is not None, issues
            found.append(read(MAPPINGS[response.form], response, ANCHOR))
    return found


READ = {member.number: readings(member) for member in EVERYBODY}


def in_situation(*ids: str) -> list[Member]:
    return [member for member in EVERYBODY if member.situation.id in ids]


def plans(member: Member) -> list[Plan]:
    return [translation.value for translation in READ[member.number] if translation.value is not None]


def test_there_are_enough_people_and_forms_of_all_editions() -> None:
    forms = Counter(plan.record.form for member in EVERYBODY for plan in plans(member))
    assert len(EVERYBODY) >= 300
    assert 430 <= forms.total() <= 470
    assert set(forms) == set(MAPPINGS)
    assert min(forms.values()) >= 20


def test_every_number_is_valid_of_the_999_range_and_one_persons_only() -> None:
    numbers = [member.number for member in EVERYBODY]
    assert len(set(numbers)) == len(numbers)
    assert all(nhs.is_valid(number) and number.startswith("999") for number in numbers)
    assert tuple(numbers[:8]) == MEMORABLE


@pytest.mark.parametrize("anchor", [ANCHOR, date(2028, 2, 29), date(2027, 1, 1)])
def test_the_same_seed_makes_the_same_people_byte_for_byte(anchor: date) -> None:
    once, twice = ("\n".join(map(dump, population(MAPPINGS, anchor))) for _ in range(2))
    assert once == twice
    assert once != "\n".join(map(dump, population(MAPPINGS, anchor, seed=2)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_wrong_with_any_form(seed: int) -> None:
    for member in members(MAPPINGS, ANCHOR, seed):
        for resource in member.resources:
            assert not [each for each in validate(resource) if each.is_error]
        for translation in readings(member):
            assert translation.value is not None, [each for each in translation.issues if each.is_error]


def test_a_safety_rule_warns_only_of_what_the_situation_shows() -> None:
    """SR8 pending and SR9 overdue are what they are there for; SR11 is what a form without a box for it cannot say."""
    expected = {"pending": {"SR8"}, "overdue": {"SR9"}, "overdue-and-pending": {"SR8", "SR9"}}
    expected |= {"advance-decision": {"SR11"}, "advance-decision-all": {"SR11"}}
    for member in EVERYBODY:
        rules = {each.rule for said in READ[member.number] for each in said.issues if each.severity == "warning"}
        assert rules <= expected.get(member.situation.id, set()), member.situation.id


def test_no_date_of_a_form_has_not_come_yet_but_a_reviews() -> None:
    for member in EVERYBODY:
        for resource in member.resources:
            assert str(resource.get("authored") or resource["dateTime"])[:10] <= ANCHOR.isoformat()


def test_no_decision_is_made_for_what_somebody_is() -> None:
    """None is given for an age, a disability or a place of living."""
    said = [plan.cpr.reason_text or plan.care.guidance or "" for member in EVERYBODY for plan in plans(member)]
    for text in said:
        assert not re.search(
            r"\b(because|due to)\b[^.]*\b(age|old|elderly|learning disab|care home)", text, re.IGNORECASE
        )
    disabled = [plan for member in in_situation("learning-disability", "cpr-recommended") for plan in plans(member)]
    assert disabled
    assert {str(plan.cpr.decision and plan.cpr.decision.kind) for plan in disabled} == {"attempt"}


def test_a_cpr_decision_against_has_a_reason_and_a_conversation() -> None:
    for member in EVERYBODY:
        for plan in plans(member):
            if plan.cpr.decision and plan.cpr.decision.kind == "do-not-attempt":
                reasons = plan.cpr.reason_text or plan.care.guidance or plan.cpr.reasons
                assert reasons, plan.record.form


@pytest.mark.parametrize(
    ("situation", "least"),
    [
        ("current", 80), ("superseded", 50), ("cancelled", 20), ("overdue", 20), ("conflict", 12), ("pending", 20),
        ("advance-decision", 10), ("advance-decision-all", 5), ("attorney", 15), ("child-modified-cpr", 4),
        ("learning-disability", 8), ("no-plan", 5),
    ],
)  # fmt: skip
def test_every_situation_is_there_often_enough(situation: str, least: int) -> None:
    assert len(in_situation(situation)) >= least


def test_situations_are_what_they_say() -> None:
    assert all(plan.cancellation.on for member in in_situation("cancelled") for plan in plans(member))
    assert all(not plans(member) for member in in_situation("no-plan"))
    for member in in_situation("overdue", "overdue-and-pending"):
        [plan] = plans(member)
        assert plan.review is not None
        assert plan.review.date is not None
        assert plan.review.date < ANCHOR.isoformat()
    for member in in_situation("conflict"):
        kinds = {plan.cpr.decision.kind for plan in plans(member) if plan.cpr.decision}
        assert kinds == {"attempt", "do-not-attempt"}
    for member in in_situation("child-modified-cpr"):
        [plan] = plans(member)
        assert plan.cpr.decision is not None
        assert plan.cpr.decision.kind == "modified"
        assert plan.person.birth_date is not None
        assert plan.person.birth_date > "2008"


def test_names_are_nobodys_but_given_names_are_many() -> None:
    names = {plan.person.full_name or "" for member in EVERYBODY for plan in plans(member)}
    assert len({name.split()[0] for name in names}) >= 60
    assert len({name.split()[-1] for name in names}) >= 40
