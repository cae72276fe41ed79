"""A read that the event loop does itself: whatever it asks of the store is waited for, and no thread is needed.

The interaction is plain code. Where it asks for something that is not known yet, it is left, the answer is waited for,
and it is begun again with the answer at hand: a read asks one question, a search two, each at its very beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from acpshare.search.query import SearchQuery
from acpshare.storage import IdentifierRow, SearchPage, StoredResource
from acpshare.storage.protocols import AskedAtOnce, NotAtOnce, Searched

T = TypeVar("T")
MOST_QUESTIONS = 8
"""A read that asks more than this is done in a thread."""


class _Unanswered(Exception):
    def __init__(self, question: tuple[Any, ...]) -> None:
        self.question = question


class _Asking(Searched):
    """Gives the answers that it has."""

    def __init__(self) -> None:
        self.answers: dict[tuple[Any, ...], Any] = {}

    def _answer(self, *question: Any) -> Any:
        if question not in self.answers:
            raise _Unanswered(question)
        return self.answers[question]

    def resource(self, type: str, id: str) -> StoredResource | None:
        found: StoredResource | None = self._answer("resource", type, id)
        return found

    def version(self, type: str, id: str, version_id: int) -> StoredResource | None:
        found: StoredResource | None = self._answer("version", type, id, version_id)
        return found

    def person_by_identifier(self, system: str, value: str) -> IdentifierRow | None:
        found: IdentifierRow | None = self._answer("person_by_identifier", system, value)
        return found

    def search(self, query: SearchQuery) -> SearchPage:
        found: SearchPage = self._answer("search", query)
        return found


async def awaited(store: AskedAtOnce, act: Callable[[Searched], T]) -> T:
    """What the act gives. Raises NotAtOnce where it must be done in a thread, or whatever the act raises."""
    asking = _Asking()
    for _ in range(MOST_QUESTIONS):
        try:
            return act(asking)
        except _Unanswered as unanswered:
            question = unanswered.question
        asking.answers[question] = await getattr(store, question[0])(*question[1:])
    raise NotAtOnce
