"""What the entries of a Bundle do, in one unit: when all is found out, first the changes, then the reads.

https://hl7.org/fhir/R4/http.html#trules
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from acpshare.fhir.json_text import dump
from acpshare.interactions import once
from acpshare.interactions.bundling.entries import READS, Entry, at, located
from acpshare.interactions.bundling.finding import Condition, Finding, condition_of
from acpshare.interactions.bundling.patches import change_in
from acpshare.interactions.bundling.reads import Answer, Reads
from acpshare.interactions.bundling.references import Links
from acpshare.interactions.checked import Checked
from acpshare.interactions.conditional import require_few
from acpshare.interactions.create import create_in, existing
from acpshare.interactions.delete import delete_in
from acpshare.interactions.patch import patch_in
from acpshare.interactions.unit import Recorded, Unit
from acpshare.interactions.update import update_in
from acpshare.outcome import (
    Failure,
    Issue,
    IssueType,
    NotFound,
    Throttled,
    TimedOut,
    TooLarge,
    Unavailable,
    error,
)

MOST_ISSUES = 1_000
MOST_BYTES = 50_000_000
"""Of all that a transaction keeps: a thousand small patches may be of a thousand large resources."""


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
        self.finding = Finding(opened, entries, links)
        self.reads = Reads(opened.components)
        self.made: dict[Condition, Recorded] = {}
        self._bytes = 0

    def done(self) -> dict[int, Done]:
        """What became of each entry. Raises the first entry's failure, with the issues of all."""
        self.finding.all()
        outcomes: dict[int, Done] = {}
        failures: list[Failure] = []
        failed: set[int] = set()
        reach = self.links.reach()
        for entry in sorted(self.entries, key=_rank):
            if reach[entry.number] & failed:
                failed.add(entry.number)  # what it refers to is not there; to say so again would help nobody
                continue
            if failures and (entry.method in READS or sum(len(each.issues) for each in failures) > MOST_ISSUES):
                continue
            try:
                outcomes[entry.number] = self._one(entry)
                self._require_room(entry, outcomes[entry.number])
            except (Unavailable, Throttled, TimedOut, TooLarge):
                raise
            except Failure as failure:
                failures.append(located(failure, entry.number))
                failed.add(entry.number)
        if failures:
            raise type(failures[0])(*(issue for failure in failures for issue in failure.issues))
        return outcomes

    def _require_room(self, entry: Entry, done: Done) -> None:
        self._bytes += sum(len(each.stored.text or b"") for each in done.recorded)
        if self._bytes > MOST_BYTES:
            what = f"the Bundle would keep more than {MOST_BYTES} bytes at once: change less in one Bundle"
            raise TooLarge(error(IssueType.TOO_COSTLY, what, at(entry.number)))

    def _one(self, entry: Entry) -> Done:
        if entry.method in READS:
            self.unit.settle()
            return Done(answer=self.reads.answer(self.unit.writing, entry))
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
        condition = condition_of(entry)
        if found := self.finding.match(entry):
            return existing(found)
        if condition in self.made:
            return existing(self.made[condition].stored)
        self.made[condition] = create_in(self.unit, entry.type, body, id=new)
        return self.made[condition]

    def _updated(self, entry: Entry, body: Checked) -> Recorded:
        id = entry.id if entry.pairs is None else self.finding.targets[entry.number]
        if id is None:
            return create_in(self.unit, entry.type, body, id=self.unit.fresh(entry.type, self.ids[entry.number]))
        return update_in(self.unit, entry.type, id, body, if_match=entry.if_match, if_none_match=entry.if_none_match)

    def _patched(self, entry: Entry) -> Recorded:
        id = entry.id if entry.pairs is None else self.finding.targets[entry.number]
        if id is None:
            raise NotFound(error(IssueType.NOT_FOUND, f"no {entry.type} matches the condition", entry.type))
        return patch_in(self.unit, entry.type, id, change_in(entry), if_match=entry.if_match)

    def _deleted(self, entry: Entry) -> Iterator[Recorded]:
        found = self.finding.ids_of(entry)
        if entry.pairs is not None:
            require_few(self.unit.components, entry.type, self.finding.matches[condition_of(entry)])
        for id in found:
            done = delete_in(self.unit, entry.type, id, if_match=entry.if_match)
            if done is not None:
                yield done


def _rank(entry: Entry) -> tuple[int, int]:
    """R4's order; but people come before what is about them, and forms after what they are about."""
    order = {"DELETE": 0, "POST": 2, "PUT": 4, "PATCH": 4, "GET": 5, "HEAD": 5}[entry.method]
    if entry.makes and entry.type == "Patient":
        order = 1
    elif entry.method == "POST" and entry.type in once.KEYED:
        order = 3
    return order, entry.number
