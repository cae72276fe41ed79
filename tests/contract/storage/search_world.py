"""A small world of synthetic records with everything in it that a search can stumble over, and any search of it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from acpshare.search.extraction import index_values
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
from acpshare.search.values import (
    DateValue,
    IndexValue,
    QuantityValue,
    ReferenceValue,
    StringValue,
    TokenValue,
    UriValue,
)
from acpshare.storage import StoredResource, Writing

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
UNITS = "http://unitsofmeasure.org"
SYSTEMS = ("https://fhir.nhs.uk/Id/nhs-number", "urn:other", "")
NAMES = ("Ng", "Nguyễn", "O'Brien", "O’Brien", "de la Cruz", "DE LA CRUZ", "100%", "a_b", "Åström", "王")
DAYS = (
    "2026",
    "2026-01",
    "2026-01-31",
    "2026-02-01",
    "2026-02-01T10:00:00Z",
    "2025-12-31",
    "2026-02-01T10:00:00.000001Z",
)
TYPES = ("Patient", "CarePlan", "Observation", "Organization", "Questionnaire")


def resource(type: str, number: int, dice: random.Random) -> dict[str, Any]:
    return {"resourceType": type, "id": f"{type.lower()}-{number}", **_CONTENT[type](dice)}


def _some(dice: random.Random, most: int, make: Callable[[], Any]) -> list[Any]:
    return [make() for _ in range(dice.randrange(most + 1))]


def _coding(dice: random.Random) -> dict[str, str]:
    system = dice.choice(SYSTEMS)
    return {"code": dice.choice("abc")} | ({"system": system} if system else {})


def _concept(dice: random.Random) -> dict[str, Any]:
    return {"coding": _some(dice, 2, lambda: _coding(dice)), "text": dice.choice(NAMES)}


def _reference(dice: random.Random, *types: str) -> dict[str, Any]:
    type = dice.choice(types)
    return {"reference": f"{type}/{type.lower()}-{dice.randrange(12)}"}


def _patient(dice: random.Random) -> dict[str, Any]:
    system = dice.choice(SYSTEMS)
    identifiers = _some(dice, 2, lambda: {"value": dice.choice("123")} | ({"system": system} if system else {}))
    names = _some(dice, 3, lambda: {"family": dice.choice(NAMES), "given": [dice.choice(NAMES)]})
    made: dict[str, Any] = {"identifier": identifiers, "name": names, "gender": dice.choice(["female", "male"])}
    if dice.random() < 0.7:
        made["birthDate"] = dice.choice(DAYS[:4])
    if dice.random() < 0.4:
        made["managingOrganization"] = _reference(dice, "Organization")
    if dice.random() < 0.3:
        made["link"] = [{"other": _reference(dice, "Patient"), "type": "seealso"}]
    return made


def _care_plan(dice: random.Random) -> dict[str, Any]:
    period = {name: day for name in ("start", "end") if dice.random() < 0.6 and (day := dice.choice(DAYS))}
    return {
        "status": dice.choice(["active", "draft", "revoked"]),
        "intent": "plan",
        "subject": _reference(dice, "Patient"),
        "category": _some(dice, 3, lambda: _concept(dice)),
        "basedOn": _some(dice, 2, lambda: _reference(dice, "CarePlan")),
    } | ({"period": period} if period else {})


def _observation(dice: random.Random) -> dict[str, Any]:
    quantity = {"value": dice.choice([5, 5.4, 5.5, 6, 100]), "unit": "x"}
    if dice.random() < 0.7:
        quantity |= {"system": UNITS, "code": dice.choice(["mg", "g"])}
    return {
        "status": "final",
        "code": _concept(dice),
        "subject": _reference(dice, "Patient"),
        "effectiveDateTime": dice.choice(DAYS),
        "performer": _some(dice, 2, lambda: _reference(dice, "Organization", "Patient")),
    } | ({"valueQuantity": quantity} if dice.random() < 0.8 else {})


def _organization(dice: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {"name": dice.choice(NAMES), "active": dice.random() < 0.5}
    return made | ({"partOf": _reference(dice, "Organization")} if dice.random() < 0.6 else {})


def _questionnaire(dice: random.Random) -> dict[str, Any]:
    return {
        "status": "draft",
        "url": dice.choice(["http://a.example/q", "http://a.example/q/1", "http://a.example/%", ""]) or None,
    }


_CONTENT: dict[str, Callable[[random.Random], dict[str, Any]]] = {
    "Patient": _patient,
    "CarePlan": _care_plan,
    "Observation": _observation,
    "Organization": _organization,
    "Questionnaire": _questionnaire,
}


def _without_nothing(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if value not in ([], None)}


def history(seed: int, changes: int = 150) -> list[StoredResource]:
    """Creations, updates and deletions in their order, some at the same instant."""
    dice = random.Random(seed)
    versions: dict[tuple[str, str], int] = {}
    made: list[StoredResource] = []
    for step in range(changes):
        content = _without_nothing(resource(dice.choice(TYPES), dice.randrange(12), dice))
        type, id = content["resourceType"], content["id"]
        version = versions.get((type, id), 0) + 1
        deleted = version > 1 and dice.random() < 0.15
        person = {"Patient": id}.get(type) or content.get("subject", {}).get("reference", "/").partition("/")[2] or None
        text = None if deleted else json.dumps(content).encode()
        made.append(StoredResource(type, id, version, BEGIN + timedelta(minutes=step // 3), text, person))
        versions[type, id] = version
    return made


def write(writing: Writing, versions: Sequence[StoredResource]) -> None:
    for each in versions:
        if each.text is None:
            writing.delete(each.type, each.id, each.version_id, each.last_updated)
        else:
            writing.put(each)


class World:
    """What the records of a history are found by, to make searches of."""

    def __init__(self, versions: Sequence[StoredResource]) -> None:
        self.values: dict[str, list[IndexValue]] = {type: [] for type in TYPES}
        for each in versions:
            if each.text is not None:
                self.values[each.type] += index_values(json.loads(each.text))

    def query(self) -> SearchStrategy[SearchQuery]:
        return _query(self)

    def ordinary_query(self) -> SearchStrategy[SearchQuery]:
        """What is asked all the time: nothing but a few values."""
        return _ordinary_query(self)


@st.composite
def _query(draw: DrawFn, world: World) -> SearchQuery:
    type = draw(st.sampled_from(TYPES))
    return SearchQuery(
        type,
        tuple(draw(st.lists(_criterion(world, type, 2), max_size=2))),
        sort=tuple(draw(st.lists(_sort(world, type), max_size=2))),
        count=draw(st.sampled_from([0, 1, 2, 3, 3, 4, 10, 50])),
        total=draw(st.sampled_from([Total.NONE, Total.ACCURATE])),
        includes=tuple(draw(st.lists(_include(world, type), max_size=3))) if draw(st.booleans()) else (),
    )


@st.composite
def _ordinary_query(draw: DrawFn, world: World) -> SearchQuery:
    type = draw(st.sampled_from(TYPES))
    tokens = [each for each in world.values[type] if isinstance(each, TokenValue | ReferenceValue)]
    point = st.builds(
        lambda test: Match((test,)), st.sampled_from(tokens).flatmap(lambda value: _TEST[value.__class__](value))
    )
    ids = st.integers(0, 12)
    one = st.one_of(
        point,
        point,
        _chain(world, type, 0, point_only=True),
        ids.map(lambda number: Ids((f"{type.lower()}-{number}",))),
        ids.map(lambda number: InCompartment((f"patient-{number}",))),
    )
    return SearchQuery(
        type, tuple(draw(st.lists(one, min_size=1, max_size=2))), count=draw(st.sampled_from([1, 2, 50]))
    )


def _criterion(world: World, type: str, depth: int) -> SearchStrategy[Criterion]:
    match = st.builds(Match, st.lists(_test(world, type), min_size=1, max_size=12).map(tuple)) | st.just(Match(()))
    kinds: list[SearchStrategy[Criterion]] = [
        match,
        match,
        st.builds(Not, match),
        st.sampled_from(world.values[type]).flatmap(
            lambda value: st.builds(Missing, st.just(value.parameter), st.just(value.__class__), st.booleans())
        ),
        st.builds(
            Ids,
            st.lists(st.integers(0, 13).map(lambda number: f"{type.lower()}-{number}"), min_size=3, max_size=9).map(
                tuple
            ),
        ),
        st.builds(
            Updated, st.lists(st.tuples(st.sampled_from(Comparator), *_range()), min_size=1, max_size=3).map(_updated)
        ),
        st.builds(
            InCompartment,
            st.lists(st.integers(0, 13).map(lambda number: f"patient-{number}"), min_size=2, max_size=9).map(tuple),
        ),
    ]
    if depth:
        kinds += [_chain(world, type, depth), _has(world, type, depth)]
    return st.one_of(kinds)


def _range() -> tuple[SearchStrategy[int], SearchStrategy[int]]:
    return st.integers(0, 55), st.integers(0, 3)


def _updated(drawn: Sequence[tuple[Comparator, int, int]]) -> tuple[tuple[Comparator, int, int], ...]:
    begin = int(BEGIN.timestamp()) * 1_000_000
    return tuple(
        (each, begin + minute * 60_000_000, begin + (minute + length) * 60_000_000 + 1)
        for each, minute, length in drawn
    )


@st.composite
def _chain(draw: DrawFn, world: World, type: str, depth: int, *, point_only: bool = False) -> Criterion:
    references = [value for value in world.values[type] if isinstance(value, ReferenceValue) and value.type in TYPES]
    if not references:
        return Match(())
    one = draw(st.sampled_from(references))
    types = sorted({value.type for value in references if value.parameter == one.parameter})
    inner = [
        st.builds(Match, st.tuples(_test(world, each))) if point_only else _criterion(world, each, depth - 1)
        for each in types
    ]
    return Chain(one.parameter, tuple(types), tuple(draw(each) for each in inner))


@st.composite
def _has(draw: DrawFn, world: World, type: str, depth: int) -> Criterion:
    leading = [
        (of, value.parameter)
        for of in TYPES
        for value in world.values[of]
        if isinstance(value, ReferenceValue) and value.type == type
    ]
    if not leading:
        return Match(())
    of, parameter = draw(st.sampled_from(leading))
    return Has(of, parameter, draw(_criterion(world, of, depth - 1)))


@st.composite
def _sort(draw: DrawFn, world: World, type: str) -> Sort:
    value = draw(st.sampled_from(world.values[type]))
    return draw(
        st.sampled_from(
            [Sort(value.parameter, value.__class__, descending) for descending in (False, True)]
            + [Sort(None, kind, descending) for kind in (None, DateValue) for descending in (False, True)]
        )
    )


@st.composite
def _include(draw: DrawFn, world: World, type: str) -> Include:
    source = draw(st.sampled_from((type, *TYPES)))
    references = [value for value in world.values[source] if isinstance(value, ReferenceValue) and value.type]
    if not references:
        return Include(source, 1)
    one = draw(st.sampled_from(references))
    target = draw(st.sampled_from([None, one.type, "Patient"]))
    return Include(source, one.parameter, target, draw(st.booleans()), draw(st.booleans()))


def _test(world: World, type: str) -> SearchStrategy[Test]:
    return st.sampled_from(world.values[type]).flatmap(lambda value: _TEST[value.__class__](value))


def _any_or(text: str) -> SearchStrategy[str | None]:
    return st.sampled_from([text, None])


def _token(value: TokenValue) -> SearchStrategy[Test]:
    return st.builds(TokenTest, st.just(value.parameter), _any_or(value.system), _any_or(value.code))


def _string(value: StringValue) -> SearchStrategy[Test]:
    some = [
        (value.exact, Text.EXACT),
        (value.exact.upper(), Text.EXACT),
        (value.folded[:2], Text.STARTS_WITH),
        (value.folded, Text.STARTS_WITH),
        (value.folded[1:3], Text.CONTAINS),
        ("%", Text.CONTAINS),
        ("\ud800", Text.CONTAINS),
        ("", Text.STARTS_WITH),
    ]
    return st.sampled_from(some).map(lambda how: StringTest(value.parameter, *how))


def _date(value: DateValue) -> SearchStrategy[Test]:
    shift = st.sampled_from([0, 1, -1, 86_400_000_000])
    return st.builds(
        lambda how, a, b: DateTest(value.parameter, how, value.low + a, max(value.low + a + 1, value.high + b)),
        st.sampled_from(Comparator),
        shift,
        shift,
    )


def _quantity(value: QuantityValue) -> SearchStrategy[Test]:
    units = st.sampled_from([(None, None), (value.system, value.code), (None, value.code)])
    return st.builds(
        lambda how, unit, by: QuantityTest(value.parameter, how, value.low - by, value.high + by, *unit),
        st.sampled_from(Comparator),
        units,
        st.sampled_from([0.0, 0.5]),
    )


def _of_reference(value: ReferenceValue) -> SearchStrategy[Test]:
    return st.builds(ReferenceTest, st.just(value.parameter), _any_or(value.type), st.just(value.id))


def _uri(value: UriValue) -> SearchStrategy[Test]:
    asked = st.sampled_from([value.uri, value.uri[:-1], value.uri + "/x"])
    return st.builds(UriTest, st.just(value.parameter), asked, st.sampled_from(Address))


_TEST: dict[type, Callable[[Any], SearchStrategy[Test]]] = {
    TokenValue: _token,
    StringValue: _string,
    DateValue: _date,
    ReferenceValue: _of_reference,
    QuantityValue: _quantity,
    UriValue: _uri,
}
