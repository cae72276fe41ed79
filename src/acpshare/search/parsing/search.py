"""A whole query string. https://hl7.org/fhir/R4/search.html"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from acpshare.outcome import Issue
from acpshare.search import cursor
from acpshare.search.parsing.criteria import Asking, criterion
from acpshare.search.parsing.problems import Problems
from acpshare.search.parsing.reading import CodesIn, Reader
from acpshare.search.parsing.results import GENERAL, Results
from acpshare.search.parsing.weight import MOST_QUESTIONS, weight
from acpshare.search.query import Criterion, Position, SearchQuery, Total

MOST_PARAMETERS = 100
MOST_ON_A_PAGE = 1000
MOST_VALUES = 2000


@dataclass(frozen=True, slots=True)
class ParsedSearch:
    """`pairs` are the parameters that were used, in an order of their own: for the self link. Without the cursor.

    `issues` are the warnings of a lenient search. `digest` stands for the search in a cursor.
    """

    query: SearchQuery
    pairs: tuple[tuple[str, str], ...]
    issues: tuple[Issue, ...]
    summary: str | None
    elements: tuple[str, ...]
    digest: bytes


def _no_value_sets(_: str) -> None:
    return None


def parse_search(
    type: str,
    pairs: Sequence[tuple[str, str]],
    *,
    base_url: str = "",
    lenient: bool = False,
    codes_in: CodesIn = _no_value_sets,
    most: int = MOST_ON_A_PAGE,
    now: datetime | None = None,
) -> ParsedSearch:
    """What a search of a type asks for. `now` is what `ap` of a date is measured from.

    Raises Malformed with every problem. Lenient, what is not known is passed over with a warning; but a search of which
    nothing is left is refused all the same, for it would find everybody. KeyError when the type cannot be searched.
    """
    problems = Problems(lenient=lenient)
    if len(pairs) > MOST_PARAMETERS:
        problems.too_much("", f"there are more than {MOST_PARAMETERS} parameters")
        problems.end()
    reader = Reader(base_url.rstrip("/") + "/" if base_url else "", now or datetime.now(UTC), codes_in)
    results = Results(type, most, problems)
    criteria, used, place = _read(reader, results, pairs)
    if not criteria:
        problems.nothing_left()
    problems.end()
    criteria_pairs = tuple(sorted(used))
    digest = _digest(type, (*criteria_pairs, *(pair for pair in results.pairs if pair[0] == "_sort")))
    query = SearchQuery(
        type=type,
        criteria=tuple(criteria),
        sort=results.sort,
        count=0 if results.wants_only_the_total() else results.count,
        after=_after(place, digest),
        total=Total.ACCURATE if results.wants_only_the_total() else results.total,
        includes=tuple(results.includes),
    )
    accepted = (*criteria_pairs, *sorted(results.pairs))
    return ParsedSearch(query, accepted, tuple(problems.warnings), results.summary, results.elements, digest)


def _read(
    reader: Reader, results: Results, pairs: Sequence[tuple[str, str]]
) -> tuple[list[Criterion], list[tuple[str, str]], list[str]]:
    """The criteria, the pairs that they were made of, and the cursors."""
    criteria: list[Criterion] = []
    used: list[tuple[str, str]] = []
    place: list[str] = []
    values = 0
    for name, value in pairs:
        if name in GENERAL:
            continue
        if name == cursor.PARAMETER:
            place.append(value[:100])
        elif results.understands(name):
            results.read(name, value)
        elif (made := criterion(Asking(reader, results.problems, name, value), results.type, name)) is not None:
            criteria.append(made)
            used.append((name, value))
            values += value.count(",") + 1
    if values > MOST_VALUES:
        results.problems.too_much("", f"there are more than {MOST_VALUES} values in all")
    elif sum(map(weight, criteria)) > MOST_QUESTIONS:
        what = (
            f"it asks for more than {MOST_QUESTIONS} things: name the type that a chain leads to, as in subject:Patient"
        )
        results.problems.too_much("", what)
    if len(place) > 1:
        results.problems.value(cursor.PARAMETER, f"{cursor.PARAMETER} stands more than once")
    return criteria, used, place


def _after(place: Sequence[str], digest: bytes) -> Position | None:
    return cursor.decode(place[0], digest) if place else None


def _digest(type: str, pairs: Sequence[tuple[str, str]]) -> bytes:
    return sha256(repr((type, pairs)).encode(errors="surrogatepass")).digest()
