"""What a conditional interaction is about: the resources that a query matches, each of them found or none.

A parameter that is not known is always an error here, whatever handling the client prefers: it would widen the query.
https://hl7.org/fhir/R4/http.html#ccreate
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl

from acpshare.interactions.components import Components
from acpshare.interactions.nhs_number_search import follow
from acpshare.outcome import IssueType, Malformed, MultipleMatches, error
from acpshare.search.parsing import parse_search
from acpshare.search.query import Total
from acpshare.storage import Reading, StoredResource, Writing

Pairs = Sequence[tuple[str, str]]
MOST_PARAMETERS = 50


def pairs_of(query: str, place: str) -> Pairs:
    """The parameters of a query as it is written in a header or a Bundle. Raises Malformed."""
    try:
        pairs = parse_qsl(
            query.strip().removeprefix("?"),
            keep_blank_values=True,
            strict_parsing=True,
            max_num_fields=MOST_PARAMETERS,
            errors="strict",
        )
    except ValueError:
        what = f"the condition is a search query, name=value&name=value, of at most {MOST_PARAMETERS} parameters"
        raise Malformed(error(IssueType.INVALID, what, place)) from None
    return pairs


def lock(writing: Writing, type: str, pairs: Pairs) -> None:
    """Have every other write under the same condition wait: of twenty, the second finds what the first made."""
    writing.lock(*lock_name(type, pairs))


def lock_name(type: str, pairs: Pairs) -> tuple[str, ...]:
    return ("conditional", type, *(part for pair in sorted(pairs) for part in pair))


def matching(
    components: Components, reading: Reading, type: str, pairs: Pairs, *, most: int = 1
) -> Sequence[StoredResource]:
    """The resources that the query matches, `most` and one more at the most. Raises Malformed."""
    if not pairs or not all(value.strip() for _, value in pairs):
        what = "a part of the condition is empty: without it, too much would match"
        raise Malformed(error(IssueType.REQUIRED, what, type))
    for name, _ in pairs:
        if name in _NO_CRITERIA:
            what = f"{name} chooses among results or shapes them, and is no condition"
            raise Malformed(error(IssueType.NOT_SUPPORTED, what, name))
    followed = follow(reading, type, pairs, synthetic_only=components.synthetic_only)
    parsed = parse_search(type, followed.pairs, base_url=components.base_url)
    query = replace(parsed.query, count=most + 1, sort=(), includes=(), total=Total.NONE, after=None)
    return reading.search(query).matches


_NO_CRITERIA = frozenset(
    {
        "_sort", "_count", "_total", "_include", "_revinclude", "_include:iterate", "_revinclude:iterate", "_summary",
        "_elements", "_contained", "_containedType", "_format", "_pretty", "_cursor",
    }
)  # fmt: skip


def only_match(components: Components, reading: Reading, type: str, pairs: Pairs) -> StoredResource | None:
    """The one resource that the query matches, if any does. Raises MultipleMatches."""
    found = matching(components, reading, type, pairs)
    if len(found) > 1:
        what = f"more than one {type} matches the condition; nothing was changed"
        raise MultipleMatches(error(IssueType.MULTIPLE_MATCHES, what, type))
    return found[0] if found else None
