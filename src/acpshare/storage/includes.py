"""How far a page's includes go, whatever the store: all of them, or none and a word why.

A page that silently lacked some would be read as if there were no more. https://hl7.org/fhir/R4/search.html#include
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from acpshare.outcome import IssueType, TooLarge, error
from acpshare.search.query import Include

MOST_INCLUDED = 1000
MOST_STEPS = 10


def included_keys(
    matches: Sequence[int],
    includes: Sequence[Include],
    step: Callable[[Sequence[Include], Sequence[int]], Iterable[int]],
) -> list[int]:
    """The keys of what is included, without the matches themselves. Raises TooLarge.

    `step` gives the keys that resources lead to, or that lead to them.
    """
    seen = set(matches)
    found: list[int] = []
    asked, last = tuple(includes), list(matches)
    for _ in range(MOST_STEPS):
        if not asked or not last:
            return sorted(found)
        last = [key for key in step(asked, last) if key not in seen]
        seen.update(last)
        found += last
        if len(found) > MOST_INCLUDED:
            raise too_large(f"more than {MOST_INCLUDED} resources")
        asked = tuple(each for each in includes if each.iterate)
    if asked and last:
        raise too_large(f"what is more than {MOST_STEPS} references away")
    return sorted(found)


def too_large(what: str) -> TooLarge:
    return TooLarge(
        error(
            IssueType.TOO_COSTLY,
            f"_include and _revinclude would bring {what} with this page: ask for fewer, or for a smaller _count",
        )
    )
