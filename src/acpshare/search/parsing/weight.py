"""How much a search asks at once, before any database is asked: what it would take to compile it, and to plan it.

https://hl7.org/fhir/R4/search.html#chaining
"""

from __future__ import annotations

from acpshare.search.query import Chain, Criterion, Has, Match, Not, ReferenceTest, Test, TokenTest, Updated

MOST_QUESTIONS = 200
"""Of the index, in one search. SQLite puts no more than 500 together; PostgreSQL plans 200 in under a second."""


def weight(criterion: Criterion) -> int:
    """How many questions of the index a criterion is: a chain to any type is one for each type that it can lead to."""
    match criterion:
        case Match():
            return len({_question(place, test) for place, test in enumerate(criterion.tests)})
        case Not():
            return weight(criterion.match)
        case Updated():
            return len(criterion.tests)
        case Chain():
            return 1 + sum(map(weight, criterion.criteria))
        case Has():
            return 1 + weight(criterion.criterion)
        case _:
            return 1


def _question(place: int, test: Test) -> tuple[object, ...]:
    """Codes of one system, and ids of one type, are one question however many they are."""
    if isinstance(test, TokenTest) and test.code is not None:
        return (TokenTest, test.parameter, test.system)
    return (ReferenceTest, test.parameter, test.type) if isinstance(test, ReferenceTest) else (place,)
