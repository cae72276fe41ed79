"""Reading and validating a resource, beside fhir.resources' R4B models on the same resource in the same run.

`python benchmarks/bench_validation.py`
"""

from __future__ import annotations

import json
import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

from fhir.resources.R4B import get_fhir_model_class

from acpshare.fhir.json_text import dump, parse, replace_server_elements
from acpshare.fhir.validation import validate

Resource = dict[str, Any]

SNOMED = "http://snomed.info/sct"
ROUNDS = 40


def care_plan(activities: int) -> Resource:
    """A plan with a decision about so many treatments, each with its condition, reason and note."""
    condition = "https://acpshare.example/fhir/StructureDefinition/only-if"
    activity = {
        "detail": {
            "modifierExtension": [{"url": condition, "valueString": "Only if the cause may be reversed"}],
            "kind": "ServiceRequest",
            "code": {"coding": [{"system": SNOMED, "code": "89666000", "display": "Resuscitation"}], "text": "CPR"},
            "status": "scheduled",
            "doNotPerform": False,
            "performer": [{"reference": "Practitioner/p1", "display": "A senior clinician"}],
            "description": "Agreed with the person after a conversation at home.",
        }
    }
    return {
        "resourceType": "CarePlan",
        "id": "benchmark",
        "meta": {"versionId": "1", "lastUpdated": "2026-03-01T10:00:00.000Z"},
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>A <b>plan</b></p></div>'},
        "status": "active",
        "intent": "plan",
        "category": [{"coding": [{"system": SNOMED, "code": "736366004"}]}],
        "subject": {
            "reference": "Patient/p1",
            "identifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"},
        },
        "period": {"start": "2026-03-01T10:00:00+00:00", "end": "2027-03-01"},
        "created": "2026-03-01",
        "author": {"reference": "PractitionerRole/r1"},
        "activity": [activity] * activities,
        "note": [{"time": "2026-03-01T10:00:00Z", "text": "Kept on the yellow folder by the door."}],
    }


def questionnaire_response(items: int) -> Resource:
    answers: list[dict[str, Any]] = [
        {"valueString": "What matters most is to be at home, with the family near."},
        {"valueCoding": {"system": SNOMED, "code": "450476008", "display": "Not for CPR"}},
        {"valueDate": "2026-03-01"},
        {"valueBoolean": True},
    ]
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": "https://acpshare.example/fhir/Questionnaire/respect-v3",
        "authored": "2026-03-01T10:00:00Z",
        "item": [
            {
                "linkId": f"{group}",
                "text": "A part of the form",
                "item": [
                    {"linkId": f"{group}.{n}", "text": "A question as printed", "answer": [answers[n % 4]]}
                    for n in range(10)
                ],
            }
            for group in range(items // 10)
        ],
    }


def milliseconds(work: Callable[[], object]) -> float:
    """The median of several rounds, each long enough to be timed."""
    work()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(5):
            work()
        times.append((time.perf_counter() - started) / 5 * 1000)
    return statistics.median(times)


def measure(name: str, resource: Resource) -> None:
    text = dump(resource)
    parsed = parse(text)
    assert not [issue for issue in validate(parsed) if issue.is_error]
    model = get_fhir_model_class(resource["resourceType"])
    server = {"id": "a", "version_id": "2", "last_updated": "2026-03-01T10:00:00Z"}
    baseline = milliseconds(lambda: model.model_validate_json(text))
    own = milliseconds(lambda: validate(parsed))
    print(f"{name}, {len(text) / 1000:.1f} KB")
    print(f"  validate                     {own:7.3f} ms")
    print(f"  parse and validate           {milliseconds(lambda: validate(parse(text))):7.3f} ms")
    print(
        f"  fhir.resources (baseline)    {baseline:7.3f} ms   {baseline / own:.1f} times validate, no bindings or rules"
    )
    print(f"  parse                        {milliseconds(lambda: parse(text)):7.3f} ms")
    print(f"  json.loads (baseline)        {milliseconds(lambda: json.loads(text)):7.3f} ms")
    print(f"  dump                         {milliseconds(lambda: dump(parsed)):7.3f} ms")
    print(f"  replace server elements      {milliseconds(lambda: replace_server_elements(text, **server)):7.3f} ms")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    measure("CarePlan", care_plan(activities=11))
    measure("QuestionnaireResponse", questionnaire_response(items=90))
