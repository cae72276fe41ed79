"""Which of some resources meet search criteria: the store decides, by what they are found by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from acpshare.search.query import Criterion, Ids, SearchQuery
from acpshare.storage import Reading, StoredResource

Narrowing: TypeAlias = Mapping[str, Sequence[Sequence[Criterion]]]
"""By type: a resource meets all criteria of one of the sequences. A type that is not named is not narrowed."""


def narrowed(reading: Reading, stored: Sequence[StoredResource], narrowing: Narrowing) -> Sequence[StoredResource]:
    """Those that meet the criteria, in their order; none of them is a deletion."""
    out: set[tuple[str, str]] = set()
    for type in {each.type for each in stored} & narrowing.keys():
        ids = tuple(each.id for each in stored if each.type == type)
        found: set[str] = set()
        for criteria in narrowing[type]:
            query = SearchQuery(type, (Ids(ids), *criteria), count=len(ids))
            found |= {each.id for each in reading.search(query).matches}
        out |= {(type, id) for id in ids if id not in found}
    return [each for each in stored if (each.type, each.id) not in out] if out else stored
