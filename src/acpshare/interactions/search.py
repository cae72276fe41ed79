"""https://hl7.org/fhir/R4/http.html#search: what meets the criteria, as a Bundle of the stored texts.

Criteria by NHS number are turned into ids first, so that no link of a page holds one; a number that was superseded is
followed, and said so. Nothing that is stored is parsed to be found or sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote_plus

from acpshare.fhir.json_text import dump
from acpshare.interactions.components import Components
from acpshare.interactions.nhs_number_search import follow
from acpshare.interactions.operation_outcome import operation_outcome
from acpshare.interactions.restricted import shown_page
from acpshare.outcome import Issue
from acpshare.search.cursor import encode
from acpshare.search.parameters import Kind, parameters_of
from acpshare.search.parsing import ParsedSearch, parse_search
from acpshare.search.query import Criterion, Ids, InCompartment, Match, ReferenceTest, SearchQuery, Total
from acpshare.storage import ByKey, Reading, StoredResource
from acpshare.storage.protocols import Searched
from acpshare.storage.rows import SearchPage

Pairs = Sequence[tuple[str, str]]
PAGE = 50
FEW = 5


@dataclass(frozen=True, slots=True)
class Manner:
    """How a search is answered, beside what it looks for. `kept` goes into the links with the criteria."""

    lenient: bool = False
    total_only: bool = False
    person: str | None = None
    """Whose compartment is searched, if one is."""
    kept: tuple[tuple[str, str], ...] = ()
    posted: bool = False
    """Whether the criteria came in a body, so as to be in no address."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was understood, and is still to be answered."""

    components: Components
    parsed: ParsedSearch
    query: SearchQuery
    manner: Manner
    issues: tuple[Issue, ...]

    @property
    def is_brief(self) -> bool:
        """Whether it asks for a page of what hangs on few ids: as quick as a read by key."""
        query = self.query
        plain = not (query.sort or query.includes) and query.total is Total.NONE and query.count <= PAGE
        return plain and any(_names_few(criterion) for criterion in query.criteria)


def _names_few(criterion: Criterion) -> bool:
    match criterion:
        case Ids(ids):
            return len(ids) <= FEW
        case Match(tests):
            return len(tests) <= FEW and all(isinstance(test, ReferenceTest) and test.id for test in tests)
        case _:
            return False


def search_type(components: Components, reading: Reading, type: str, pairs: Pairs, *, lenient: bool = False) -> bytes:
    """The same within a transaction."""
    return answered(understood(components, reading, type, pairs, Manner(lenient=lenient)), reading)


def understood(components: Components, reading: ByKey, type: str, pairs: Pairs, manner: Manner) -> Search:
    """What is asked for. Raises Malformed with every problem."""
    followed = follow(reading, type, pairs, synthetic_only=components.synthetic_only)
    parsed = parse_search(
        type,
        followed.pairs,
        base_url=components.base_url,
        lenient=manner.lenient,
        codes_in=components.terminology.codes_in,
    )
    query = parsed.query
    if manner.person is not None:
        within: Criterion = InCompartment((manner.person,))
        query = replace(query, criteria=(within, *query.criteria))
    if manner.total_only:
        query = replace(query, count=0, total=Total.ACCURATE, includes=())
    return Search(components, parsed, query, manner, (*followed.issues, *parsed.issues))


def answered(asked: Search, reading: Searched) -> bytes:
    components, query, manner = asked.components, asked.query, asked.manner
    page = reading.search(query)
    page = replace(
        page,
        total=_total(query, page),
        matches=tuple(shown_page(components, reading, page.matches, fresh=True)),
        included=tuple(shown_page(components, reading, page.included, fresh=True)),
    )
    within = "" if manner.person is None else f"Patient/{manner.person}/"
    links = _links(f"{components.base_url}/{within}{query.type}", asked.parsed, manner, page)
    return searchset(components.base_url, page, links, asked.issues)


def _total(query: SearchQuery, page: SearchPage) -> int | None:
    """What was asked to be counted; and where everything is on one page, that costs nothing."""
    is_whole = page.next is None and query.after is None and query.count
    return len(page.matches) if page.total is None and is_whole else page.total


def _links(url: str, parsed: ParsedSearch, manner: Manner, page: SearchPage) -> str:
    """As JSON."""
    given = [*parsed.pairs, *manner.kept]
    if manner.posted and not all(_may_be_read(parsed.query.type, name, value) for name, value in parsed.pairs):
        # To be posted again, with the body as it was: its values are in no address that a log could keep.
        url, given = f"{url}/_search", [*manner.kept]

    pairs = "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in given])
    first = f"{url}?{pairs}" if pairs else url

    def page_at(cursor: str) -> str:
        return f"{first}{'&' if pairs else '?'}_cursor={_quoted(cursor)}"

    here = first if parsed.query.after is None else page_at(encode(parsed.query.after, parsed.digest))
    links = [_link("self", here)]
    if parsed.query.count:
        links.append(_link("first", first))
    if page.next is not None:
        links.append(_link("next", page_at(encode(page.next, parsed.digest))))
    return f"[{','.join(links)}]"


def _link(relation: str, url: str) -> str:
    """As JSON. Nothing in a quoted query needs an escape, and our own address seldom does."""
    written = f'"{url}"' if _PLAIN.fullmatch(url) else dump(url)
    return f'{{"relation":"{relation}","url":{written}}}'


def _quoted(text: str) -> str:
    return text if _SAFE.fullmatch(text) else quote_plus(text, safe=":/|,$-._~")


def _may_be_read(type: str, name: str, value: str) -> bool:
    """Whether a criterion says nothing that could tell who somebody is: ids, plain codes, the manner of the answer."""
    if name.startswith("_") and not name.startswith("_has"):
        return name.partition(":")[0] not in ("_content", "_text")
    code = name.partition(":")[0]
    known = parameters_of(type).get(code)
    if known is None or name.endswith(":identifier"):
        return False
    return (known.kind is Kind.REFERENCE and "|" not in value) or bool(known.implied_systems)


_SAFE = re.compile(r"[A-Za-z0-9:/|,$\-._~]*")
"""Characters that stand for themselves in a query, and that searches are full of."""
_PLAIN = re.compile(r"[A-Za-z0-9:/|,$\-._~?&=%+\[\]@!'()*;]*")
"""Text that is the same as JSON."""


def searchset(base_url: str, page: SearchPage, links: str, issues: Iterable[Issue] = ()) -> bytes:
    """The Bundle, of stored texts as they are."""
    counted = "" if page.total is None else f'"total":{page.total},'
    head = f'{{"resourceType":"Bundle","type":"searchset",{counted}"link":{links}'.encode()
    entries = [_entry(base_url, each, b"match") for each in page.matches]
    entries += [_entry(base_url, each, b"include") for each in page.included]
    said = tuple(issues)
    if said:
        outcome = dump(operation_outcome(said)).encode()
        entries.append(b'{"resource":' + outcome + b',"search":{"mode":"outcome"}}')
    if not entries:
        return head + b"}"
    return b"".join((head, b',"entry":[', b",".join(entries), b"]}"))


def _entry(base_url: str, stored: StoredResource, mode: bytes) -> bytes:
    address = f'{{"fullUrl":"{base_url}/{stored.type}/{stored.id}","resource":'.encode()
    return b"".join((address, stored.text or b"", b',"search":{"mode":"', mode, b'"}}'))
