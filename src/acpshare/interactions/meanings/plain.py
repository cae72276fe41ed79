"""A resource that is kept as it came and means nothing to any plan. https://hl7.org/fhir/R4/http.html"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.interactions.compartment import person_of_resource, two_people
from acpshare.interactions.unit import Meaning, Recorded, Unit
from acpshare.outcome import Invalid
from acpshare.storage import StoredResource


class PlainMeaning(Meaning):
    """Kept, in the compartment of the person whom it is about, and no more."""

    def create(self, unit: Unit, resource: JsonObject, text: str, id: str) -> Recorded:
        return Recorded(
            unit.keep(resource["resourceType"], id, text, person(unit, resource, id)), True, change="create"
        )

    def update(self, unit: Unit, before: StoredResource, resource: JsonObject, text: str) -> Recorded:
        stored = unit.keep(before.type, before.id, text, person(unit, resource, before.id))
        return Recorded(stored, False, change="update")

    def delete(self, unit: Unit, before: StoredResource) -> Recorded:
        return Recorded(unit.delete(before), False, change="delete")


def person(unit: Unit, resource: JsonObject, id: str) -> str | None:
    """In whose compartment it is kept. A Patient's own is named by the id that it is kept under.

    Raises Invalid where it is said in two ways that lead to two people.
    """
    if resource["resourceType"] == "Patient":
        return id
    wrong = tuple(two_people(unit.components, unit.writing, resource))
    if wrong:
        raise Invalid(*wrong)
    return person_of_resource(unit.components, unit.writing, resource)
