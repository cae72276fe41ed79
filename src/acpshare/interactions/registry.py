"""Every interaction and operation that the service offers: the one list behind routes, metadata, contract and pages.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

R4 = "https://hl7.org/fhir/R4"
BASE = "/fhir/R4"
PUBLIC = "public"
"""The access scope of what anybody may ask: nothing about a person is in it."""

STORED = (
    "Patient",
    "QuestionnaireResponse",
    "CarePlan",
    "Consent",
    "Flag",
    "Goal",
    "Observation",
    "Communication",
    "RelatedPerson",
    "PractitionerRole",
    "Provenance",
)
"""Resource types of people's plans, of which every version is kept."""
DEFINITIONS = ("Questionnaire", "ConceptMap", "StructureMap", "StructureDefinition", "ValueSet", "CodeSystem")
"""Resource types of the published forms and maps, derived from the mapping files."""


class Kind(StrEnum):
    INTERACTION = "interaction"
    OPERATION = "operation"
    SERVICE = "service"
    """Not FHIR: health, the contract, the start page."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter or header of an interaction."""

    name: str
    meaning: str
    example: str | None = None
    required: bool = False
    where: str = "query"


@dataclass(frozen=True, slots=True)
class Interaction:
    """One thing a client can ask for. `scope` is the access that it needs, in SMART v2's words.

    `page` is its page in docs/reference/interactions; `statuses` are the answers beside those that every address gives.
    """

    name: str
    code: str
    kind: Kind
    method: str
    path: str
    scope: str
    page: str
    spec: str
    summary: str
    statuses: tuple[int, ...]
    type: str | None = None
    parameters: tuple[Parameter, ...] = ()
    body: str | None = None
    """The resource type expected in the body; `Resource` for any that the type's own page names."""
    answer: str = "Resource"
    media_types: tuple[str, ...] = ("application/fhir+json", "application/json")

    @property
    def query(self) -> frozenset[str]:
        return frozenset(parameter.name for parameter in self.parameters if parameter.where == "query")


_FORMAT = Parameter("_format", "the format of the answer, instead of `Accept`", "json")
_PREFER = Parameter(
    "Prefer",
    "`return=representation`, `return=minimal` or `return=OperationOutcome`",
    "return=representation",
    where="header",
)
_IF_NONE_MATCH = Parameter(
    "If-None-Match", "the ETag that the client already has: 304 if it is still so", where="header"
)
_IF_NONE_EXIST = Parameter(
    "If-None-Exist", "`identifier=system|value`: record only what is not here yet, else answer with it", where="header"
)
_IDENTIFIER = "https://fhir.nhs.uk/Id/nhs-number|9990000018"


def _read(type: str) -> Iterator[Interaction]:
    spec = f"{R4}/http.html"
    scope, path = f"system/{type}.r", f"{BASE}/{type}/{{id}}"
    yield Interaction(
        f"read-{type}", "read", Kind.INTERACTION, "GET", path, scope, "read", f"{spec}#read",
        f"Read the current version of a {type}", (200, 304, 404, 410), type,
        (_FORMAT, _IF_NONE_MATCH), answer=type,
    )  # fmt: skip
    yield Interaction(
        f"vread-{type}", "vread", Kind.INTERACTION, "GET", f"{path}/_history/{{vid}}", scope, "vread", f"{spec}#vread",
        f"Read one version of a {type}", (200, 304, 404, 410), type,
        (_FORMAT, _IF_NONE_MATCH), answer=type,
    )  # fmt: skip
    yield Interaction(
        f"history-instance-{type}", "history-instance", Kind.INTERACTION, "GET", f"{path}/_history", scope,
        "history-instance", f"{spec}#history", f"All versions of a {type}, newest first", (200, 404), type,
        (_FORMAT,), answer="Bundle",
    )  # fmt: skip


def _definition(type: str) -> Iterator[Interaction]:
    yield Interaction(
        f"read-{type}", "read", Kind.INTERACTION, "GET", f"{BASE}/{type}/{{id}}", f"system/{type}.r", "definitions",
        f"{R4}/http.html#read", f"Read a published {type}", (200, 304, 404), type,
        (_FORMAT, _IF_NONE_MATCH), answer=type,
    )  # fmt: skip
    yield Interaction(
        f"search-type-{type}", "search-type", Kind.INTERACTION, "GET", f"{BASE}/{type}", f"system/{type}.s",
        "definitions", f"{R4}/http.html#search", f"List the published resources of type {type}", (200,), type,
        (Parameter("url", "the canonical address of one of them"), Parameter("_id", "the id of one of them"), _FORMAT),
        answer="Bundle",
    )  # fmt: skip


