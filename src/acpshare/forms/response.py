"""A filled form: which edition, and what was said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from acpshare.plan.answers import Answer, AnswerType, Residue, ResponseItem


@dataclass(frozen=True, slots=True)
class FormResponse:
    """A filled form in the order of its definition. `carried` is text that the service adds for what the form cannot
    say (SR17): labelled lines, never an answer, ignored when the form comes back unchanged.
    """

    form: str
    items: tuple[ResponseItem, ...] = ()
    carried: tuple[str, ...] = ()

    def walk(self) -> Iterator[ResponseItem]:
        pending = list(reversed(self.items))
        while pending:
            item = pending.pop()
            yield item
            pending.extend(reversed(item.items))


__all__ = ["Answer", "AnswerType", "FormResponse", "Residue", "ResponseItem"]
