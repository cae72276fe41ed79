"""How a plan element is documented: in the metadata of its dataclass field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ElementDoc:
    """What an element means. `source` cites reference material with its evidence mark (V, V2, K or U); `code` is a
    SNOMED CT id where one is known for the element itself.
    """

    label: str
    source: str
    code: str | None = None


def element(label: str, source: str, *, code: str | None = None, default: Any = None) -> Any:
    """A dataclass field holding one plan element, absent unless stated."""
    return field(default=default, metadata={"doc": ElementDoc(label, source, code)})


def listing(label: str, source: str, *, code: str | None = None) -> Any:
    """A dataclass field holding any number of entries."""
    return field(default=(), metadata={"doc": ElementDoc(label, source, code)})


def section(of: type, label: str = "") -> Any:
    """A dataclass field holding a group of elements, never absent itself; `label` sets its elements' labels apart."""
    return field(default_factory=of, metadata={"label": label})
