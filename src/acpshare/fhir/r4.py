"""The one seam to fhir.resources: a typed reading of a resource that has been validated.

fhir.resources has no 4.0.1 models; its R4B ones have the same elements for the types acpshare reads. They do not keep
number text or fractional seconds, so they are for reading only: what is stored and served is the text.
https://hl7.org/fhir/R4/
"""

from __future__ import annotations

import json
from typing import Any, TypeVar, cast

from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.resource import Resource
from pydantic import ValidationError

from acpshare.fhir.json_text import JsonObject, dump
from acpshare.outcome import Invalid, IssueType, error

Model = TypeVar("Model", bound=Resource)


def typed(resource: JsonObject) -> Resource:
    """The model of a resource. Raises `Invalid`, naming the places, where the models cannot hold it."""
    type_name = resource.get("resourceType")
    try:
        model = cast("type[Resource]", get_fhir_model_class(str(type_name)))
    except (LookupError, KeyError, ValueError) as unknown:
        raise Invalid(error(IssueType.NOT_SUPPORTED, "resourceType has no model", "Resource.resourceType")) from unknown
    try:
        return model.model_validate(_plain(resource))
    except ValidationError as failure:
        issues = (
            error(IssueType.STRUCTURE, "the typed model cannot hold this", _expression(str(type_name), fault["loc"]))
            for fault in failure.errors(include_url=False, include_context=False, include_input=False)
        )
        raise Invalid(*issues) from None


def typed_as(resource: JsonObject, model: type[Model]) -> Model:
    """The same, where the type is known."""
    found = typed(resource)
    if not isinstance(found, model):
        raise Invalid(error(IssueType.STRUCTURE, f"resourceType must be {model.__name__}", "Resource.resourceType"))
    return found


def _plain(resource: JsonObject) -> dict[str, Any]:
    """Without our own kind of number, which the models do not know."""
    plain: dict[str, Any] = json.loads(dump(resource))
    return plain


def _expression(type_name: str, location: tuple[int | str, ...]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return type_name + "".join(steps)
