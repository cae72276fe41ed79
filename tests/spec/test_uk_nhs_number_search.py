"""NHS numbers in searches: written as people write them, followed where one was superseded, and never "everybody".

Basis: reference facts on the Personal Demographics Service and the National Record Locator; NHS data dictionary.
"""

from __future__ import annotations

import pytest

from acpshare.interactions.nhs_number_search import Followed, follow
from acpshare.outcome import Malformed
from acpshare.storage import Store
from tests.support.service import NHS, OUTSIDE_TEST_RANGE

OLD, NEW, OTHER, NOBODY = "9990000018", "9990000026", "9990000034", "9990000042"
WRONG_CHECK_DIGIT = "9990000019"


@pytest.fixture
def people(store: Store) -> Store:
    """Ann's number was superseded, Bob's was not."""
    with store.write() as writing:
        writing.put_identifier("ann", NHS, NEW)
        writing.put_identifier("ann", NHS, OLD, NEW)
        writing.put_identifier("bob", NHS, OTHER)
    return store


def asked(store: Store, type: str, *pairs: tuple[str, str]) -> Followed:
    with store.read() as reading:
        return follow(reading, type, pairs, synthetic_only=True)


@pytest.mark.parametrize(
    ("type", "name", "value", "becomes"),
    [
        ("Patient", "identifier", f"{NHS}|{NEW}", ("_id", "ann")),
        ("Patient", "identifier", f"{NHS}|{OTHER}", ("_id", "bob")),
        ("Patient", "identifier", f"{NHS}|{NEW},{NHS}|{OTHER}", ("_id", "ann,bob")),
        ("Patient", "identifier", f"{NHS}|{OTHER},{NHS}|{NOBODY}", ("_id", "bob")),
        ("CarePlan", "patient.identifier", f"{NHS}|{NEW}", ("patient", "Patient/ann")),
        ("Consent", "patient.identifier", f"{NHS}|{NEW},{NHS}|{OTHER}", ("patient", "Patient/ann,Patient/bob")),
        ("QuestionnaireResponse", "subject.identifier", f"{NHS}|{NEW}", ("subject", "Patient/ann")),
        ("Flag", "subject:Patient.identifier", f"{NHS}|{NEW}", ("subject", "Patient/ann")),
        ("DocumentReference", "subject:identifier", f"{NHS}|{NEW}", ("subject", "Patient/ann")),
        ("Provenance", "target:CarePlan.patient.identifier", f"{NHS}|{NEW}", ("target:CarePlan.patient", "Patient/ann")),
        ("Organization", "_has:Patient:organization:identifier", f"{NHS}|{NEW}", ("_has:Patient:organization:_id", "ann")),
        ("Goal", "_has:CarePlan:goal:patient.identifier", f"{NHS}|{NEW}", ("_has:CarePlan:goal:patient", "Patient/ann")),
    ],
)  # fmt: skip
def test_a_number_leads_to_the_person_who_holds_it(
    people: Store, type: str, name: str, value: str, becomes: tuple[str, str]
) -> None:
    assert asked(people, type, (name, value)) == Followed((becomes,))


def test_a_superseded_number_leads_to_who_holds_the_new_one_and_the_answer_says_so(people: Store) -> None:
    for type, name, becomes in (
        ("Patient", "identifier", ("_id", "ann")),
        ("CarePlan", "patient.identifier", ("patient", "Patient/ann")),
    ):
        found = asked(people, type, (name, f"{NHS}|{OLD}"))
        assert found.pairs == (becomes,)
        (said,) = found.issues
        assert (str(said.severity), "superseded" in said.diagnostics) == ("information", True)
        assert OLD not in str(found.issues)
        assert NEW not in str(found.issues)


@pytest.mark.parametrize(
    ("type", "name", "value"),
    [
        ("Patient", "identifier", f"{NHS}|{NOBODY}"),
        ("Patient", "identifier", "https://example.org/id|1"),
        ("Patient", "identifier", NEW),
        ("Patient", "identifier:not", f"{NHS}|{NEW}"),
        ("Patient", "family", "Example"),
        ("RelatedPerson", "identifier", f"{NHS}|{NEW}"),
        ("CarePlan", "subject:Group.identifier", f"{NHS}|{NEW}"),
        ("CarePlan", "patient.identifier", f"{NHS}|{NOBODY}"),
    ],
)
def test_what_asks_for_nobody_here_or_for_something_else_is_left_as_it_is(
    people: Store, type: str, name: str, value: str
) -> None:
    assert asked(people, type, (name, value)) == Followed(((name, value),))


def test_beside_identifiers_of_other_kinds_a_superseded_number_is_asked_for_as_it_is_now(people: Store) -> None:
    found = asked(people, "Patient", ("identifier", f"https://example.org/id|a\\,b,{NHS}|{OLD}"))
    assert found.pairs == (("identifier", f"https://example.org/id|a\\,b,{NHS}|{NEW}"),)


def test_other_criteria_stand_beside_it_untouched(people: Store) -> None:
    pairs = (("status", "active"), ("patient.identifier", f"{NHS}|{OTHER}"), ("_count", "5"))
    assert asked(people, "CarePlan", *pairs).pairs == (
        ("status", "active"),
        ("patient", "Patient/bob"),
        ("_count", "5"),
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (f"{NHS}|{WRONG_CHECK_DIGIT}", "INVALID_NHS_NUMBER"),
        (f"{NHS}|999 000 0026", "INVALID_NHS_NUMBER"),
        (f"{NHS}|1111111111", "INVALID_NHS_NUMBER"),
        (f"{NHS}|{OUTSIDE_TEST_RANGE}", "INVALID_NHS_NUMBER"),
        (f"{NHS}|", "MISSING_VALUE"),
        (f"{NHS}|{NEW},{NHS}|{WRONG_CHECK_DIGIT}", "INVALID_NHS_NUMBER"),
    ],
)
def test_a_number_that_cannot_be_one_is_refused_and_never_repeated(people: Store, value: str, code: str) -> None:
    """A slip of the pen must not find everybody, nor look like somebody without a plan."""
    for type, name in (("Patient", "identifier"), ("CarePlan", "patient.identifier"), ("Flag", "subject:identifier")):
        with pytest.raises(Malformed) as refused:
            asked(people, type, (name, value))
        assert {issue.spine for issue in refused.value.issues} == {code}
        assert {place for issue in refused.value.issues for place in issue.expression} == {name}
        assert not any(number in str(refused.value.issues) for number in (WRONG_CHECK_DIGIT, OUTSIDE_TEST_RANGE, NEW))
