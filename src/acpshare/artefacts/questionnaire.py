"""A form edition as a Questionnaire: https://hl7.org/fhir/R4/questionnaire.html"""

from __future__ import annotations

from acpshare.artefacts.definition import EVIDENCE_MARK, PLAN_MODEL, model_path, of_form
from acpshare.fhir.json_text import JsonObject
from acpshare.forms import EnableWhen, Item, ItemType
from acpshare.translation import CARRIED, CompiledMapping
from acpshare.translation.rows import ResidueRow

CARRIED_TEXT = "From the plan, for which this form has no box (not part of the printed form)"


def questionnaire(mapping: CompiledMapping) -> JsonObject:
    """The edition as printed, each item with its evidence mark and the plan element that it means."""
    form = mapping.definition
    what = f"{form.title}, edition {form.edition} ({form.publisher}). {form.wording}"
    head = of_form("Questionnaire", form.id, form.title, form, what)
    items = [_item(mapping, item) for item in form.items]
    carried = {"linkId": CARRIED, "text": CARRIED_TEXT, "type": "text", "repeats": True, "readOnly": True}
    return head | {"subjectType": ["Patient"], "item": [*items, carried]}


def _item(mapping: CompiledMapping, item: Item) -> JsonObject:
    made: JsonObject = {"extension": [{"url": EVIDENCE_MARK, "valueCode": item.mark.value}], "linkId": item.link_id}
    row = mapping.row_of.get(item.link_id)
    if row is not None and not isinstance(row, ResidueRow):
        made["definition"] = f"{PLAN_MODEL}#{model_path(row.element)}"
    made |= {"text": item.text, "type": item.type.value}
    if item.enable_when is not None:
        made["enableWhen"] = _enable_when(mapping, item.enable_when)
        if len(item.enable_when.answers) > 1:
            made["enableBehavior"] = "any"
    if item.type is not ItemType.DISPLAY:
        made |= {"required": item.required, "repeats": item.repeats}
    if item.options:
        made["answerOption"] = [
            {"valueCoding": {"system": option.system, "code": option.code, "display": option.display}}
            for option in item.options
        ]
    if item.items:
        made["item"] = [_item(mapping, child) for child in item.items]
    return made


def _enable_when(mapping: CompiledMapping, condition: EnableWhen) -> list[JsonObject]:
    question = mapping.items[condition.question]
    conditions: list[JsonObject] = []
    for answer in condition.answers:
        made: JsonObject = {"question": condition.question, "operator": "="}
        option = question.option(answer)
        if option is None:
            made["answerBoolean"] = answer == "true"
        else:
            made["answerCoding"] = {"system": option.system, "code": option.code}
        conditions.append(made)
    return conditions
