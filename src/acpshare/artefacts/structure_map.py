"""How a form becomes a plan and a plan a form, as StructureMaps: https://hl7.org/fhir/R4/structuremap.html

They describe the mapping row by row for a reader or another engine; `$transform` here runs the mapping itself, which
also reports what was lost. A map between two forms goes through the plan: no form is translated into another directly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from acpshare.artefacts.definition import PLAN_MODEL, definition, model_path, of_form
from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.systems import BASE
from acpshare.translation import CompiledMapping
from acpshare.translation.rows import ResidueRow, Row

RESPONSE = "http://hl7.org/fhir/StructureDefinition/QuestionnaireResponse"


def structure_maps(mappings: Mapping[str, CompiledMapping]) -> Iterator[JsonObject]:
    """Each form to and from the plan, and every form to every other."""
    for mapping in mappings.values():
        yield _to_plan(mapping)
        yield _from_plan(mapping)
    for source in mappings.values():
        for target in mappings.values():
            if source.id != target.id:
                yield _pair(source, target)


def _structure(url: str, mode: str, alias: str) -> JsonObject:
    return {"url": url, "mode": mode, "alias": alias}


def _inputs(source: str, target: str) -> list[JsonObject]:
    return [{"name": "source", "type": source, "mode": "source"}, {"name": "target", "type": target, "mode": "target"}]


def _to_plan(mapping: CompiledMapping) -> JsonObject:
    form = mapping.definition
    head = of_form(
        "StructureMap", f"{form.id}-to-plan", f"{form.title} to the plan", form, "Reads the form into the plan."
    )
    rules = [_reading(row, index) for index, row in enumerate(mapping.rows)]
    return head | {
        "structure": [_structure(RESPONSE, "source", "Response"), _structure(PLAN_MODEL, "target", "Plan")],
        "group": [
            {"name": _group(form.id, "toPlan"), "typeMode": "none", "input": _inputs("Response", "Plan"), "rule": rules}
        ],
    }


def _from_plan(mapping: CompiledMapping) -> JsonObject:
    form = mapping.definition
    head = of_form(
        "StructureMap", f"plan-to-{form.id}", f"The plan to {form.title}", form, "Shows the plan as the form."
    )
    rules = [_writing(row, index) for index, row in enumerate(mapping.rows)]
    return head | {
        "structure": [_structure(PLAN_MODEL, "source", "Plan"), _structure(RESPONSE, "target", "Response")],
        "group": [
            {
                "name": _group(form.id, "fromPlan"),
                "typeMode": "none",
                "input": _inputs("Plan", "Response"),
                "rule": rules,
            }
        ],
    }


def _pair(source: CompiledMapping, target: CompiledMapping) -> JsonObject:
    first, second = source.definition, target.definition
    head = definition(
        "StructureMap",
        f"{first.id}-to-{second.id}",
        f"{first.title} to {second.title}",
        "Through the plan: reads the one form and shows the plan as the other.",
        version=f"{first.version}-{second.version}",
        date=max(first.released, second.released).isoformat(),
    )
    through = {
        "name": "throughThePlan",
        "source": [{"context": "source", "variable": "response"}],
        "dependent": [
            {"name": _group(first.id, "toPlan"), "variable": ["response", "plan"]},
            {"name": _group(second.id, "fromPlan"), "variable": ["plan", "target"]},
        ],
    }
    plan: JsonObject = {"name": "plan", "type": "Plan", "mode": "target"}
    return head | {
        "structure": [
            _structure(RESPONSE, "source", "Response"),
            _structure(PLAN_MODEL, "target", "Plan"),
            _structure(RESPONSE, "target", "OtherResponse"),
        ],
        "import": [f"{BASE}/StructureMap/{first.id}-to-plan", f"{BASE}/StructureMap/plan-to-{second.id}"],
        "group": [
            {
                "name": "throughThePlan",
                "typeMode": "none",
                "input": [*_inputs("Response", "OtherResponse"), plan],
                "rule": [through],
            }
        ],
    }


def _group(form_id: str, verb: str) -> str:
    return "".join(part.capitalize() for part in form_id.split("-")) + verb.capitalize()


def _reading(row: Row, index: int) -> JsonObject:
    """One row, from items to an element; the documentation says how."""
    links = ", ".join(row.items) or "the form itself"
    rule: JsonObject = {"name": f"row{index + 1}", "source": [_items_source(row)]}
    if not isinstance(row, ResidueRow):
        rule["target"] = [step | {"contextType": "variable"} for step in _steps("target", row.element)]
    return rule | {"documentation": f"{links} to {row.element} ({row.equivalence.value}){_because(row)}. {row.place}"}


def _steps(start: str, path: str) -> list[JsonObject]:
    """From a variable down to the element at a path, a step at a time."""
    names = model_path(path).split(".")[1:]
    contexts = [start, *(f"step{depth}" for depth in range(1, len(names)))]
    variables = [*contexts[1:], "value"]
    return [
        {"context": context, "element": name, "variable": variable}
        for context, name, variable in zip(contexts, names, variables, strict=True)
    ]


def _items_source(row: Row) -> JsonObject:
    source: JsonObject = {"context": "source"}
    if row.items:
        wanted = " or ".join(f"linkId = '{link}'" for link in row.items)
        source |= {"element": "item", "condition": wanted}
    return source


def _writing(row: Row, index: int) -> JsonObject:
    links = ", ".join(row.items) or "the form itself"
    return {
        "name": f"row{index + 1}",
        "source": _steps("source", row.element),
        "target": [{"context": "target", "contextType": "variable", "element": "item"}],
        "documentation": f"{row.element} to {links} ({row.equivalence.value}){_because(row)}. {row.place}",
    }


def _because(row: Row) -> str:
    reason = getattr(row, "reason", "") or row.why
    return f": {reason}" if reason else ""
