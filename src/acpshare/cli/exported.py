"""What an export holds: what was received, in the order in which it was, so that another server can record it again.

References lead nowhere on another server: a person is named by NHS number, and the plan that a form edits by the line
that made the plan. `readdressed` is the way back in.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from acpshare.fhir.json_text import JsonObject, dump, parse
from acpshare.interactions.instruments import is_derived
from acpshare.interactions.nhs_number import SYSTEM
from acpshare.storage import Reading, StoredResource

LINE = "https://acpshare.example/fhir/import-line"
"""Under this system each line is known by its digest: one that was recorded is not recorded again."""

_PERSON = {"QuestionnaireResponse": "subject", "Consent": "patient"}
_WRITES = frozenset("CUD")


def digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


@dataclass
class Export:
    """`order` is each received resource's place in the audit chain; `made_by` the form that first made each plan.

    `written` is everything that clients wrote, however they did.
    """

    reading: Reading
    order: dict[str, int] = field(default_factory=dict)
    made_by: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for row in self.reading.audit():
            event: dict[str, Any] = json.loads(row.text)
            references = [str(entity["what"]["reference"]) for entity in event["entity"]]
            about = references[1] if len(references) > 1 else references[0]  # the person comes first
            if event["action"] in _WRITES:
                self.written.add(about)
            if event["action"] != "C":
                continue
            for made in (each for each in references if each.partition("/")[0] in _PERSON):
                self.order.setdefault(made, row.sequence)
                for plan in (each for each in references if each.startswith("CarePlan/")):
                    self.made_by.setdefault(plan.split("/")[1], made)

    def received(self) -> list[tuple[str, str]]:
        """Type and id of every form and of every Consent that was not made from a form, in the order of recording."""
        plans: dict[str, set[str]] = {}
        found = [
            (self.order.get(f"{each.type}/{each.id}", len(self.order)), each.last_updated, each.type, each.id)
            for type in _PERSON
            for each in self.reading.every_resource(type)
            if type != "Consent" or not is_derived(each, self._plans_of(each, plans))
        ]
        return [(type, id) for *_, type, id in sorted(found)]

    def left_out(self, wanted: list[tuple[str, str]]) -> dict[str, int]:
        """By type, what clients wrote otherwise than as a form or Consent: recording those does not bring it back.

        Other resources, and changes and deletions made directly to what forms had made.
        """
        there = {f"{type}/{id}" for type, id in wanted}
        missing = (each.partition("/") for each in self.written - there)
        return dict(sorted(Counter(type for type, _, id in missing if type not in _PERSON or self._made(id)).items()))

    def _made(self, id: str) -> bool:
        """Whether a form's plan made it; if not, it is a form or Consent that was deleted, and is rightly not there."""
        return any(id.startswith(f"{plan}-") for plan in self.made_by)

    def _plans_of(self, resource: StoredResource, known: dict[str, set[str]]) -> set[str]:
        person = resource.person or ""
        if person not in known:
            known[person] = {row.plan_id for row in self.reading.plans_of(person)}
        return known[person]

    def lines(self, wanted: list[tuple[str, str]]) -> Iterator[bytes]:
        for type, id in wanted:
            stored = self.reading.resource(type, id)
            if stored is None or stored.text is None:
                continue
            line = self._line(stored, parse(stored.text))
            self.digests[f"{type}/{id}"] = digest(line)
            yield line

    def _line(self, stored: StoredResource, resource: JsonObject) -> bytes:
        said: JsonObject = resource[_PERSON[stored.type]]
        number = self._number_of(stored.person)
        if number is not None and ("reference" in said or "identifier" not in said):
            named = {"identifier": {"system": SYSTEM, "value": number}}
            resource[_PERSON[stored.type]] = {name: part for name, part in said.items() if name != "reference"} | named
        for edited in resource.get("basedOn", ()):
            _, is_plan, plan = str(edited.get("reference", "")).rpartition("CarePlan/")
            maker = self.made_by.get(plan.partition("/")[0]) if is_plan else None
            if maker in self.digests:
                edited["identifier"] = {"system": LINE, "value": self.digests[maker]}
        return dump(resource).encode()

    def _number_of(self, person: str | None) -> str | None:
        held = self.reading.identifiers_of(person) if person else ()
        return next((row.value for row in held if row.system == SYSTEM and row.replaced_by is None), None)


def readdressed(reading: Reading, resource: JsonObject) -> bool:
    """Make a form that edits a plan name the plan as it is called here; whether there was anything to change."""
    changed = False
    for edited in resource.get("basedOn", ()):
        identifier = edited.get("identifier", {}) if isinstance(edited, dict) else {}
        if not isinstance(identifier, dict) or identifier.get("system") != LINE:
            continue
        remembered = reading.idempotency(f"QuestionnaireResponse?identifier={LINE}|{identifier.get('value')}")
        plan = json.loads(remembered.result).get("plan") if remembered is not None else None
        if plan is not None:
            version = str(edited.get("reference", "")).partition("/_history/")[2]
            edited["reference"] = "/".join([*plan.split("/")[:2], *(["_history", version] if version else [])])
            del edited["identifier"]
            changed = True
    return changed
