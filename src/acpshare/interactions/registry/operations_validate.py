"""$validate of every type: rows of the registry. https://hl7.org/fhir/R4/resource-operation-validate.html"""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.interactions.registry.model import BASE, R4, Interaction, Kind, Parameter
from acpshare.interactions.registry.parameters import SHOWN
from acpshare.interactions.registry.types import RESOURCE_TYPES

_ASKED = (
    Parameter("mode", "`create`, `update` or `delete`: say also what that would say; `profile`", "create"),
    Parameter(
        "profile", "a profile to look at, by its canonical address", "http://hl7.org/fhir/StructureDefinition/Resource"
    ),
)


def validate_operations() -> Iterator[Interaction]:
    for type in RESOURCE_TYPES:
        yield _validate(type, "", "POST", f"{BASE}/{type}/$validate", "storing nothing")
        stored = f"{BASE}/{type}/{{id}}/$validate"
        yield _validate(type, "-instance", "POST", stored, "as a new version or as it is stored")
        yield _validate(type, "-stored", "GET", stored, "as it is stored")


def _validate(type: str, level: str, method: str, path: str, how: str) -> Interaction:
    return Interaction(
        f"validate-{type}{level}", "validate", Kind.OPERATION, method, path, f"system/{type}.r", "validate",
        f"{R4}/resource-operation-validate.html", f"Check a {type}, {how}",
        (200, 404, 410, 413) if level else (200, 413), type,
        (*_ASKED, *SHOWN), body="Resource" if method == "POST" else None, answer="OperationOutcome",
    )  # fmt: skip