def _creates() -> Iterator[Interaction]:
    yield Interaction(
        "create-QuestionnaireResponse", "create", Kind.INTERACTION, "POST", f"{BASE}/QuestionnaireResponse",
        "system/QuestionnaireResponse.c", "record", f"{R4}/http.html#create",
        "Record a filled form: a new plan, a correction of one, or a new decision in its place",
        (200, 201, 409, 412, 413, 422), "QuestionnaireResponse",
        (_FORMAT, _PREFER, _IF_NONE_EXIST), body="QuestionnaireResponse", answer="QuestionnaireResponse",
    )  # fmt: skip
    yield Interaction(
        "create-Consent", "create", Kind.INTERACTION, "POST", f"{BASE}/Consent", "system/Consent.c", "consent",
        f"{R4}/http.html#create", "Record an advance decision to refuse treatment, or an attorney's authority",
        (200, 201, 409, 413, 422), "Consent", (_FORMAT, _PREFER, _IF_NONE_EXIST), body="Consent", answer="Consent",
    )  # fmt: skip


def _operations() -> Iterator[Interaction]:
    subject = (
        Parameter("subject", "the person, as `Patient/<id>`", "Patient/example"),
        Parameter("identifier", "the person, by NHS number", _IDENTIFIER),
    )
    for method in ("GET", "POST"):
        yield Interaction(
            f"populate-{method.lower()}", "populate", Kind.OPERATION, method, f"{BASE}/Questionnaire/{{id}}/$populate",
            "system/CarePlan.r", "populate", "http://hl7.org/fhir/uv/sdc/OperationDefinition-Questionnaire-populate.html",
            "Show the person's current plan as this form", (200, 404, 422), "Questionnaire",
            (*subject, _FORMAT) if method == "GET" else (_FORMAT,),
            body=None if method == "GET" else "Parameters", answer="Parameters",
        )  # fmt: skip
    yield Interaction(
        "transform", "transform", Kind.OPERATION, "POST", f"{BASE}/StructureMap/{{id}}/$transform",
        "system/StructureMap.r", "transform", f"{R4}/structuremap-operation-transform.html",
        "Translate a filled form into another, storing nothing",
        (200, 404, 413, 422), "StructureMap", (_FORMAT,), body="Resource", answer="Parameters",
    )  # fmt: skip
    for method in ("GET", "POST"):
        yield Interaction(
            f"emergency-view-{method.lower()}", "emergency-view", Kind.OPERATION, method,
            f"{BASE}/Patient/$emergency-view", "system/Patient.r", "emergency-view",
            "https://acpshare.example/fhir/OperationDefinition/emergency-view",
            "What a crew needs to know about a person, by NHS number", (200,), "Patient",
            (Parameter("identifier", "the person, by NHS number", _IDENTIFIER, required=True), _FORMAT)
            if method == "GET" else (_FORMAT,),
            body=None if method == "GET" else "Parameters", answer="Bundle",
            media_types=("application/fhir+json", "application/json", "text/html"),
        )  # fmt: skip
    for type in (*STORED, *DEFINITIONS):
        yield Interaction(
            f"validate-{type}", "validate", Kind.OPERATION, "POST", f"{BASE}/{type}/$validate", f"system/{type}.r",
            "validate", f"{R4}/resource-operation-validate.html", f"Check a {type}, storing nothing", (200, 413), type,
            (_FORMAT,), body="Resource", answer="OperationOutcome",
        )  # fmt: skip


def _service() -> Iterator[Interaction]:
    yield Interaction(
        "capabilities", "capabilities", Kind.INTERACTION, "GET", f"{BASE}/metadata", PUBLIC, "capabilities",
        f"{R4}/http.html#capabilities", "What this server can do", (200, 304), None, (_FORMAT, _IF_NONE_MATCH),
        answer="CapabilityStatement",
    )  # fmt: skip
    plain = (
        ("live", "/health/live", "The process answers", (200,), ("application/json",), "health"),
        ("ready", "/health/ready", "The service can do its work", (200, 503), ("application/json",), "health"),
        ("openapi", "/openapi.json", "This contract", (200,), ("application/json",), "openapi"),
        ("start", "/", "What this is, and what to try", (200,), ("text/html",), "start"),
    )
    for name, path, summary, statuses, media_types, page in plain:
        yield Interaction(
            name,
            name,
            Kind.SERVICE,
            "GET",
            path,
            PUBLIC,
            page,
            "",
            summary,
            statuses,
            media_types=media_types,
            answer=name,
        )


@cache
def all_interactions() -> tuple[Interaction, ...]:
    """The registry, in the order in which it is documented."""
    listed = [*_service()]
    for type in STORED:
        listed += _read(type)
    for type in DEFINITIONS:
        listed += _definition(type)
    return (*listed, *_creates(), *_operations())
