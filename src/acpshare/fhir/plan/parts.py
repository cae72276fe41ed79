"""Parts of a plan that are resources of their own: one row for each, read and written by the same engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.context import Context, PlanStatus
from acpshare.fhir.plan.facts import Fact, Facts, Read
from acpshare.fhir.plan.plan_element import plan_element, plan_elements, read_plan_elements
from acpshare.fhir.plan.slots import Slot
from acpshare.fhir.systems import CONDITION
from acpshare.outcome import Issue, IssueType, error, warning
from acpshare.plan.record import Jurisdiction


@dataclass(frozen=True, slots=True)
class Setting:
    """What a part may need to know of the whole: who, when, whether the plan stands, under which law."""

    context: Context
    status: PlanStatus
    jurisdiction: Jurisdiction | None

    @property
    def stands(self) -> bool:
        return self.status is PlanStatus.ACTIVE

    def unless_in_error(self, status: str) -> str:
        """A resource's status: what was entered in error says so in each of the resources, also one found alone."""
        return "entered-in-error" if self.status is PlanStatus.ENTERED_IN_ERROR else status


Said = dict[str, Any]
"""What the part states, by path relative to its prefix; its slots and whatever else it holds."""
Make = Callable[[JsonObject, Said, Setting], None]
"""Adds to a resource what its type requires and what other systems look for; nothing of it is ever read back."""


@dataclass(frozen=True, slots=True)
class Part:
    """`prefix` is the path of a section, of an element, or of a list (`repeats`: then one resource for each entry).

    A part that is `whole` keeps what has no slot as plan elements in its own resource; another takes its slots only.
    `mark` is the path that marks the resource; an entry's index is added to it.
    """

    mark: str
    type: str
    suffix: str
    slots: tuple[Slot, ...]
    make: Make
    prefix: str
    repeats: bool = False
    whole: bool = True

    def write(self, facts: Facts, setting: Setting) -> Iterator[JsonObject]:
        if not self.repeats:
            if resource := self._resource(facts, setting, self.prefix, self.mark, self.suffix):
                yield resource
            return
        for number, entry in enumerate(list(facts.entries(self.prefix)), start=1):
            mark = f"{self.mark}{entry.removeprefix(self.prefix)}"
            if resource := self._resource(facts, setting, entry, mark, f"{self.suffix}-{number}"):
                yield resource

    def _resource(self, facts: Facts, setting: Setting, prefix: str, mark: str, suffix: str) -> JsonObject | None:
        said = {
            slot.path: value
            for slot in self.slots
            if (value := facts.take(f"{prefix}.{slot.path}" if slot.path else prefix)) is not None
        }
        rest: list[tuple[str, Fact]] = []
        if self.whole:
            rest = [(path, fact) for path, fact in facts.take_below(prefix) if fact.values]
        if not (said or rest or self.repeats):
            return None
        resource: JsonObject = {"resourceType": self.type, "id": setting.context.id(suffix)}
        resource["extension"] = [plan_element(mark), *plan_elements(rest)]
        for slot in self.slots:
            if slot.path in said:
                slot.put(resource, said[slot.path])
        said |= {path.removeprefix(f"{prefix}."): fact.value for path, fact in rest}
        self.make(resource, said, setting)
        return resource

    def read(self, resource: JsonObject, mark: str, read: Read) -> Iterator[Issue]:
        """What the resource says goes into `read`; a place of its own outranks a plan element of the same path."""
        yield from self._modifiers(resource)
        prefix = f"{self.prefix}{mark.removeprefix(self.mark)}"
        if self.repeats:
            read.setdefault(prefix, ())
        for path, values in read_plan_elements(resource):
            if values and self.whole and path.startswith(f"{prefix}."):
                read[path] = values
            elif values:
                yield out_of_place(f"{self.type}.extension")
        for slot in self.slots:
            path = f"{prefix}.{slot.path}" if slot.path else prefix
            if (value := slot.get(resource)) is None:
                continue
            if path in read:
                yield warning(
                    IssueType.CONFLICT,
                    f"said twice, and {slot.home} is believed: {path}",
                    f"{self.type}.extension",
                )
            read[path] = (value,)

    def _modifiers(self, resource: JsonObject) -> Iterator[Issue]:
        known = {CONDITION}
        if any(each.get("url") not in known for each in resource.get("modifierExtension", ())):
            yield error(
                IssueType.NOT_SUPPORTED,
                "a modifier extension can change what is said, and this one is not known",
                f"{self.type}.modifierExtension",
            )


def out_of_place(expression: str) -> Issue:
    """A plan element that another place is the home of: a decision is never read from where nobody would look."""
    return error(IssueType.STRUCTURE, "this plan element does not belong here", expression)


def base_mark(mark: str) -> str:
    """The mark without its index: `contacts.emergency[2]` is marked as `contacts.emergency`."""
    return mark.partition("[")[0]
