"""Answers for which the plan has no element, as contained QuestionnaireResponses: in the form's own shape and words."""

from __future__ import annotations

from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.facts import Read
from acpshare.fhir.questionnaire_response import read_response, written_items
from acpshare.fhir.systems import BASE, PLAN_ELEMENT
from acpshare.outcome import Issue, IssueType, error
from acpshare.plan import Plan
from acpshare.plan.answers import Residue

PATH = "residue"


def write_residue(plan: Plan, care_plan: JsonObject) -> None:
    """Adds one contained QuestionnaireResponse for each residue, and the extension that refers to it."""
    for index, residue in enumerate(plan.residue):
        contained: JsonObject = {
            "resourceType": "QuestionnaireResponse",
            "id": f"{PATH}-{index + 1}",
            "questionnaire": f"{BASE}/Questionnaire/{residue.form}",
            "status": "completed",
        }
        if residue.said:
            contained["item"] = written_items(residue.said)
        care_plan.setdefault("contained", []).append(contained)
        parts = [
            {"url": "path", "valueString": f"{PATH}[{index}]"},
            *({"url": "value", "valueString": text} for text in (residue.item, residue.label) if text),
            {"url": "value", "valueReference": {"reference": f"#{contained['id']}"}},
        ]
        care_plan.setdefault("extension", []).append({"url": PLAN_ELEMENT, "extension": parts})


def read_residue(care_plan: JsonObject, found: Read) -> tuple[tuple[Residue, ...], list[Issue]]:
    """The residue that the plan elements `residue[..]` refer to; they are taken out of `found`."""
    contained = {f"#{each.get('id')}": each for each in care_plan.get("contained", ())}
    residue: list[Residue] = []
    issues: list[Issue] = []
    for path in [path for path in found if path.startswith(f"{PATH}[")]:
        item, label, resource = _parts(found.pop(path), contained)
        response, said_issues = read_response(resource) if resource else (None, ())
        issues += (issue for issue in said_issues if issue.is_error)
        if item is None or response is None:
            issues.append(
                error(IssueType.NOT_FOUND, "the answers kept with the plan cannot be read", "CarePlan.contained")
            )
        else:
            residue.append(Residue(response.form, item, label, response.items))
    return tuple(residue), issues


def _parts(values: tuple[Any, ...], contained: dict[str, JsonObject]) -> tuple[str | None, str, JsonObject | None]:
    """The item's linkId, its label, and the answers that are referred to."""
    texts = [value for value in values if isinstance(value, str)]
    references = (value.get("reference") for value in values if isinstance(value, dict))
    resource = next((contained[each] for each in references if each in contained), None)
    return (texts[0] if texts else None), (texts[1] if len(texts) > 1 else ""), resource
