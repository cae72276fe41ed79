"""One registry: routes, CapabilityStatement, contract and reference pages say the same. docs/decisions/0040"""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from acpshare.api.door import Door
from acpshare.api.routes import Addresses
from acpshare.fhir.validation import validate
from acpshare.interactions.registry import BASE, PUBLIC, RECORDED, Kind, all_interactions
from acpshare.interactions.statuses import STATUS
from acpshare.outcome import Failure, IssueType
from acpshare.search.parameters import parameters_of
from tests.support.service import CONTRACT, ROOT, Service, resolved

ACCESS = re.compile(r"public|system/([A-Za-z]+|\*)\.c?r?u?d?s?")
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
PAGES = "/emergency", "/static"
"""What people look at: not part of the contract."""


def test_every_interaction_has_a_route_and_every_route_an_interaction(service: Service) -> None:
    routed = set()
    for route in service.app.router.routes:
        if not isinstance(route, Addresses):
            assert getattr(route, "path", None) in PAGES
            continue
        for door in route.doors.values():
            methods = door.handlers if isinstance(door, Door) else ("GET", "POST")
            routed |= {(door.template, method) for method in methods}
    assert routed == {(each.path, each.method) for each in all_interactions()}


def test_the_capability_statement_is_the_registry(service: Service) -> None:
    (rest,) = service.get("metadata").json()["rest"]
    stated = {
        (resource["type"], entry["code"]) for resource in rest["resource"] for entry in resource.get("interaction", ())
    } | {(resource["type"], entry["name"]) for resource in rest["resource"] for entry in resource.get("operation", ())}
    flags = (("conditionalUpdate", "conditional-update"), ("conditionalUpdate", "conditional-patch"))
    stated |= {(resource["type"], code) for resource in rest["resource"] for flag, code in flags if resource[flag]}
    stated |= {
        (resource["type"], "conditional-delete")
        for resource in rest["resource"]
        if resource["conditionalDelete"] != "not-supported"
    }
    offered = {
        (each.type, each.code)
        for each in all_interactions()
        if each.kind is not Kind.SERVICE and each.type and each.code != "search-compartment"
    }
    assert stated == offered
    assert rest["compartment"] == ["http://hl7.org/fhir/CompartmentDefinition/patient"]
    of_the_system = {entry["code"] for entry in rest["interaction"]} | {
        entry["name"] for entry in rest.get("operation", ())
    }
    untyped = {each.code for each in all_interactions() if each.kind is not Kind.SERVICE and each.type is None}
    assert of_the_system == untyped - {"capabilities"} | {"batch"}


def test_the_capability_statement_names_every_search_parameter_and_is_valid(service: Service) -> None:
    statement = service.get("metadata").json()
    assert not [issue for issue in validate(statement) if issue.is_error]
    for resource in statement["rest"][0]["resource"]:
        named = {each["name"]: each["definition"] for each in resource["searchParam"]}
        assert named == {code: each.url for code, each in parameters_of(resource["type"]).items()}


def test_the_contract_is_the_registry() -> None:
    written = {(path, method.upper()) for path, methods in CONTRACT["paths"].items() for method in methods}
    assert written == {(each.path, each.method) for each in all_interactions()}
    OpenAPIV31SpecValidator(CONTRACT).validate()


A_RECORDED_FORM = "patch-QuestionnaireResponse"
"""Stays as it was received: decision 0042."""


def test_every_example_can_be_sent_as_it_is(service: Service) -> None:
    """People first: the other examples refer to them. In every format that the contract offers."""
    contract = service.client.get("/openapi.json").json()
    sent = sorted(
        (each for each in all_interactions() if each.code in ("create", "update", "patch", "transaction")),
        key=lambda each: (each.type != "Patient", each.code == "patch"),
    )
    for interaction in sent:
        operation = contract["paths"][interaction.path][interaction.method.lower()]
        offered = resolved(operation["requestBody"], contract)["content"]
        for media_type, media in offered.items():
            example = resolved(media["examples"]["valid"], contract)["value"]
            body = example if isinstance(example, str) else json.dumps(example)
            address = interaction.path.replace("{id}", "example")
            answer = service.client.request(
                interaction.method, address, content=body, headers={"Content-Type": media_type}
            )
            allowed = (200, 409) if interaction.name == A_RECORDED_FORM else (200, 201)
            assert answer.status_code in allowed, f"{interaction.name} {media_type}: {answer.text}"


def test_the_service_answers_with_the_committed_contract(service: Service) -> None:
    assert service.client.get("/openapi.json").json() == CONTRACT


def test_every_interaction_says_what_access_it_needs() -> None:
    for interaction in all_interactions():
        assert ACCESS.fullmatch(interaction.scope), interaction.name
        if interaction.path.startswith(f"{BASE}/") and interaction.type in RECORDED:
            assert interaction.scope != PUBLIC, interaction.name


_in_brackets = r"[\1]"
PAGES_OF = {
    page: [each for each in all_interactions() if each.page == page]
    for page in sorted({each.page for each in all_interactions()})
}


@pytest.mark.parametrize("page", PAGES_OF)
def test_every_page_says_the_addresses_and_names_the_parameters(page: str) -> None:
    text = (ROOT / "docs" / "reference" / "interactions" / f"{page}.md").read_text(encoding="utf-8")
    unsaid = set()
    for interaction in PAGES_OF[page]:
        address = f"{interaction.method} {_PLACEHOLDER.sub(_in_brackets, interaction.path.removeprefix(BASE) or '/')}"
        if address not in text and address.replace(f"/{interaction.type}", "/[type]", 1) not in text:
            unsaid.add(address)
        unsaid |= {each.name for each in interaction.parameters if f"`{each.name}`" not in text}
    assert not unsaid


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
