"""A compiled mapping: one form edition and what each of its items means in the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from acpshare.forms import FormDefinition, Item
from acpshare.plan import CATALOGUE
from acpshare.translation.rows import Row

SERVICE_OWNED = frozenset(
    {
        "record.form",
        "record.jurisdiction",
        "record.amended_since_signed",
        "record.cpr_amended_since_signed",
        "signatures",
        "residue",
    }
)
"""Elements that the service keeps itself; no mapping lists them."""


@dataclass(frozen=True, slots=True)
class CannotSay:
    """Elements for which the form has no place, and the text item (or None: the carried item) that shows them."""

    elements: tuple[str, ...]
    reason: str
    place: str
    into: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Blocked:
    """When the form may not be filled at all. `families` limits it to plans made on such forms; empty is any."""

    elements: tuple[str, ...]
    rule: str
    reason: str
    place: str
    unless: frozenset[str] = frozenset()
    when_field: str | None = None
    families: frozenset[str] = frozenset()


@dataclass(frozen=True, repr=False)
class CompiledMapping:
    """A mapping that was found complete. `rows` are in the file's order."""

    definition: FormDefinition
    rows: tuple[Row, ...]
    cannot_say: tuple[CannotSay, ...]
    blocked: tuple[Blocked, ...]
    families: Mapping[str, str] = field(default_factory=dict)
    """The family of every known form id, so that a rule can ask where a plan was made."""

    def __repr__(self) -> str:
        return f"<mapping {self.id}>"

    @property
    def id(self) -> str:
        return self.definition.id

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """All items by linkId."""
        return {item.link_id: item for item in self.definition.walk()}

    @cached_property
    def conditional(self) -> tuple[Item, ...]:
        """The items that are asked, or must be answered, only after certain answers to others."""
        return tuple(item for item in self.items.values() if item.enable_when or item.required_when)

    @cached_property
    def row_of(self) -> Mapping[str, Row]:
        """The row that an item belongs to, by linkId; a group that a row owns stands for its children."""
        return {link: row for row in self.rows for link in row.items}

    @cached_property
    def why_not(self) -> Mapping[str, CannotSay]:
        """For every element that the form has no place for: why, and where it is carried."""
        return {path: each for each in self.cannot_say for path in each.elements}

    @cached_property
    def into_of(self) -> Mapping[str, str]:
        """The text item that carries an element which has no place, or only partly one."""
        partly = {row.element: row.into for row in self.rows if row.into}
        return partly | {path: each.into for each in self.cannot_say for path in each.elements if each.into}

    @cached_property
    def carriers(self) -> frozenset[str]:
        return frozenset(self.into_of.values())


def under(prefix: str) -> tuple[str, ...]:
    """The element at a path, or all elements below it; empty where there is none."""
    if prefix in CATALOGUE:
        return (prefix,)
    return tuple(path for path in CATALOGUE if path.startswith(prefix + "."))
