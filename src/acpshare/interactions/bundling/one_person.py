"""SR18 at the door that takes many changes at once: one Bundle makes or changes the decisions of one person only.

What is not a decision (a person, an observation, an organisation) may be of as many people as it likes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from acpshare.interactions.bundling.entries import Entry, at, listed
from acpshare.interactions.bundling.work import Done
from acpshare.interactions.meanings.consent import is_instrument
from acpshare.interactions.other_records import DECIDING, states_a_decision
from acpshare.interactions.unit import Recorded
from acpshare.outcome import IssueType, Unsafe, error


class OnePerson:
    """Whose decisions the entries of one Bundle have changed so far."""

    def __init__(self) -> None:
        self._numbers: dict[str, list[int]] = defaultdict(list)

    def admit(self, entries: Iterable[Entry], outcomes: Mapping[int, Done]) -> None:
        """Raises Unsafe when they are of more people than one, before it is stored."""
        for person, number in _decided(entries, outcomes):
            others = [each for whose, numbers in self._numbers.items() if whose != person for each in numbers]
            if others:
                what = (
                    f"{listed((others[0], number))} are about decisions of two people: a Bundle holds those of one, "
                    "each person's in a Bundle of their own"
                )
                raise Unsafe(error(IssueType.BUSINESS_RULE, what, at(number), rule="SR18"))
            self._numbers[person].append(number)


def _decided(entries: Iterable[Entry], outcomes: Mapping[int, Done]) -> Iterator[tuple[str, int]]:
    for entry in entries:
        for recorded in outcomes[entry.number].recorded:
            if recorded.stored.person is not None and _is_decision(entry, recorded):
                yield recorded.stored.person, entry.number


def _is_decision(entry: Entry, recorded: Recorded) -> bool:
    if recorded.change == "none":
        return False
    if recorded.plan is not None:
        return True
    if entry.type not in DECIDING or recorded.stored.text is None:
        return False
    resource = json.loads(recorded.stored.text)  # as it stands now: a patch says only what is different
    return states_a_decision(resource) or (entry.type == "Consent" and is_instrument(resource))
