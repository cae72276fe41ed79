"""What the entries of a Bundle do, in one unit: first all that is to be found out, then the changes, then the reads.

Every lock is taken before the first change, and in one order, so that two transactions about the same resources, named
in different orders, wait for one another and never for ever. https://hl7.org/fhir/R4/http.html#trules
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acpshare.fhir.json_text import dump
from acpshare.interactions import matching, nhs_number, once
from acpshare.interactions.bundling.entries import READS, Entry, at, listed, located
from acpshare.interactions.bundling.patches import change_in
from acpshare.interactions.bundling.reads import Answer, read_in
from acpshare.interactions.bundling.references import Links, Sought
from acpshare.interactions.checked import Checked
from acpshare.interactions.conditional import require_few, target_of
from acpshare.interactions.create import create_in, existing
from acpshare.interactions.delete import delete_in
from acpshare.interactions.matching import Pairs
from acpshare.interactions.patch import patch_in
from acpshare.interactions.subject import local_id
from acpshare.interactions.unit import Recorded, Unit
from acpshare.interactions.update import update_in
from acpshare.outcome import (
    Failure,
    Issue,
    IssueType,
    Malformed,
    MultipleMatches,
    NotFound,
    Throttled,
    TimedOut,
    Unavailable,
    error,
)
from acpshare.storage import StoredResource

LOCKS = ("idempotency", "conditional", "identifier", "person", "resource")
"""The order in which every write takes its locks."""
MOST_ISSUES = 1_000

Condition = tuple[str, ...]
"""A type and a query, as a lock is named by them."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an entry: the changes that it made, or the answer that it read."""

    recorded: tuple[Recorded, ...] = ()
    answer: Answer | None = None


