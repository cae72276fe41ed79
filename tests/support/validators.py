"""Second opinions: validators that we did not write, asked about every resource that the product makes.

`assert_valid_r4(resource)` asks our own validator and three others: fhirkit (structure, cardinality, JSON shapes),
fhir.resources' R4B models (types) and fhircraft (types and the invariants). None of them knows required bindings,
reference targets or the length of an id: for those HAPI's validator is asked by `make validate-java`, about the very
resources that pass through here when ACPSHARE_PRODUCED names a folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import warnings
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import fhirkit
from fhir.resources.R4B import get_fhir_model_class
from pydantic import BaseModel, ValidationError

from acpshare.fhir.json_text import dump
from acpshare.fhir.validation import validate

Resource = dict[str, Any]


class FalseAlarm(NamedTuple):
    """What a validator says of a valid resource, and why it is wrong."""

    validator: str
    says: str
    """A regular expression that the whole of its issue must match."""
    why: str


FALSE_ALARMS: tuple[FalseAlarm, ...] = (
    FalseAlarm(
        "fhir.resources",
        r".*\.extension\.\d+\._valueString: Extra inputs are not permitted",
        "a primitive value may have extensions of its own, in an extension too (R4 JSON, 'primitive elements')",
    ),
    FalseAlarm(
        "fhircraft",
        r"(contained|entry)\.\d+(\.resource)?: Value error, Invalid resourceType '(Bundle|CareTeam)' .*",
        "its model of a nested Bundle or CareTeam falls back to Resource; HAPI accepts both",
    ),
)


def independent_issues(resource: Resource) -> list[str]:
    """Every error of every validator, as `validator: place: what is wrong`, without the known false alarms."""
    text = dump(resource)
    plain = json.loads(text)
    found = [f"fhirkit: {issue.path}: {issue.message}" for issue in fhirkit.validate(text) if issue.severity == "error"]
    found += [f"fhir.resources: {said}" for said in _said_by(get_fhir_model_class(plain["resourceType"]), plain)]
    found += [f"fhircraft: {said}" for said in _said_by(getattr(_fhircraft(), plain["resourceType"]), plain)]
    return [issue for issue in found if not is_false_alarm(issue)]


def is_false_alarm(issue: str) -> bool:
    validator, _, said = issue.partition(": ")
    return any(alarm.validator == validator and re.fullmatch(alarm.says, said, re.DOTALL) for alarm in FALSE_ALARMS)


def assert_valid_r4(resource: Resource) -> None:
    """That the resource is valid R4 for our validator and for those of others."""
    own = [f"{issue.expression}: {issue.diagnostics}" for issue in validate(resource) if issue.is_error]
    assert own == []
    assert independent_issues(resource) == []
    _keep(resource)


@cache
def _fhircraft() -> ModuleType:
    """Its models, which take some fifteen seconds to load: only when they are asked, and once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module("fhircraft.fhir.resources.datatypes.R4.core")


def _said_by(model: type[BaseModel], plain: Resource) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # advice, such as a missing narrative
            model.model_validate(plain)
    except ValidationError as failure:
        return [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in failure.errors()]
    return []


def _keep(resource: Resource) -> None:
    """Lays the resource where HAPI's validator will look, if it is to look."""
    if folder := os.environ.get("ACPSHARE_PRODUCED"):
        text = dump(resource)
        name = f"{resource['resourceType']}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / name).write_text(text, encoding="utf-8")
