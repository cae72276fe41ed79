"""Standard artefacts derived from the mappings and the plan, so that nothing is maintained twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from acpshare.artefacts.concept_map import concept_maps
from acpshare.artefacts.logical_model import extensions, logical_model
from acpshare.artefacts.operation import operations
from acpshare.artefacts.questionnaire import questionnaire
from acpshare.artefacts.structure_map import structure_maps
from acpshare.artefacts.terminology import form_terminology, plan_terminology
from acpshare.fhir.json_text import JsonObject, dump
from acpshare.translation import CompiledMapping

__all__ = ["all_resources", "derived", "questionnaire"]


def derived(mappings: Mapping[str, CompiledMapping]) -> Iterator[JsonObject]:
    """Every definition: a Questionnaire, ConceptMaps, terminology for each form; StructureMaps; the plan's own."""
    for mapping in mappings.values():
        yield questionnaire(mapping)
        yield from concept_maps(mapping)
        yield from form_terminology(mapping)
    yield from structure_maps(mappings)
    yield logical_model()
    yield from extensions()
    yield from plan_terminology()
    yield from operations()


def all_resources(mappings: Mapping[str, CompiledMapping]) -> dict[tuple[str, str], bytes]:
    """Every definition as JSON text, by resource type and id."""
    return {(str(each["resourceType"]), str(each["id"])): dump(each).encode() for each in derived(mappings)}
