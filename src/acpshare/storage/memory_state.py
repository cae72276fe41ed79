"""What the store in memory holds: dictionaries of frozen rows, copied for each write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from acpshare.search.values import IndexValue
from acpshare.storage.rows import AuditRow, CurrentView, IdentifierRow, OutboxEvent, PlanRow, Remembered, StoredResource


@dataclass(slots=True)
class State:
    versions: dict[tuple[str, str], tuple[StoredResource, ...]] = field(default_factory=dict)
    keys: dict[tuple[str, str], int] = field(default_factory=dict)
    index: dict[tuple[str, str], tuple[IndexValue, ...]] = field(default_factory=dict)
    """What is found by search: only what is not deleted is in it."""
    identifiers: dict[tuple[str, str], IdentifierRow] = field(default_factory=dict)
    plans: dict[tuple[str, str], tuple[PlanRow, ...]] = field(default_factory=dict)
    views: dict[str, CurrentView] = field(default_factory=dict)
    remembered: dict[str, Remembered] = field(default_factory=dict)
    audit: list[AuditRow] = field(default_factory=list)
    outbox: list[OutboxEvent] = field(default_factory=list)

    def copy(self) -> State:
        return State(
            dict(self.versions),
            dict(self.keys),
            dict(self.index),
            dict(self.identifiers),
            dict(self.plans),
            dict(self.views),
            dict(self.remembered),
            list(self.audit),
            list(self.outbox),
        )

    def erase(self, person: str) -> dict[str, int]:
        """What `Writing.erase` promises, counted by the tables that a database has."""
        theirs = [place for place, versions in self.versions.items() if versions[-1].person == person]
        held = [place for place, row in self.identifiers.items() if row.person == person]
        plans = [place for place in self.plans if place[0] == person]
        answers = [key for key, remembered in self.remembered.items() if remembered.person == person]
        gone = {
            "resource": len(theirs),
            "resource_version": sum(len(self.versions.pop(place)) for place in theirs),
            "plan": sum(len(self.plans.pop(place)) for place in plans),
            "current_view": int(self.views.pop(person, None) is not None),
            "idempotency": len(answers),
            "identifier": len(held),
        }
        for place in theirs:
            self.keys.pop(place)
            self.index.pop(place, None)
        for key in answers:
            self.remembered.pop(key)
        for place in held:
            self.identifiers.pop(place)
            self._no_longer_superseded(*place)
        return gone

    def _no_longer_superseded(self, system: str, value: str) -> None:
        for place, row in self.identifiers.items():
            if (row.system, row.replaced_by) == (system, value):
                self.identifiers[place] = replace(row, replaced_by=None)
