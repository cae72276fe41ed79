"""Handlers that search. https://hl7.org/fhir/R4/http.html#search"""

from __future__ import annotations

from starlette.responses import Response

from acpshare.api.door import OF_THE_ANSWER, Call, read_pairs
from acpshare.api.prefer import is_lenient
from acpshare.interactions.read import read as read_current
from acpshare.interactions.search import Manner, answered, understood
from acpshare.interactions.summary import Summary


async def search_type(call: Call) -> Response:
    """By the query or, POSTed, by the query and the body."""
    if call.interaction.method == "POST":
        call.take_in(read_pairs(await call.body()))
    return await _found(call, None)


async def search_compartment(call: Call) -> Response:
    await call.quickly(lambda store: read_current(call.components, "Patient", call.id, store))
    return await _found(call, call.id)


async def _found(call: Call, person: str | None) -> Response:
    kept = tuple((name, value) for name, value in call.query.items() if name in OF_THE_ANSWER)
    total_only, posted = call.rendition.summary is Summary.COUNT, call.interaction.method == "POST"
    manner = Manner(is_lenient(call.header("prefer")), total_only, person, kept, posted)
    components = call.components
    asked = await call.quickly(lambda store: understood(components, store, call.type, call.pairs, manner))
    if asked.is_brief:
        return call.respond(await call.quickly(lambda store: answered(asked, store)))
    return call.respond(await call.run(answered, asked, components.store))
