"""What an export is made of: every resource as it was at one instant, a page at a time.

All versions are kept, so the state at the instant can be read while others go on writing: a resource that was changed
or deleted afterwards is exported as it was. https://hl7.org/fhir/uv/bulkdata/STU2/export.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from acpshare.interactions.operations.export_filters import criteria_of
from acpshare.interactions.operations.export_request import DIRECTORY, ExportRequest, Level
from acpshare.interactions.operations.narrowed import narrowed
from acpshare.interactions.restricted import shown_page
from acpshare.search.dates import microseconds
from acpshare.search.query import Criterion
from acpshare.storage import Reading, StoredResource, VersionPosition

if TYPE_CHECKING:
    from acpshare.interactions.components import Components

PAGE = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an export stands: how many portions are done, and after which resource the next page begins."""

    portion: int = 0
    after: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Page:
    """What one page holds, in its order, and where the next one begins; `seen` is what was looked at for it."""

    kept: Sequence[StoredResource]
    deleted: Sequence[StoredResource]
    next: Place
    seen: int


class Source:
    """`cut` is the instant. Portions are people, one after the other, then types."""

    def __init__(self, components: Components, request: ExportRequest, cut: datetime) -> None:
        self.components = components
        self.request = request
        self.people = people = request.people
        self.cut = cut
        directory = [each for each in request.types if each in DIRECTORY]
        self.types = request.types if people is None else tuple(directory)
        self._criteria: dict[str, list[Sequence[Criterion]]] = {}
        with components.store.read() as reading:
            for type, query in request.filters:
                self._criteria.setdefault(type, []).append(criteria_of(components, reading, type, query))

    @property
    def portions(self) -> int:
        return len(self.people or ()) + len(self.types)

    def page(self, reading: Reading, place: Place) -> Page:
        people = self.people or ()
        if place.portion < len(people):
            found = reading.compartment(people[place.portion], place.after)
        elif self.request.since is None:
            found = reading.walk(self.types[place.portion - len(people)], place.after[1])
        else:
            found = self._changed(reading, self.types[place.portion - len(people)], place.after)
        then = Place(place.portion, self._after(found[-1], place)) if found else Place(place.portion + 1)
        then_stood = [each for stored in found if (each := self._at_the_cut(reading, stored)) is not None]
        if self.request.since is not None:
            then_stood = [each for each in then_stood if self._is_the_last(reading, each)]
        wanted = [each for each in then_stood if self._is_wanted(each)]
        kept = narrowed(reading, [each for each in wanted if not each.deleted], self._criteria)
        is_current = set(kept) <= set(found)
        kept = shown_page(self.components, reading, kept, is_current=is_current)
        gone = [each for each in wanted if each.deleted and self.request.since is not None]
        return Page(kept, gone, then, len(found))

    def _after(self, last: StoredResource, place: Place) -> tuple[str, str]:
        if self.request.since is None or place.portion < len(self.people or ()):
            return last.type, last.id
        return last.type, f"{last.id}|{last.version_id}|{last.last_updated.isoformat()}"

    def _changed(self, reading: Reading, type: str, after: tuple[str, str]) -> Sequence[StoredResource]:
        """A page of the type's versions since then, newest first: what has not changed costs nothing."""
        since = _EPOCH + timedelta(microseconds=self.request.since or 0)
        id, _, rest = after[1].partition("|")
        version, _, instant = rest.partition("|")
        place = VersionPosition(datetime.fromisoformat(instant), type, id, int(version)) if id else None
        return reading.history_of(type, since=since, until=self.cut, after=place, count=PAGE)

    def _is_the_last(self, reading: Reading, stored: StoredResource) -> bool:
        """Whether no other version came after it up to the cut."""
        later = reading.version(stored.type, stored.id, stored.version_id + 1)
        return later is None or later.last_updated > self.cut

    def _at_the_cut(self, reading: Reading, stored: StoredResource) -> StoredResource | None:
        """The version that was the current one then; None for what came later."""
        found: StoredResource | None = stored
        while found is not None and found.last_updated > self.cut:
            found = reading.version(found.type, found.id, found.version_id - 1)
        return found

    def _is_wanted(self, stored: StoredResource) -> bool:
        request = self.request
        if stored.type not in request.types:
            return False
        if request.since is not None and microseconds(stored.last_updated) <= request.since:
            return False
        return request.level is Level.SYSTEM or stored.type in DIRECTORY or stored.person is not None
