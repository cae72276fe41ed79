"""Links between the entries of a Bundle: from the names that the client gave to the addresses that they get here.

https://hl7.org/fhir/R4/bundle.html#references
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from acpshare.fhir.links import Link, links, point_narrative
from acpshare.interactions.bundling.entries import Entry
from acpshare.interactions.components import Components
from acpshare.interactions.matching import Pairs, pairs_of
from acpshare.interactions.registry.types import RESOURCE_TYPES
from acpshare.outcome import Issue, IssueType, Malformed, error

_URN = ("urn:uuid:", "urn:oid:")
_RESTFUL = re.compile(r"(https?://.+)/[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}", re.ASCII)
_RELATIVE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}", re.ASCII)
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?(\S+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sought:
    """A link that says what to look for: `Patient?identifier=...`."""

    link: Link
    type: str
    pairs: Pairs


@dataclass(slots=True)
class Links:
    """The links of all entries that lead to other entries, or to what a search finds.

    `names` has the number of the entry that a name stands for; `addresses` the address of each entry's own resource.
    """

    names: dict[str, int] = field(default_factory=dict)
    addresses: dict[int, str] = field(default_factory=dict)
    between: list[tuple[Link, int, int]] = field(default_factory=list)
    """A link, the entry that it stands in, and the entry that it leads to."""
    sought: list[tuple[Sought, int]] = field(default_factory=list)
    references: set[str] = field(default_factory=set)
    """All other references, as they are."""
    issues: list[Issue] = field(default_factory=list)

    def point(self) -> None:
        """Have each link between entries lead to the address that the other entry's resource has now."""
        for link, _, number in self.between:
            link.point_to(self.addresses[number])

    def point_narratives(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.resource is not None and entry.makes:
                point_narrative(entry.resource, self._target)

    def reach(self) -> Mapping[int, set[int]]:
        """The entries to which each entry's resource refers."""
        found: dict[int, set[int]] = defaultdict(set)
        for _, holder, to in self.between:
            if holder != to:
                found[holder].add(to)
        return found

    def _target(self, name: str) -> str | None:
        return self.addresses[self.names[name]] if name in self.names else None


def new_ids(components: Components, entries: Sequence[Entry]) -> dict[int, str]:
    """The id under which each entry's resource is kept, unless a condition finds another one."""
    ids: dict[int, str] = {}
    for entry in entries:
        if entry.makes:
            own = entry.body.get("id") if entry.method == "PUT" else None
            ids[entry.number] = own if isinstance(own, str) else components.ids()
    return ids


def linked(entries: Sequence[Entry], ids: dict[int, str]) -> Links:
    """All links found, and those between entries pointed at each other."""
    found = Links()
    for entry in entries:
        if entry.makes:
            found.addresses[entry.number] = f"{entry.type}/{ids[entry.number]}"
            if entry.full_url is not None:
                found.names[entry.full_url] = entry.number
    for entry in entries:
        if entry.resource is not None:
            _of_entry(entry, found)
    found.point()
    return found


def _of_entry(entry: Entry, found: Links) -> None:
    base = _RESTFUL.fullmatch(entry.full_url or "")
    for link in links(entry.body, entry.place):
        target = link.target
        number = found.names.get(target) if link.is_reference or target.startswith(_URN) else None
        if number is None and base is not None and link.is_reference and _RELATIVE.fullmatch(target):
            number = found.names.get(f"{base[1]}/{target}")
        if number is not None:
            found.between.append((link, entry.number, number))
        elif link.is_reference:
            _elsewhere(link, entry, found)


def _elsewhere(link: Link, entry: Entry, found: Links) -> None:
    """A reference to no entry: to be looked for, to nowhere at all, or just to something outside."""
    if link.target.startswith(_URN):
        what = "no entry of the Bundle that makes a resource has this fullUrl"
        found.issues.append(error(IssueType.NOT_FOUND, what, link.expression))
    elif (match := _CONDITIONAL.fullmatch(link.target)) and match[1] in RESOURCE_TYPES:
        try:
            found.sought.append((Sought(link, match[1], pairs_of(match[2], link.expression)), entry.number))
        except Malformed as failure:
            found.issues += failure.issues
    else:
        found.references.add(link.target)
