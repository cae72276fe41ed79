"""`_typeFilter`: a search that narrows one type of an export.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html#_typefilter-experimental-query-parameter
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from acpshare.interactions.nhs_number_search import follow
from acpshare.outcome import IssueType, Malformed, error
from acpshare.search.parsing import parse_search
from acpshare.search.query import Criterion
from acpshare.storage import Reading

if TYPE_CHECKING:
    from acpshare.interactions.components import Components


def criteria_of(components: Components, reading: Reading, type: str, query: str) -> Sequence[Criterion]:
    """The criteria of a search. Raises Malformed with every problem, and for what orders, pages or includes.

    An NHS number leads to whoever has it now, as in every search.
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=50, errors="strict")
    except ValueError:
        what = "a _typeFilter is Type?parameter=value, percent-encoded"
        raise Malformed(error(IssueType.VALUE, what, "_typeFilter")) from None
    followed = follow(reading, type, pairs, synthetic_only=components.synthetic_only).pairs
    base_url, codes_in = components.base_url, components.terminology.codes_in
    found = parse_search(type, followed, base_url=base_url, codes_in=codes_in)
    if any(name.startswith(_NO_FILTER) for name, _ in pairs):
        what = "a _typeFilter only chooses: it neither orders, nor pages, nor includes"
        raise Malformed(error(IssueType.NOT_SUPPORTED, what, "_typeFilter"))
    return found.query.criteria


_NO_FILTER = ("_sort", "_count", "_cursor", "_include", "_revinclude", "_summary", "_elements", "_total", "_format")
