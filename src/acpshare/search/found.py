"""Where the values of a resource are gathered, and what gathers those of one path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from acpshare.search.values import IndexValue


class Found(list[IndexValue]):
    """The values so far. `base` is our own address, which ends in a slash; empty when it plays no part.

    `person` is the id of the Patient to whom an NHS number instead of a reference leads.
    """

    __slots__ = ("base", "person")

    def __init__(self, base: str = "", person: str | None = None) -> None:
        super().__init__()
        self.base = base
        self.person = person


Emitter: TypeAlias = Callable[[Any, Found], None]
"""Takes what stands at the end of a path, and adds its values."""
