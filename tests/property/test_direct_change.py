"""The law of a direct change: what a client put is what is read, and everything else is what the plan now says.

For any plan, and any change of any element of any of its resources that is accepted. On the store in memory, through
the same interactions as the API's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from acpshare.emergency import to_compact_json
from acpshare.fhir.json_text import JsonObject, Number, dump, parse
from acpshare.fhir.plan import from_resources
from acpshare.fhir.plan.plan_element import marked
from acpshare.fhir.three_way import same, without_server_elements
from acpshare.interactions.components import Components
from acpshare.interactions.derived import Said, keep_made, keep_plan, made_from, made_of, new_row
from acpshare.interactions.emergency_view import situation_of_person
from acpshare.interactions.read import read
from acpshare.interactions.settling import settled
from acpshare.interactions.update import update
from acpshare.outcome import Failure
from acpshare.plan import Plan, put
from acpshare.plan.codec import load_plan
from acpshare.plan.values import CprKind
from acpshare.storage.memory import MemoryStore
from tests.property.strategies import plans, texts
from tests.support.forms import MAPPINGS

ONLY_MADE = re.compile(r"\.(?:author|subject|patient|activity\[[0-9]+\]\.detail\.(?:description|code))\b", re.ASCII)
"""Words that only the plan says: what a client sends in their place is not kept (decision 0060)."""
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PERSON, PLAN = "person-1", "plan-1"
ADDITIONS: dict[str, Any] = {
    "identifier": [{"system": "https://example.org/id", "value": "17"}],
    "language": "en-GB",
    "extension": [{"url": "https://example.org/shade", "valueDecimal": Number("1.50")}],
    "note": [{"text": "Added by the records system"}],
    "encounter": {"reference": "Encounter/9"},
}
"""What a records system may say that the plan has no place for."""
TAKES: dict[str, tuple[str, ...]] = {
    "CarePlan": ("identifier", "language", "extension", "note", "encounter"),
    "Consent": ("identifier", "language", "extension"),
    "Flag": ("identifier", "language", "extension", "encounter"),
    "Goal": ("identifier", "language", "extension", "note"),
    "Observation": ("identifier", "language", "extension", "encounter"),
    "Communication": ("identifier", "language", "extension", "note", "encounter"),
    "RelatedPerson": ("identifier", "language", "extension"),
    "PractitionerRole": ("identifier", "language", "extension"),
}


def components() -> Components:
    numbers = count(1)
    return Components(
        store=MemoryStore(),
        mappings=MAPPINGS,
        definitions={},
        clock=lambda: NOW,
        ids=lambda: f"id-{next(numbers)}",
        zone=ZoneInfo("Europe/London"),
        base_url="http://localhost/fhir/R4",
        version="0",
        synthetic_only=True,
    )


def record(given_plan: Plan) -> Components:
    """A person with one plan. What would make any change of it unsafe or another person's is left out."""
    kept = components()
    changes: dict[str, Any] = {"person.nhs_number": None, "cancellation": type(given_plan.cancellation)()}
    if given_plan.cpr.decision is not None and given_plan.cpr.decision.kind is CprKind.MODIFIED:
        changes["cpr.decision"] = None
    plan = put(given_plan, {**changes, "record.form": "respect-v3", "residue": ()})
    with kept.store.write() as writing:
        keep_made(writing, {"resourceType": "Patient", "id": PERSON}, PERSON, NOW, 1)
        row = new_row(kept, PERSON, PLAN, plan, "respect-v3", NOW)
        keep_plan(writing, row, plan, Said("2026-11-22T12:00:00.000Z", "QuestionnaireResponse/form-1"), NOW)
        settled(writing, kept, PERSON, NOW)
    return kept


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{place}[{index}]")
    else:
        yield place, value


def texts_of(resource: JsonObject) -> list[tuple[Any, Any]]:
    """Every text that a client may reword: the holder, and under which name it stands."""
    found: list[tuple[Any, Any]] = []
    pending: list[Any] = [{name: value for name, value in resource.items() if name not in ("text", "meta")}]
    while pending:
        holder = pending.pop()
        pairs = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for name, value in list(pairs):
            if isinstance(value, dict | list):
                pending.append(value)
            elif name in ("text", "valueString", "display", "description") and holder.get("url") != "path":
                found.append((holder, name))
    return found


