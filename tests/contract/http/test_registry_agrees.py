"""One registry: routes, CapabilityStatement, contract and reference pages say the same. docs/decisions/0040"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from acpshare.api.door import Door
from acpshare.api.emergency import EmergencyDoor
from acpshare.api.errors import STATUS
from acpshare.interactions.registry import BASE, PUBLIC, Kind, all_interactions
from acpshare.outcome import Failure, IssueType
from tests.support.service import CONTRACT, ROOT, Service

ACCESS = re.compile(r"public|system/[A-Za-z]+\.c?r?u?d?s?")
PAGES = "/emergency", "/static"
"""What people look at: not part of the contract."""


def test_every_interaction_has_a_route_and_every_route_an_interaction(service: Service) -> None:
    routed = set()
    for route in _routes(service):
        door = getattr(route, "endpoint", None)
        if isinstance(door, Door):
            routed |= {(door.template, method) for method in door.handlers}
        elif isinstance(door, EmergencyDoor):
            routed |= {(door.template, "GET"), (door.template, "POST")}
        else:
            assert route.path in PAGES
    assert routed == {(each.path, each.method) for each in all_interactions()}


def _routes(service: Service) -> Any:
    return service.app.router.routes


def test_the_capability_statement_is_the_registry(service: Service) -> None:
    statement = service.get("metadata").json()
    (rest,) = statement["rest"]
    stated = {
        (resource["type"], entry["code"]) for resource in rest["resource"] for entry in resource.get("interaction", ())
    } | {(resource["type"], entry["name"]) for resource in rest["resource"] for entry in resource.get("operation", ())}
    offered = {(each.type, each.code) for each in all_interactions() if each.kind is not Kind.SERVICE and each.type}
    assert stated == offered


def test_the_contract_is_the_registry() -> None:
    written = {(path, method.upper()) for path, methods in CONTRACT["paths"].items() for method in methods}
    assert written == {(each.path, each.method) for each in all_interactions()}
    OpenAPIV31SpecValidator(CONTRACT).validate()


def test_the_service_answers_with_the_committed_contract(service: Service) -> None:
    assert service.client.get("/openapi.json").json() == CONTRACT


@pytest.mark.parametrize("interaction", all_interactions(), ids=lambda each: each.name)
def test_every_interaction_says_what_access_it_needs_and_has_a_page(interaction: Any) -> None:
    assert ACCESS.fullmatch(interaction.scope)
    if interaction.path.startswith(f"{BASE}/") and interaction.type in (
        "Patient",
        "CarePlan",
        "Consent",
        "QuestionnaireResponse",
    ):
        assert interaction.scope != PUBLIC or interaction.code == "validate"
    page = (ROOT / "docs" / "reference" / "interactions" / f"{interaction.page}.md").read_text(encoding="utf-8")
    address = interaction.path.removeprefix(BASE).replace("{id}", "[id]").replace("{vid}", "[vid]")
    asked = [
        f"{interaction.method} {address}",
        f"{interaction.method} {address}".replace(f"/{interaction.type}", "/[type]", 1),
    ]
    assert any(line in page for line in asked), f"{interaction.page}.md does not say {asked[0]}"
    assert all(f"`{parameter.name}`" in page for parameter in interaction.parameters)


def test_no_name_stands_twice() -> None:
    names = [each.name for each in all_interactions()]
    assert len(names) == len(set(names))


def leaves(kind: type[Failure]) -> list[type[Failure]]:
    below = [leaf for each in kind.__subclasses__() for leaf in leaves(each)]
    return [*below, kind] if kind is not Failure else below


def test_every_failure_has_a_status() -> None:
    assert all(any(ancestor in STATUS for ancestor in kind.__mro__) for kind in leaves(Failure))


def test_every_issue_type_is_one_of_r4() -> None:
    """https://hl7.org/fhir/R4/valueset-issue-type.html"""
    known = {
        "invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired", "forbidden",
        "suppressed", "processing", "not-supported", "duplicate", "multiple-matches", "not-found", "deleted", "too-long",
        "code-invalid", "extension", "too-costly", "business-rule", "conflict", "transient", "lock-error", "no-store",
        "exception", "timeout", "incomplete", "throttled", "informational",
    }  # fmt: skip
    assert {each.value for each in IssueType} <= known


def test_registry_entries_are_immutable() -> None:
    assert all(dataclasses.is_dataclass(each) for each in all_interactions())


def test_the_reference_pages_are_all_in_use() -> None:
    pages = {path.stem for path in Path(ROOT, "docs", "reference", "interactions").glob("*.md")} - {"README"}
    assert pages == {each.page for each in all_interactions()}
