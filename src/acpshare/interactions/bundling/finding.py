"""What the entries of a Bundle are about, found out before the first change: matches, links, and whose records change.

Every lock is taken here, and in one order, so that two transactions about the same resources, named in different
orders, wait for one another and never for ever. https://hl7.org/fhir/R4/http.html#trules
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from acpshare.fhir.json_text import dump
from acpshare.interactions import matching, nhs_number, once
from acpshare.interactions.bundling.entries import READS, Entry, at, listed, located
from acpshare.interactions.bundling.references import Links, Sought
from acpshare.interactions.conditional import target_of
from acpshare.interactions.matching import Pairs
from acpshare.interactions.subject import local_id
from acpshare.interactions.unit import Unit
from acpshare.outcome import Failure, Issue, IssueType, Malformed, MultipleMatches, error
from acpshare.storage import StoredResource

LOCKS = ("idempotency", "conditional", "identifier", "person", "resource")
"""The order in which every write takes its locks."""

Condition = tuple[str, ...]
"""A type and a query, as a lock is named by them."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A condition: what it asks for, how many resources it may match, and where it stands."""

    type: str
    pairs: Pairs
    most: int
    place: str


class Finding:
    """What the entries of one unit are about."""

    def __init__(self, opened: Unit, entries: Sequence[Entry], links: Links) -> None:
        self.entries, self.links = entries, links
        self.writing, self.components = opened.writing, opened.components
        self.matches: dict[Condition, Sequence[StoredResource]] = {}
        self.targets: dict[int, str | None] = {}
        """The id that a conditional update or patch is about; None where there is none yet."""

    def all(self) -> None:
        """Find it, point the links there, and take every lock that the changes need. Raises what is wrong with that."""
        conditions = dict(self._conditions())
        self._lock(
            *conditions,
            *(("idempotency", key) for entry in self.entries for key in _keys(entry)),
            *(("identifier", nhs_number.SYSTEM, number) for number in self._nhs_numbers()),
        )
        for condition, asked in conditions.items():
            self.matches[condition] = self._matching(asked)
        self._find_targets()
        self._find_sought()
        self.links.point()
        self._find_recorded()
        self.links.point()
        self.links.point_narratives(self.entries)
        changed = self._changed()
        self._lock(*(("person", person) for person in self._people(changed)))
        self._lock(*(("resource", *each) for each in changed))

    def _lock(self, *names: tuple[str, ...]) -> None:
        for name in sorted(set(names), key=lambda name: (LOCKS.index(name[0]), name)):
            self.writing.lock(*name)

    def _conditions(self) -> Iterator[tuple[Condition, _Asked]]:
        for sought, _ in self.links.sought:
            asked = _Asked(sought.type, sought.pairs, 1, sought.link.expression)
            yield matching.lock_name(sought.type, sought.pairs), asked
        for entry in self.entries:
            if entry.method not in READS and entry.pairs is not None:
                most = self.components.most_deletes if entry.method == "DELETE" else 1
                yield condition_of(entry), _Asked(entry.type, entry.pairs, most, _place(entry))

    def _matching(self, asked: _Asked) -> Sequence[StoredResource]:
        try:
            return matching.matching(self.components, self.writing, asked.type, asked.pairs, most=asked.most)
        except Failure as failure:
            raise type(failure)(*(replace(issue, expression=(asked.place,)) for issue in failure.issues)) from None

    def _find_targets(self) -> None:
        """What the entries with a condition are about, and so where links to them lead."""
        first: dict[Condition, Entry] = {}
        for entry in self.entries:
            if entry.pairs is None or entry.method in READS or entry.method == "DELETE":
                continue
            try:
                found = self.match(entry)
                if entry.method == "PUT":
                    self.targets[entry.number] = target_of(self.writing, entry.type, entry.body, found)
            except Failure as failure:
                raise located(failure, entry.number) from None
            if entry.method == "PATCH":
                self.targets[entry.number] = found.id if found is not None else None
            elif found is not None:
                self.links.addresses[entry.number] = f"{entry.type}/{found.id}"
            else:
                earlier = first.setdefault(condition_of(entry), entry)
                if earlier is not entry and "PUT" in (earlier.method, entry.method):
                    raise _twice((earlier.number, entry.number))
                self.links.addresses[entry.number] = self.links.addresses[earlier.number]

    def _find_recorded(self) -> None:
        """Forms that were recorded before: what refers to them is to lead to what they made."""
        for entry in self.entries:
            keys = _keys(entry) if entry.method == "POST" and entry.pairs is None else ()
            id = once.same_recorded(self.writing, keys, dump(entry.body).encode()) if keys else None
            if id is not None:
                self.links.addresses[entry.number] = f"{entry.type}/{id}"

    def match(self, entry: Entry) -> StoredResource | None:
        found = self.matches[condition_of(entry)]
        if len(found) > 1:
            what = f"more than one {entry.type} matches the condition; nothing was changed"
            raise MultipleMatches(error(IssueType.MULTIPLE_MATCHES, what, _place(entry)))
        return found[0] if found else None

    def _find_sought(self) -> None:
        """Where conditional references lead: to an entry of the same condition, or to the one match."""
        makers = {condition_of(each): each.number for each in self.entries if each.makes and each.pairs is not None}
        issues = [issue for sought, number in self.links.sought if (issue := self._point(sought, number, makers))]
        if issues:
            raise MultipleMatches(*issues)

    def _point(self, sought: Sought, number: int, makers: Mapping[Condition, int]) -> Issue | None:
        condition = matching.lock_name(sought.type, sought.pairs)
        found = self.matches[condition]
        if condition in makers:
            self.links.between.append((sought.link, number, makers[condition]))
        elif len(found) == 1:
            sought.link.point_to(f"{sought.type}/{found[0].id}")
        elif found:
            return error(IssueType.MULTIPLE_MATCHES, "more than one resource matches this", sought.link.expression)
        else:
            return error(IssueType.NOT_FOUND, "no resource matches this", sought.link.expression)
        return None

    def _changed(self) -> list[tuple[str, str]]:
        """The resources that entries change. Raises Malformed where two are about the same."""
        about: dict[tuple[str, str], list[int]] = defaultdict(list)
        for entry in self.entries:
            for id in self.ids_of(entry):
                about[entry.type, id].append(entry.number)
        twice = [_twice(numbers) for numbers in about.values() if len(numbers) > 1]
        if twice:
            raise Malformed(*(issue for failure in twice for issue in failure.issues))
        return sorted(about)

    def ids_of(self, entry: Entry) -> Sequence[str]:
        if entry.method in READS or entry.method == "POST":
            return ()
        if entry.pairs is None:
            return (entry.id or "",)
        if entry.method == "DELETE":
            return [each.id for each in self.matches[condition_of(entry)]]
        if entry.method == "PUT":
            return (self.links.addresses[entry.number].partition("/")[2],)
        target = self.targets[entry.number]
        return () if target is None else (target,)

    def _people(self, changed: Sequence[tuple[str, str]]) -> set[str]:
        """Whose records may be changed."""
        people = {local_id(address, "") for address in self.links.addresses.values()}
        people |= {local_id(reference, self.components.base_url) for reference in self.links.references}
        for type, id in changed:
            before = self.writing.resource(type, id)
            people.add(before.person if before is not None else None)
        for number in self._nhs_numbers():
            found = self.writing.person_by_identifier(nhs_number.SYSTEM, number)
            people.add(found.person if found is not None else None)
        return {person for person in people if person is not None}

    def _nhs_numbers(self) -> set[str]:
        return {number for entry in self.entries for number in nhs_number.numbers_in(entry.resource)}


def _twice(numbers: Sequence[int]) -> Malformed:
    what = f"{listed(numbers)} are about the same resource, and which comes first is not said"
    return Malformed(error(IssueType.INVALID, what, *map(at, numbers)))


def _place(entry: Entry) -> str:
    return f"{at(entry.number)}.request.{'ifNoneExist' if entry.method == 'POST' else 'url'}"


def condition_of(entry: Entry) -> Condition:
    return matching.lock_name(entry.type, entry.pairs or ())


def _keys(entry: Entry) -> Sequence[str]:
    return once.keys_of(entry.type, entry.body, None)[0] if entry.makes and entry.type in once.KEYED else ()
