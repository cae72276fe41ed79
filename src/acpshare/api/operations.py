"""Handlers of the operations that show and translate plans. https://hl7.org/fhir/R4/operations.html"""

from __future__ import annotations

from starlette.responses import Response

from acpshare.api.door import Call
from acpshare.interactions import structure_map_transform
from acpshare.interactions.operations.populate_request import NAMES, REPEATING, wanted
from acpshare.interactions.parameters import from_query, read_parameters
from acpshare.interactions.questionnaire_populate import populate as show
from acpshare.interactions.validate import validate as check


async def populate(call: Call) -> Response:
    if call.interaction.method == "POST":
        given = read_parameters(await call.text(), NAMES, call.house.max_body_bytes, REPEATING)
    else:
        given = from_query(call.pairs, NAMES, REPEATING)
    asked = wanted(call.components, given, call.path_params.get("id"))
    return call.respond(await call.run(show, call.components, asked.form, asked.reference, asked.number))


async def transform(call: Call) -> Response:
    body, limit = await call.text(), call.house.max_body_bytes
    id, named = call.path_params.get("id"), call.query.get("source")
    made = await call.run(structure_map_transform.transform, call.components, id, body, limit, named)
    return call.respond(made)


async def validate(call: Call) -> Response:
    body = await call.text() if call.interaction.method == "POST" else b""
    limit, id = call.house.max_body_bytes, call.path_params.get("id")
    outcome = await call.run(check, call.components, call.type, body, limit, id=id, query=call.query)
    return call.respond(outcome)
