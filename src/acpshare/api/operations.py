"""Handlers of the operations that show and translate plans. https://hl7.org/fhir/R4/operations.html"""

from __future__ import annotations

from starlette.responses import Response

from acpshare.api.door import Call
from acpshare.interactions import structure_map_transform
from acpshare.interactions.parameters import Parameters, read_parameters
from acpshare.interactions.questionnaire_populate import populate as show
from acpshare.interactions.validate import validate as check

_POPULATE = frozenset({"subject", "identifier"})


async def populate(call: Call) -> Response:
    if call.interaction.method == "POST":
        given = read_parameters(await call.text(), _POPULATE, call.house.max_body_bytes)
    else:
        given = _from_query(call)
    subject = given.reference("subject")
    number = given.nhs_number("identifier", synthetic_only=call.components.synthetic_only)
    shown = await call.run(show, call.components, call.id, subject, number)
    return call.respond(shown)


def _from_query(call: Call) -> Parameters:
    listed = [{"name": name, "valueString": value} for name, value in call.query.items() if name in _POPULATE]
    return Parameters({"parameter": listed}, _POPULATE)


async def transform(call: Call) -> Response:
    body, limit = await call.text(), call.house.max_body_bytes
    made = await call.run(structure_map_transform.transform, call.components, call.id, body, limit)
    return call.respond(made)


async def validate(call: Call) -> Response:
    body = await call.text() if call.interaction.method == "POST" else b""
    limit, id = call.house.max_body_bytes, call.path_params.get("id")
    outcome = await call.run(check, call.components, call.type, body, limit, id=id, query=call.query)
    return call.respond(outcome)