class Work:
    """The entries of one unit."""

    def __init__(
        self,
        opened: Unit,
        entries: Sequence[Entry],
        links: Links,
        ids: Mapping[int, str],
        issues: Mapping[int, Sequence[Issue]],
    ) -> None:
        self.unit, self.entries, self.links, self.ids, self.issues = opened, entries, links, ids, issues
        self.writing, self.components = opened.writing, opened.components
        self.matches: dict[Condition, Sequence[StoredResource]] = {}
        self.targets: dict[int, str | None] = {}
        """The id that a conditional update, patch or delete of one is about."""
        self.made: dict[Condition, Recorded] = {}

    def done(self) -> dict[int, Done]:
        """What became of each entry. Raises the first entry's failure, with the issues of all."""
        self._prepare()
        outcomes: dict[int, Done] = {}
        failures: list[Failure] = []
        failed: set[int] = set()
        reach = {entry.number: self.links.reach(entry.number) for entry in self.entries}
        for entry in sorted(self.entries, key=_rank):
            if reach[entry.number] & failed:
                failed.add(entry.number)  # what it refers to is not there; to say so again would help nobody
                continue
            if failures and (entry.method in READS or sum(len(each.issues) for each in failures) > MOST_ISSUES):
                continue
            try:
                outcomes[entry.number] = self._one(entry)
            except (Unavailable, Throttled, TimedOut):
                raise
            except Failure as failure:
                failures.append(located(failure, entry.number))
                failed.add(entry.number)
        if failures:
            raise type(failures[0])(*(issue for failure in failures for issue in failure.issues))
        return outcomes

    def _prepare(self) -> None:
        conditions = dict(self._conditions())
        self._lock(
            *conditions,
            *(("idempotency", key) for entry in self.entries for key in _keys(entry)),
            *(("identifier", nhs_number.SYSTEM, number) for number in self._nhs_numbers()),
        )
        for condition, (type, pairs, most) in conditions.items():
            self.matches[condition] = matching.matching(self.components, self.writing, type, pairs, most=most)
        self._find_targets()
        self._find_sought()
        self.links.point()
        self.links.point_narratives(self.entries)
        changed = self._changed()
        self._lock(*(("person", person) for person in self._people(changed)))
        self._lock(*(("resource", *each) for each in changed))

    def _lock(self, *names: tuple[str, ...]) -> None:
        for name in sorted(set(names), key=lambda name: (LOCKS.index(name[0]), name)):
            self.writing.lock(*name)

    def _conditions(self) -> Iterator[tuple[Condition, tuple[str, Pairs, int]]]:
        """Each condition, with how many resources it may match."""
        for entry in self.entries:
            if entry.method not in READS and entry.pairs is not None:
                most = self.components.most_deletes if entry.method == "DELETE" else 1
                yield matching.lock_name(entry.type, entry.pairs), (entry.type, entry.pairs, most)
        for sought, _ in self.links.sought:
            yield matching.lock_name(sought.type, sought.pairs), (sought.type, sought.pairs, 1)

    def _find_targets(self) -> None:
        """What the entries with a condition are about, and so where links to them lead."""
        first: dict[Condition, Entry] = {}
        for entry in self.entries:
            if entry.pairs is None or entry.method in READS or entry.method == "DELETE":
                continue
            try:
                found = self._match(entry)
                if entry.method == "PUT":
                    self.targets[entry.number] = target_of(self.writing, entry.type, entry.body, found)
            except Failure as failure:
                raise located(failure, entry.number) from None
            if entry.method == "PATCH":
                self.targets[entry.number] = found.id if found is not None else None
            elif found is not None:
                self.links.addresses[entry.number] = f"{entry.type}/{found.id}"
            else:
                earlier = first.setdefault(_condition(entry), entry)
                if earlier is not entry and "PUT" in (earlier.method, entry.method):
                    raise _twice((earlier.number, entry.number))
                self.links.addresses[entry.number] = self.links.addresses[earlier.number]

    def _match(self, entry: Entry) -> StoredResource | None:
        found = self.matches[_condition(entry)]
        if len(found) > 1:
            what = f"more than one {entry.type} matches the condition; nothing was changed"
            raise MultipleMatches(error(IssueType.MULTIPLE_MATCHES, what, entry.type))
        return found[0] if found else None

    def _find_sought(self) -> None:
        """Where conditional references lead: to an entry of the same condition, or to the one match."""
        makers = {_condition(each): each.number for each in self.entries if each.makes and each.pairs is not None}
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
            for id in self._ids(entry):
                about[entry.type, id].append(entry.number)
        twice = [_twice(numbers) for numbers in about.values() if len(numbers) > 1]
        if twice:
            raise Malformed(*(issue for failure in twice for issue in failure.issues))
        return sorted(about)

    def _ids(self, entry: Entry) -> Sequence[str]:
        if entry.method in READS or entry.method == "POST":
            return ()
        if entry.pairs is None:
            return (entry.id or "",)
        if entry.method == "DELETE":
            return [each.id for each in self.matches[_condition(entry)]]
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
        return {number for entry in self.entries for number in _numbers(entry.resource)}

    def _one(self, entry: Entry) -> Done:
        if entry.method in READS:
            self.unit.settle()
            return Done(answer=read_in(self.components, self.writing, entry))
        if entry.method == "DELETE":
            return Done(tuple(self._deleted(entry)))
        if entry.method == "PATCH":
            return Done((self._patched(entry),))
        body = Checked(entry.body, dump(entry.body), tuple(self.issues.get(entry.number, ())))
        return Done((self._created(entry, body) if entry.method == "POST" else self._updated(entry, body),))

    def _created(self, entry: Entry, body: Checked) -> Recorded:
        new = self.unit.fresh(entry.type, self.ids[entry.number])
        if entry.pairs is None:
            return create_in(self.unit, entry.type, body, id=new)
        condition = _condition(entry)
        if found := self._match(entry):
            return existing(found)
        if condition in self.made:
            return existing(self.made[condition].stored)
        self.made[condition] = create_in(self.unit, entry.type, body, id=new)
        return self.made[condition]

    def _updated(self, entry: Entry, body: Checked) -> Recorded:
        id = entry.id if entry.pairs is None else self.targets[entry.number]
        if id is None:
            return create_in(self.unit, entry.type, body, id=self.unit.fresh(entry.type, self.ids[entry.number]))
        return update_in(self.unit, entry.type, id, body, if_match=entry.if_match, if_none_match=entry.if_none_match)

    def _patched(self, entry: Entry) -> Recorded:
        id = entry.id if entry.pairs is None else self.targets[entry.number]
        if id is None:
            raise NotFound(error(IssueType.NOT_FOUND, f"no {entry.type} matches the condition", entry.type))
        return patch_in(self.unit, entry.type, id, change_in(entry), if_match=entry.if_match)

    def _deleted(self, entry: Entry) -> Iterator[Recorded]:
        found = self._ids(entry)
        if entry.pairs is not None:
            require_few(self.components, entry.type, self.matches[_condition(entry)])
        for id in found:
            done = delete_in(self.unit, entry.type, id, if_match=entry.if_match)
            if done is not None:
                yield done


def _twice(numbers: Sequence[int]) -> Malformed:
    what = f"{listed(numbers)} are about the same resource, and which comes first is not said"
    return Malformed(error(IssueType.INVALID, what, *map(at, numbers)))


def _rank(entry: Entry) -> tuple[int, int]:
    """R4's order; but people come before what is about them, and forms after what they are about."""
    order = {"DELETE": 0, "POST": 2, "PUT": 4, "PATCH": 4, "GET": 5, "HEAD": 5}[entry.method]
    if entry.makes and entry.type == "Patient":
        order = 1
    elif entry.method == "POST" and entry.type in once.KEYED:
        order = 3
    return order, entry.number


def _condition(entry: Entry) -> Condition:
    return matching.lock_name(entry.type, entry.pairs or ())


def _keys(entry: Entry) -> Sequence[str]:
    return once.keys_of(entry.type, entry.body, None)[0] if entry.makes and entry.type in once.KEYED else ()


def _numbers(value: Any) -> Iterator[str]:
    """Every NHS number, at whatever depth."""
    if isinstance(value, dict):
        if value.get("system") == nhs_number.SYSTEM and isinstance(value.get("value"), str) and value["value"]:
            yield value["value"]
        for each in value.values():
            yield from _numbers(each)
    elif isinstance(value, list):
        for each in value:
            yield from _numbers(each)
