"""Every interaction and operation that the service offers: the one list behind routes, metadata, contract and pages.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from functools import cache

from acpshare.interactions.registry.model import BASE, PUBLIC, R4, Interaction, Kind, Parameter
from acpshare.interactions.registry.operations import operations
from acpshare.interactions.registry.rest import rest
from acpshare.interactions.registry.service import service
from acpshare.interactions.registry.types import DEFINITIONS, RECORDED, RESOURCE_TYPES, WRITABLE

__all__ = [
    "BASE",
    "DEFINITIONS",
    "PUBLIC",
    "R4",
    "RECORDED",
    "RESOURCE_TYPES",
    "WRITABLE",
    "Interaction",
    "Kind",
    "Parameter",
    "all_interactions",
]


@cache
def all_interactions() -> tuple[Interaction, ...]:
    """The registry, in the order in which it is documented."""
    return (*service(), *rest(), *operations())
