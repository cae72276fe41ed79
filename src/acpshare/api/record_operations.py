"""Handlers of the operations that give a whole record, or take a form apart. https://hl7.org/fhir/R4/operations.html"""

from __future__ import annotations

import re

from starlette.responses import Response

from acpshare.api.door import Call
from acpshare.interactions.operations import everything as whole
from acpshare.interactions.operations.questionnaire_response_extract import extract as taken_apart
from acpshare.interactions.parameters import Parameters, from_query, read_parameters
from acpshare.interactions.registry import RESOURCE_TYPES
from acpshare.outcome import Issue, IssueType, Malformed, error
from acpshare.search.dates import Range, date_range

MOST = 1_000
_NAMES = frozenset({"_since", "_type", "_count", "start", "end", "_cursor"})
_DATE = ("valueDate", "valueDateTime", "valueInstant", "valueString")
_CURSOR = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})", re.ASCII)


async def everything(call: Call) -> Response:
    asked = _understood(await _given(call))
    show = whole.everything if call.type == whole.PATIENT else whole.plan_with_everything
    return call.respond(await call.run(show, call.components, call.id, asked))


async def extract(call: Call) -> Response:
    text = await call.text() if call.interaction.method == "POST" else None
    id = call.path_params.get("id")
    return call.respond(await call.run(taken_apart, call.components, text, id, call.house.max_body_bytes))


async def _given(call: Call) -> Parameters:
    if call.interaction.method == "POST":
        return read_parameters(await call.text(), _NAMES, call.house.max_body_bytes, frozenset({"_type"}))
    return from_query(call.pairs, _NAMES, frozenset({"_type"}))


def _understood(given: Parameters) -> whole.Asked:
    """What was asked for. Raises Malformed with every problem."""
    issues: list[Issue] = []
    since = _date(given, "_since", issues)
    start, end = _date(given, "start", issues), _date(given, "end", issues)
    texts = [entry.get("valueCode", entry.get("valueString")) for entry in given.each("_type")]
    types = frozenset(each for text in texts if isinstance(text, str) for each in text.split(",") if each)
    if not types <= set(RESOURCE_TYPES):
        issues.append(error(IssueType.NOT_SUPPORTED, "_type names a type that this server does not have", "_type"))
    count = given.integer("_count")
    if count is not None and not 1 <= count <= MOST:
        issues.append(error(IssueType.VALUE, f"_count is a number from 1 to {MOST}", "_count"))
    cursor = given.text("_cursor", "valueString")
    place = _CURSOR.fullmatch(cursor) if cursor is not None else None
    if cursor is not None and place is None:
        issues.append(error(IssueType.VALUE, "_cursor is taken from a link that the service gave", "_cursor"))
    if issues:
        raise Malformed(*issues)
    after = (place[1], place[2]) if place is not None else whole.BEGINNING
    return whole.Asked(
        count or MOST, types, since[0] if since is not None else None, start, end, after, _pairs(given, types)
    )


def _date(given: Parameters, name: str, issues: list[Issue]) -> Range | None:
    text = given.text(name, *_DATE)
    found = date_range(text.replace(" ", "+")) if text is not None else None  # a plus in a query is a space
    if text is not None and found is None:
        issues.append(error(IssueType.VALUE, f"{name} is a date or an instant, 2026-11-22 for example", name))
    return found


def _pairs(given: Parameters, types: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """What was asked for, for the links."""
    said = [(name, given.text(name, *_DATE)) for name in ("_since", "start", "end")]
    pairs = [(name, text) for name, text in said if text is not None]
    count = given.integer("_count")
    pairs += [("_type", ",".join(sorted(types)))] if types else []
    pairs += [("_count", str(count))] if count is not None else []
    return tuple(pairs)
