"""What an entry of the registry says. https://hl7.org/fhir/R4/http.html"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

R4 = "https://hl7.org/fhir/R4"
BASE = "/fhir/R4"
PUBLIC = "public"
"""The access scope of what anybody may ask: nothing about a person is in it."""

JSON_TYPES = ("application/fhir+json", "application/json")
XML_TYPES = ("application/fhir+xml", "application/xml", "text/xml")
RESOURCE_TYPES_SENT = (*JSON_TYPES, *XML_TYPES)
"""The forms in which a resource comes and goes; the first is the default."""
PATCH_TYPES = ("application/json-patch+json", *RESOURCE_TYPES_SENT)
FORM = "application/x-www-form-urlencoded"


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
    repeats: bool = False


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
    media_types: tuple[str, ...] = RESOURCE_TYPES_SENT
    takes: tuple[str, ...] = RESOURCE_TYPES_SENT
    """The media types of the body, where there is one."""
    searches: bool = False
    """Whether the query is a search: the parameters of the type, each as often as one likes."""

    @property
    def query(self) -> frozenset[str]:
        return frozenset(parameter.name for parameter in self.parameters if parameter.where == "query")