def changed(draw: st.DataObject, resource: JsonObject) -> JsonObject:
    """The resource with something added, reworded, turned round or taken out."""
    new: JsonObject = parse(dump(resource))
    takes = TAKES[new["resourceType"]]
    for name in draw.draw(st.sets(st.sampled_from(takes), max_size=3), label="added"):
        added = ADDITIONS[name]
        new[name] = [*new.get(name, ()), *added] if isinstance(added, list) else added
    reworded = texts_of(new)
    at = draw.draw(st.integers(0, len(reworded)), label="reworded")
    if at < len(reworded):
        holder, name = reworded[at]
        holder[name] = draw.draw(texts, label="words")
    if new["resourceType"] == "CarePlan" and new.get("activity"):
        what = draw.draw(st.sampled_from(("leave", "turn", "drop")), label="activity")
        at = draw.draw(st.integers(0, len(new["activity"]) - 1), label="at")
        if what == "turn" and "doNotPerform" in new["activity"][at]["detail"]:
            detail = new["activity"][at]["detail"]
            detail["doNotPerform"] = not detail["doNotPerform"]
        elif what == "drop":
            del new["activity"][at]
            if not new["activity"]:
                del new["activity"]
    return new


def holds(kept: Components) -> None:
    """The plan, its resources and the crew's view say one thing."""
    with kept.store.read() as reading:
        row = reading.plan(PERSON, PLAN)
        assert row is not None
        stored = made_from(reading, row)
        plan = load_plan(row.plan)
        assert from_resources([parse(each.text or b"{}") for each in stored.values()])[0] == plan
        situation = situation_of_person(reading, kept, PERSON)
        shown = kept.store._state.views[PERSON]  # type: ignore[attr-defined]
        assert shown.view == to_compact_json(situation.view(kept.today()))


@given(plans(), st.data())
def test_what_was_put_is_read_and_the_plan_its_resources_and_the_view_say_one_thing(
    given_plan: Plan, draw: st.DataObject
) -> None:
    kept = record(given_plan)
    with kept.store.read() as reading:
        row = reading.plan(PERSON, PLAN)
        assert row is not None
        stored = made_from(reading, row)
    key = draw.draw(st.sampled_from(sorted(each for each in stored if each[0] in TAKES)), label="which resource")
    before = without_server_elements(parse(stored[key].text or b"{}"))
    sent = changed(draw, before)
    try:
        update(kept, *key, dump(sent).encode(), client="test")
    except Failure as refused:
        event(f"refused: {refused.issues[0].diagnostics[:60]}")
        holds(kept)
        with kept.store.read() as reading:
            assert reading.resource(*key) == stored[key], "what was refused left nothing behind"
        return
    event("accepted")
    now = without_server_elements(parse(read(kept, *key).text or b"{}"))
    was, put_in, got = dict(leaves(before)), dict(leaves(sent)), list(leaves(now))
    client_said = [
        value for place, value in put_in.items() if not same(was.get(place), value) and not ONLY_MADE.match(place)
    ]
    said_now = [dump(value) for _, value in got]
    assert not [value for value in client_said if dump(value) not in said_now], "what the client changed is read"
    holds(kept)
    with kept.store.read() as reading:
        row = reading.plan(PERSON, PLAN)
        assert row is not None
        made = made_of(reading, row)  # type: ignore[arg-type]
        for other, each in made_from(reading, row).items():
            if other != key:
                assert same(without_server_elements(parse(each.text or b"{}")), made[other]), "the others follow"


@given(plans(), st.data())
def test_what_a_client_added_stays_when_the_plan_changes_elsewhere(given_plan: Plan, draw: st.DataObject) -> None:
    kept = record(given_plan)
    with kept.store.read() as reading:
        row = reading.plan(PERSON, PLAN)
        assert row is not None
        stored = made_from(reading, row)
    key = draw.draw(st.sampled_from(sorted(each for each in stored if each[0] in TAKES)), label="which resource")
    resource = parse(stored[key].text or b"{}")
    added = {name: ADDITIONS[name] for name in ("identifier", "language")}
    update(kept, *key, dump(resource | added).encode(), client="test")
    holds(kept)
    words = draw.draw(texts, label="words")
    care_plan = parse(read(kept, "CarePlan", PLAN).text or b"{}")
    care_plan["extension"] = [
        *(
            each
            for each in care_plan.get("extension", ())
            if marked({"extension": [each]}) or "home.access" not in dump(each)
        ),
        {
            "url": "https://acpshare.example/fhir/StructureDefinition/plan-element",
            "extension": [{"url": "path", "valueString": "home.access"}, {"url": "value", "valueString": words}],
        },
    ]
    update(kept, "CarePlan", PLAN, dump(care_plan).encode(), client="test")
    holds(kept)
    after = json.loads(read(kept, *key).text or b"{}")
    assert {name: after.get(name) for name in added} == added


@pytest.mark.parametrize("type", sorted(TAKES))
def test_every_type_of_a_plan_is_among_those_that_are_changed(type: str) -> None:
    """The properties above reach them all: else a type could be left out without a word."""
    from acpshare.interactions.merging import MADE  # noqa: PLC0415 - named here for what it is compared with

    assert type in MADE
    assert set(TAKES) == MADE - {"Provenance"}
