"""What the invariants ask of an object: whether an element is there, what it lists, whether values are in order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

Object = dict[str, Any]

DATE_LENGTH = len("yyyy-mm-dd")


def has(value: Object, *names: str) -> bool:
    """Whether any of these elements is there, be it only as a primitive's extensions."""
    for name in names:  # noqa: SIM110 - any() with a generator takes twice the time
        if name in value or "_" + name in value:
            return True
    return False


def has_choice(value: Object, base: str) -> bool:
    """Whether `base[x]` is there in any of its types."""
    length = len(base)
    for key in value:
        name = key[1:] if key[:1] == "_" else key
        if name.startswith(base) and name[length : length + 1].isupper():
            return True
    return False


def each(value: Object, name: str) -> list[Any]:
    items: list[Any] = value.get(name, [])
    return items


def below(value: Object, *path: str) -> Iterable[Any]:
    """Every object at the end of a path of elements, each repeating or not."""
    found: list[Any] = [value]
    for name in path:
        found = [item for holder in found for item in _listed(holder.get(name))]
    return found


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def distinct(values: Iterable[Any]) -> bool:
    listed = [value for value in values if value is not None]
    return len(set(listed)) == len(listed)


def has_coding(concept: Object | None, system: str, *codes: str) -> bool:
    return concept is not None and any(
        coding.get("system") == system and coding.get("code") in codes for coding in each(concept, "coding")
    )


def in_order(earlier: str | None, later: str | None) -> bool:
    """Whether two dates or times are in order, as far as both are precise: `2020` and `2020-05` are."""
    if earlier is None or later is None:
        return True
    if "T" in earlier and "T" in later:
        return datetime.fromisoformat(earlier) <= datetime.fromisoformat(later)
    precision = min(len(earlier), len(later), DATE_LENGTH)
    return earlier[:precision] <= later[:precision]


def amount(quantity: Object | None) -> Decimal | None:
    value = None if quantity is None else quantity.get("value")
    return None if value is None else Decimal(str(value))
