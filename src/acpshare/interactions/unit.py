"""One transaction's worth of changes: what a single request, and each entry of a transaction, works in.

What a change means beyond being kept (a plan, a person, a legal instrument) is the matter of its type's `Meaning`.
https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from acpshare.fhir.json_text import JsonObject
from acpshare.interactions import derived, nhs_number, once
from acpshare.interactions.components import Components
from acpshare.interactions.events import announce, audit
from acpshare.interactions.settling import Settled, settled
from acpshare.observability.events import PLAN_RECORDED
from acpshare.observability.log import write
from acpshare.outcome import Issue, IssueType, Ledger, information
from acpshare.storage import StoredResource, Writing


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one change. `stored` is the version that it made, or the one that was here already.

    `plan` is the CarePlan's version that the change made, or left as it was; None where no plan is concerned. `form` is
    the form that was recorded, if it was one.
    """

    stored: StoredResource
    is_new: bool
    plan: str | None = None
    change: str = "none"
    issues: tuple[Issue, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    form: str | None = None


class Meaning(Protocol):
    """What a type of resource means to the record. All raise a Failure; then nothing of the unit is stored.

    `resource` is the parsed body (valid R4, its id and meta still the client's), `text` the body as it came. `create`
    is also what brings a deleted resource back under its id. Whoever calls it notes what was done.
    """

    def create(self, unit: Unit, resource: JsonObject, text: str, id: str) -> Recorded: ...

    def update(self, unit: Unit, before: StoredResource, resource: JsonObject, text: str) -> Recorded: ...

    def delete(self, unit: Unit, before: StoredResource) -> Recorded: ...


@dataclass(frozen=True, slots=True)
class _Note:
    """One change that the audit and the subscribers hear of."""

    interaction: str
    recorded: Recorded


@dataclass
class Unit:
    """The changes of one request, in one transaction, at one instant."""

    components: Components
    writing: Writing
    client: str
    now: datetime
    persons: set[str] = field(default_factory=set)
    """Whose plans are to be settled, and whose emergency view made anew, before the transaction ends."""
    known: dict[str, once.Known] = field(default_factory=dict)
    """What this unit recorded, by idempotency key; the store remembers it at the end."""
    _notes: list[_Note] = field(default_factory=list)
    _next: dict[tuple[str, str], int] = field(default_factory=dict)
    _settled: dict[str, Settled] = field(default_factory=dict)
    _ended: bool = False

    def new_id(self, type: str) -> str:
        """An id that nothing has yet."""
        return self.fresh(type, self.components.ids())

    def fresh(self, type: str, id: str) -> str:
        """The same of an id that the server has given out already."""
        self._next[type, id] = 1
        return id

    def held(self, type: str, id: str, body: JsonObject | None = None) -> StoredResource | None:
        """The current version (perhaps a deletion), which no other write can change until this one ends.

        Locks are taken in one order everywhere (NHS numbers that the change is about, the person, the resource), so
        that no two writes wait for each other.
        """
        numbers = set(nhs_number.numbers_in(body))
        if type == "Patient":
            held = self.writing.identifiers_of(id)
            numbers |= {row.value for row in held if row.system == nhs_number.SYSTEM}
        for number in sorted(numbers):
            self.writing.lock("identifier", nhs_number.SYSTEM, number)
        before = self.writing.resource(type, id)
        if before is not None and before.person is not None:
            self.writing.lock("person", before.person)
        version = self.writing.next_version(type, id)
        if version != (before.version_id if before is not None else 0) + 1:
            before = self.writing.resource(type, id)
        self._next[type, id] = version
        return before

    def keep(self, type: str, id: str, text: str, person: str | None) -> StoredResource:
        """Add the next version of a resource, with the server's id, version and time in its text."""
        version = self._next.pop((type, id), None)
        return derived.keep(self.writing, type, id, text.strip(), person, self.now, version)

    def delete(self, before: StoredResource) -> StoredResource:
        """Add a version that says: deleted."""
        self._next.pop((before.type, before.id), None)
        return self.writing.delete(before.type, before.id, before.version_id + 1, self.now)

    def note(self, interaction: str, recorded: Recorded) -> None:
        """Have a change audited and announced when the unit ends."""
        self._notes.append(_Note(interaction, recorded))

    def remember(self, keys: Iterable[str], body: bytes, recorded: Recorded) -> None:
        """Have a change found again by its idempotency keys."""
        known = once.Known(once.digest(body), recorded.stored, recorded.plan)
        for key in keys:
            self.known.setdefault(key, known)

    def finished(self, recorded: Recorded) -> Recorded:
        """The same with what only the end of the unit showed: the plan's version, and what the crew is warned of."""
        if recorded.plan is None or all(note.recorded is not recorded for note in self._notes):
            return recorded
        plan = self._plan_of(recorded.stored.person, recorded.plan)
        done = information(IssueType.INFORMATIONAL, f"recorded as {plan} ({recorded.change})", recorded.stored.type)
        shown = self._settled.get(recorded.stored.person or "")
        issues = dict.fromkeys((done, *recorded.issues, *(shown.issues if shown is not None else ())))
        return replace(recorded, plan=plan, issues=tuple(issues))

    def settle(self) -> None:
        """Settle the plans, and make the views, of everybody whom the changes so far concern."""
        for person in sorted(self.persons):
            self._settled[person] = settled(self.writing, self.components, person, self.now)
        self.persons.clear()

    def end(self) -> None:
        """What is done once, in the transaction, after all changes; the context manager does it if nobody has."""
        if self._ended:
            return
        self._ended = True
        self.settle()
        for note in self._notes:
            self._written_beside(note)
        for key, known in sorted(self.known.items()):
            plan = known.plan and self._plan_of(known.stored.person, known.plan)
            once.remember(self.writing, key, replace(known, plan=plan), self.now)

    def report(self) -> None:
        """What the log says, when all is stored."""
        for note in self._notes:
            done = self.finished(note.recorded)
            if done.form is not None:
                warnings = sum(issue.severity == "warning" for issue in done.issues)
                write(PLAN_RECORDED, form=done.form, plan=done.plan, change=done.change, warnings=warnings)

    def _written_beside(self, note: _Note) -> None:
        done, person = note.recorded, note.recorded.stored.person
        version = f"{done.stored.type}/{done.stored.id}"
        if done.plan is None:
            audit(self.writing, note.interaction, self.client, person, (version,), self.now)
            reference = f"{version}/_history/{done.stored.version_id}"
            announce(self.writing, f"resource.{note.interaction}", person, self.now, resource=reference)
            return
        plan = self._plan_of(person, done.plan)
        audit(self.writing, note.interaction, self.client, person, (version, plan), self.now)
        about = {"response" if done.stored.type == "QuestionnaireResponse" else "resource": version}
        announce(self.writing, "plan.recorded", person, self.now, change=done.change, plan=plan, **about)

    def _plan_of(self, person: str | None, reference: str) -> str:
        """The reference to a CarePlan, with its version now."""
        shown = self._settled.get(person or "")
        plan_id = reference.split("/")[1]
        version = shown.version_of(plan_id) if shown is not None else None
        return reference if version is None else f"CarePlan/{plan_id}/_history/{version}"


@contextmanager
def unit(components: Components, client: str) -> Iterator[Unit]:
    """A transaction to work in. What is raised inside undoes all of it."""
    with components.store.write() as writing:
        opened = Unit(components, writing, client, components.clock())
        yield opened
        opened.end()
    opened.report()
