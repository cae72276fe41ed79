"""Each kind of criterion, sort, page and include, over plain synthetic records of which there can be any number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from acpshare.search.query import (
    Address,
    Chain,
    Comparator,
    Criterion,
    DateTest,
    Has,
    Ids,
    Include,
    InCompartment,
    Match,
    Missing,
    Not,
    QuantityTest,
    ReferenceTest,
    SearchQuery,
    Sort,
    StringTest,
    Test,
    Text,
    TokenTest,
    Total,
    Updated,
    UriTest,
)
from acpshare.search.values import DateValue, ReferenceValue, StringValue, TokenValue, parameter_key
from acpshare.storage import Store, StoredResource

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
NHS = "https://fhir.nhs.uk/Id/nhs-number"
_DAY = 86_400_000_000
_MARCH = int(BEGIN.timestamp()) * 1_000_000


def fill(store: Store, people: int) -> None:
    """For each person a Patient, two care plans, an Observation; for each hundred an Organization and a Questionnaire."""
    waiting = list(records(people))
    while waiting:
        some, waiting = waiting[:500], waiting[500:]
        with store.write() as writing:
            writing.put_new(some)


def records(people: int) -> Iterator[StoredResource]:
    for number in range(people):
        person = f"p{number}"
        if number % 100 == 0:
            yield _record(
                number,
                None,
                {"resourceType": "Organization", "id": f"o{number // 100}", "name": f"Trust {number // 100}"},
            )
            address = f"http://forms.example/{number // 100}"
            yield _record(
                number,
                None,
                {"resourceType": "Questionnaire", "id": f"q{number // 100}", "status": "draft", "url": address},
            )
        yield _record(number, person, _patient(number))
        for which, status in enumerate(("active", "revoked")):
            yield _record(number, person, _care_plan(number, which, status))
        yield _record(number, person, _observation(number))


def _record(number: int, person: str | None, content: dict[str, Any]) -> StoredResource:
    instant = BEGIN + timedelta(minutes=number)
    return StoredResource(content["resourceType"], content["id"], 1, instant, json.dumps(content).encode(), person)


def _patient(number: int) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": f"p{number}",
        "identifier": [{"system": NHS, "value": f"n{number}"}],
        "name": [{"family": f"Fam{number:06}", "given": ["Ann" if number % 2 else "Bob"]}],
        "birthDate": (datetime(1930, 1, 1, tzinfo=UTC) + timedelta(days=number)).date().isoformat(),
        "managingOrganization": {"reference": f"Organization/o{number // 100}"},
    } | ({"gender": "female"} if number != 7 else {})


def _care_plan(number: int, which: int, status: str) -> dict[str, Any]:
    day = (BEGIN + timedelta(days=number)).date().isoformat()
    return {
        "resourceType": "CarePlan",
        "id": f"c{number}-{which}",
        "status": status,
        "intent": "plan",
        "subject": {"reference": f"Patient/p{number}"},
        "period": {"start": day, "end": day},
        "category": [{"coding": [{"system": "urn:c", "code": f"rare{number // 10}"}]}],
    }


def _observation(number: int) -> dict[str, Any]:
    quantity = {"value": number, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
    return {
        "resourceType": "Observation",
        "id": f"b{number}",
        "status": "final",
        "code": {"coding": [{"system": "urn:o", "code": "weight"}]},
        "subject": {"reference": f"Patient/p{number}"},
        "valueQuantity": quantity,
    }


def match(*tests: Test) -> Match:
    return Match(tests)


def token(type: str, code: str, value: str | None, system: str | None = None) -> TokenTest:
    return TokenTest(parameter_key(type, code), system, value)


def reference(type: str, code: str, to: str, of: str | None = None) -> ReferenceTest:
    return ReferenceTest(parameter_key(type, code), of, to)


def text(type: str, code: str, value: str, how: Text = Text.STARTS_WITH) -> StringTest:
    return StringTest(parameter_key(type, code), value, how)


def day(type: str, code: str, comparator: Comparator, number: int) -> DateTest:
    return DateTest(parameter_key(type, code), comparator, _MARCH + number * _DAY, _MARCH + (number + 1) * _DAY)


def up(type: str, code: str, kind: type) -> Sort:
    return Sort(parameter_key(type, code), kind)


def down(type: str, code: str, kind: type) -> Sort:
    return Sort(parameter_key(type, code), kind, descending=True)


OF_P7 = match(reference("CarePlan", "patient", "p7", "Patient"))
NUMBER_7 = match(token("Patient", "identifier", "n7", NHS))
ACTIVE = match(token("CarePlan", "status", "active"))
RARE = match(token("CarePlan", "category", "rare0", "urn:c"))
PATIENT = parameter_key("CarePlan", "patient")
START = parameter_key("CarePlan", "date")


def plans(*criteria: Criterion, **how: Any) -> SearchQuery:
    return SearchQuery("CarePlan", criteria, **how)


def patients(*criteria: Criterion, **how: Any) -> SearchQuery:
    return SearchQuery("Patient", criteria, **how)


C7 = ["c7-0", "c7-1"]
SUBJECTS = ("Patient", "Group", "Device", "Location")
RARE_ACTIVE = [f"c{number}-0" for number in range(10)]
FIRST_TWO, FIRST_ACTIVE = ["c0-0", "c0-1"], ["c0-0", "c1-0"]

# fmt: off
CASES: dict[str, tuple[SearchQuery, list[str]]] = {
    "the plans of a patient": (plans(OF_P7), C7),
    "the plans of an id of any type": (plans(match(reference("CarePlan", "subject", "p7"))), C7),
    "a person by NHS number": (patients(NUMBER_7), ["p7"]),
    "a person by number in any system": (patients(match(token("Patient", "identifier", "n7"))), ["p7"]),
    "people by several numbers": (patients(match(*(token("Patient", "identifier", f"n{each}", NHS) for each in (9, 7, 8)))), ["p7", "p8", "p9"]),
    "people by many numbers": (patients(match(*(token("Patient", "identifier", f"n{each}", NHS) for each in range(20, 8, -1)))), [f"p{each}" for each in range(9, 21)]),
    "whoever has a number in a system": (patients(match(token("Patient", "identifier", None, NHS)), count=2), ["p0", "p1"]),
    "a page of a status that most have": (plans(ACTIVE, count=2), FIRST_ACTIVE),
    "a page of either status": (plans(match(*ACTIVE.tests, token("CarePlan", "status", "revoked")), count=2), FIRST_TWO),
    "a status that most have, and a patient": (plans(ACTIVE, OF_P7), ["c7-0"]),
    "a status that most have, and a rare category": (plans(ACTIVE, RARE), RARE_ACTIVE),
    "a patient, and not a status": (plans(OF_P7, Not(ACTIVE)), ["c7-1"]),
    "not a status": (plans(Not(ACTIVE), count=2), ["c0-1", "c1-1"]),
    "what a patient lacks, among a few": (patients(match(text("Patient", "family", "fam00000")), Missing(parameter_key("Patient", "gender"), TokenValue, True)), ["p7"]),
    "who has a gender": (patients(Missing(parameter_key("Patient", "gender"), TokenValue, False), count=2), ["p0", "p1"]),
    "by ids": (patients(Ids(("p9", "p7", "none"))), ["p7", "p9"]),
    "by many ids": (patients(Ids(tuple(f"p{each}" for each in range(20, 8, -1)))), [f"p{each}" for each in range(9, 21)]),
    "in a compartment": (plans(InCompartment(("p7",))), C7),
    "in many compartments": (plans(InCompartment(tuple(f"p{each}" for each in range(7, 17))), ACTIVE), [f"c{each}-0" for each in range(7, 17)]),
    "a family name that begins so": (patients(match(text("Patient", "family", "fam00000"))), [f"p{each}" for each in range(10)]),
    "a family name exactly": (patients(match(text("Patient", "family", "Fam000007", Text.EXACT))), ["p7"]),
    "a given name that half of them have": (patients(match(text("Patient", "given", "ann")), count=2), ["p1", "p3"]),
    "a day": (plans(match(day("CarePlan", "date", Comparator.EQ, 7)), OF_P7), C7),
    "a quantity": (SearchQuery("Observation", (match(QuantityTest(parameter_key("Observation", "value-quantity"), Comparator.EQ, 6.5, 7.5, None, "mg")),)), ["b7"]),
    "an address": (SearchQuery("Questionnaire", (match(UriTest(parameter_key("Questionnaire", "url"), "http://forms.example/0")),)), ["q0"]),
    "an address below": (SearchQuery("Questionnaire", (match(UriTest(parameter_key("Questionnaire", "url"), "http://forms.example/0", Address.BELOW)),)), ["q0"]),
    "updated in a minute": (patients(Updated(((Comparator.EQ, _MARCH + 420_000_000, _MARCH + 480_000_000),))), ["p7"]),
    "updated since long ago": (patients(Updated(((Comparator.GE, 0, 1),)), count=2), ["p0", "p1"]),
    "the plans of whoever has a number": (plans(Chain(PATIENT, ("Patient",), (NUMBER_7,))), C7),
    "the observations of whatever has a number": (SearchQuery("Observation", (Chain(parameter_key("Observation", "subject"), tuple(SUBJECTS), tuple(match(token(type, "identifier", "n7", NHS)) for type in SUBJECTS)),)), ["b7"]),
    "the plans of people of a name": (plans(Chain(PATIENT, ("Patient",), (match(text("Patient", "family", "fam000007")),)), ACTIVE), ["c7-0"]),
    "the plans of people of an organisation": (
        plans(Chain(PATIENT, ("Patient",), (Chain(parameter_key("Patient", "organization"), ("Organization",), (match(text("Organization", "name", "trust 0")),)),)), RARE, ACTIVE),
        RARE_ACTIVE,
    ),
    "who has a plan of a category": (patients(Has("CarePlan", PATIENT, RARE)), [f"p{each}" for each in range(10)]),
    "who has an active plan": (patients(Has("CarePlan", PATIENT, ACTIVE), count=2), ["p0", "p1"]),
    "a page of everything": (plans(count=2), FIRST_TWO),
    "a patient's plans, the newest first": (plans(OF_P7, sort=(down("CarePlan", "date", DateValue),)), ["c7-1", "c7-0"]),
    "all plans by date": (plans(sort=(up("CarePlan", "date", DateValue),), count=2), FIRST_TWO),
    "active plans by date": (plans(ACTIVE, sort=(up("CarePlan", "date", DateValue),), count=2), FIRST_ACTIVE),
    "all people by name and date of birth": (patients(sort=(up("Patient", "family", StringValue), down("Patient", "birthdate", DateValue)), count=2), ["p0", "p1"]),
    "all plans by patient": (plans(sort=(up("CarePlan", "patient", ReferenceValue),), count=2), FIRST_TWO),
    "all plans by last update": (plans(sort=(Sort(None, DateValue),), count=2), FIRST_TWO),
    "all plans by id": (plans(sort=(Sort(None, None),), count=2), FIRST_TWO),
    "those without a gender last": (patients(match(text("Patient", "family", "fam00000")), sort=(up("Patient", "gender", TokenValue),)), [f"p{each}" for each in (0, 1, 2, 3, 4, 5, 6, 8, 9, 7)]),
    "how many plans a patient has": (plans(OF_P7, count=0, total=Total.ACCURATE), []),
    "a plan, and whose it is": (plans(OF_P7, count=1, includes=(Include("CarePlan", PATIENT),)), ["c7-0"]),
    "a person, and their plans": (patients(NUMBER_7, includes=(Include("CarePlan", PATIENT, reverse=True),)), ["p7"]),
    "a plan, whose it is, and who looks after them": (
        plans(OF_P7, count=1, includes=(Include("CarePlan", PATIENT), Include("Patient", parameter_key("Patient", "organization"), iterate=True))),
        ["c7-0"],
    ),
}
# fmt: on
"""What is asked, and the ids of the first page. Whoever has more people than 100 gets the same."""

INCLUDED = {
    "a plan, and whose it is": ["p7"],
    "a person, and their plans": C7,
    "a plan, whose it is, and who looks after them": ["o0", "p7"],
}
TOTALS = {"how many plans a patient has": 2}
