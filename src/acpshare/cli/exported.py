"""What an export holds: what was received, in the order in which it was, as another server could record it."""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject, dump, parse
from acpshare.interactions.instruments import is_derived
from acpshare.interactions.nhs_number import SYSTEM
from acpshare.storage import Reading, StoredResource

_PERSON = {"QuestionnaireResponse": "subject", "Consent": "patient"}


def received(reading: Reading) -> list[tuple[str, str]]:
    """Type and id of every form and of every Consent that was not made from a form, oldest first."""
    plans: dict[str, set[str]] = {}
    found = [
        (each.last_updated, each.type, each.id)
        for type in _PERSON
        for each in reading.every_resource(type)
        if type != "Consent" or not is_derived(each, _plans_of(reading, each, plans))
    ]
    return [(type, id) for _, type, id in sorted(found)]


def _plans_of(reading: Reading, resource: StoredResource, known: dict[str, set[str]]) -> set[str]:
    person = resource.person or ""
    if person not in known:
        known[person] = {row.plan_id for row in reading.plans_of(person)}
    return known[person]


def line_of(reading: Reading, type: str, id: str) -> bytes:
    """The resource on one line, its person named by NHS number: a reference leads nowhere on another server."""
    stored = reading.resource(type, id)
    if stored is None or stored.text is None:
        return b""
    resource = parse(stored.text)
    said: JsonObject = resource[_PERSON[type]]
    number = _number_of(reading, stored.person)
    if number is not None and ("reference" in said or "identifier" not in said):
        named = {"identifier": {"system": SYSTEM, "value": number}}
        resource[_PERSON[type]] = {name: part for name, part in said.items() if name != "reference"} | named
    return dump(resource).encode()


def _number_of(reading: Reading, person: str | None) -> str | None:
    if person is None:
        return None
    held = (row for row in reading.identifiers_of(person) if row.system == SYSTEM and row.replaced_by is None)
    return next((row.value for row in held), None)
