"""Handlers of the terminology operations: all answered from memory. https://hl7.org/fhir/R4/terminology-service.html"""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from acpshare.api.door import Call, Handler
from acpshare.fhir.json_text import JsonObject
from acpshare.interactions.components import Components
from acpshare.interactions.operations import concept_map_translate, validate_code, value_set_expand
from acpshare.interactions.parameters import Parameters, from_query, read_parameters

_NONE: frozenset[str] = frozenset()
Operation = Callable[[Components, Parameters, str | None], JsonObject]


def _handler(operation: Operation, names: frozenset[str]) -> Handler:
    async def handle(call: Call) -> Response:
        if call.interaction.method == "POST":
            given = read_parameters(await call.text(), names, call.house.max_body_bytes, _NONE)
        else:
            given = from_query(call.pairs, names, _NONE)
        return call.respond(operation(call.components, given, call.path_params.get("id")))

    return handle


def _lookup(components: Components, given: Parameters, _id: str | None) -> JsonObject:
    return validate_code.lookup(components, given)


translate = _handler(concept_map_translate.translate, concept_map_translate.NAMES)
expand = _handler(value_set_expand.expand, value_set_expand.NAMES)
validate_in_value_set = _handler(validate_code.validate_in_value_set, validate_code.VALUE_SET_NAMES)
validate_in_code_system = _handler(validate_code.validate_in_code_system, validate_code.CODE_SYSTEM_NAMES)
lookup = _handler(_lookup, validate_code.LOOKUP_NAMES)
