"""The RESTful interactions as rows: each is said once, and holds for every type. https://hl7.org/fhir/R4/http.html"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from acpshare.interactions.registry.model import (
    BASE,
    FORM,
    PATCH_TYPES,
    PUBLIC,
    R4,
    RESOURCE_TYPES_SENT,
    Interaction,
    Kind,
    Parameter,
)
from acpshare.interactions.registry.parameters import (
    COUNT,
    CREATE_ONLY,
    CURSOR,
    HANDLING,
    IF_MATCH,
    IF_MODIFIED_SINCE,
    IF_NONE_EXIST,
    IF_NONE_MATCH,
    MODE,
    PARTS,
    RETURN,
    SHOWN,
    SINCE,
)
from acpshare.interactions.registry.types import IN_COMPARTMENT, RESOURCE_TYPES, WRITABLE


@dataclass(frozen=True, slots=True)
class _Row:
    """An interaction of a type; `{type}` stands for it. `access` is a letter of SMART's cruds."""

    code: str
    method: str
    path: str
    access: str
    page: str
    anchor: str
    summary: str
    statuses: tuple[int, ...]
    parameters: tuple[Parameter, ...]
    body: str | None = None
    answer: str = "{type}"
    takes: tuple[str, ...] = RESOURCE_TYPES_SENT
    searches: bool = False
    name: str = ""

    def of(self, type: str) -> Interaction:
        page = _OWN_PAGES.get((self.code, type), self.page)
        return Interaction(
            f"{self.name or self.code}-{type}", self.code, Kind.INTERACTION, self.method,
            f"{BASE}{self.path.replace('{type}', type)}", f"system/{type}.{self.access}", page,
            f"{R4}/http.html#{self.anchor}", self.summary.replace("{type}", type), self.statuses, type, self.parameters,
            self.body.replace("{type}", type) if self.body else None, self.answer.replace("{type}", type),
            takes=self.takes, searches=self.searches,
        )  # fmt: skip


_OWN_PAGES = {("create", "QuestionnaireResponse"): "record", ("create", "Consent"): "consent"}
"""What is more than keeping a resource has a page of its own."""

_KNOWN = (IF_NONE_MATCH, IF_MODIFIED_SINCE)
_PAGED = (COUNT, SINCE, CURSOR)
_ONE, _ALL, _VERSIONS = "/{type}/{id}", "/{type}", "/{type}/{id}/_history"

_READS = (
    _Row("read", "GET", _ONE, "r", "read", "read", "Read the current version of a {type}", (200, 304, 404, 410),
         (*PARTS, *_KNOWN)),
    _Row("vread", "GET", f"{_VERSIONS}/{{vid}}", "r", "vread", "vread", "Read one version of a {type}",
         (200, 304, 404, 410), (*PARTS, *_KNOWN)),
    _Row("history-instance", "GET", _VERSIONS, "r", "history-instance", "history",
         "All versions of a {type}, newest first", (200, 404), (*PARTS, *_PAGED), answer="Bundle"),
    _Row("history-type", "GET", "/{type}/_history", "r", "history-type", "history",
         "All versions of every {type}, newest first", (200,), (*PARTS, *_PAGED), answer="Bundle"),
    _Row("search-type", "GET", _ALL, "s", "search-type", "search", "Search for {type}", (200, 410, 413),
         (*PARTS, HANDLING), answer="Bundle", searches=True),
    _Row("search-type", "POST", "/{type}/_search", "s", "search-type", "search",
         "Search for {type} with the parameters in the body", (200, 410, 413), (*PARTS, HANDLING), body="Search",
         answer="Bundle", takes=(FORM,), searches=True, name="search-type-post"),
)  # fmt: skip
_KEPT = (409, 410, 412, 422)
_WRITES = (
    _Row("create", "POST", _ALL, "c", "create", "create", "Record a {type}", (200, 201, 409, 412, 422),
         (*SHOWN, RETURN, IF_NONE_EXIST), body="{type}"),
    _Row("update", "PUT", _ONE, "u", "update", "update", "Replace a {type}, or record it under an id of one's own",
         (200, 201, 403, 404, *_KEPT), (*SHOWN, RETURN, IF_MATCH, CREATE_ONLY), body="{type}"),
    _Row("patch", "PATCH", _ONE, "u", "patch", "patch", "Change parts of a {type}", (200, 403, 404, *_KEPT),
         (*SHOWN, RETURN, IF_MATCH), body="Patch", takes=PATCH_TYPES),
    _Row("delete", "DELETE", _ONE, "d", "delete", "delete", "Delete a {type}", (200, 204, 403, 404, *_KEPT),
         (*SHOWN, RETURN, IF_MATCH), answer="OperationOutcome"),
    _Row("conditional-update", "PUT", _ALL, "u", "update", "cond-update",
         "Replace the one {type} that a search finds, or record it", (200, 201, 403, 404, *_KEPT),
         (*SHOWN, RETURN, IF_MATCH), body="{type}", searches=True),
    _Row("conditional-patch", "PATCH", _ALL, "u", "patch", "patch",
         "Change parts of the one {type} that a search finds", (200, 403, 404, *_KEPT), (*SHOWN, RETURN, IF_MATCH),
         body="Patch", takes=PATCH_TYPES, searches=True),
    _Row("conditional-delete", "DELETE", _ALL, "d", "delete", "cdelete",
         "Delete the one {type} that a search finds", (200, 204, 403, 404, *_KEPT), (*SHOWN, RETURN, IF_MATCH),
         answer="OperationOutcome", searches=True),
)  # fmt: skip
_COMPARTMENT = _Row(
    "search-compartment", "GET", "/Patient/{id}/{type}", "s", "search-type", "vsearch",
    "Search among the {type} of one person", (200, 404, 410, 413), (*PARTS, HANDLING), answer="Bundle",
    searches=True,
)  # fmt: skip


def rest() -> Iterator[Interaction]:
    """Every RESTful interaction, in the order in which it is documented."""
    yield from _of_the_system()
    yield from _each(_READS, RESOURCE_TYPES)
    yield from _each(_WRITES, WRITABLE)
    yield from _each((_COMPARTMENT,), IN_COMPARTMENT)


def _each(rows: Iterable[_Row], types: Iterable[str]) -> Iterator[Interaction]:
    for type in types:
        for row in rows:
            yield row.of(type)


def _of_the_system() -> Iterator[Interaction]:
    yield Interaction(
        "capabilities", "capabilities", Kind.INTERACTION, "GET", f"{BASE}/metadata", PUBLIC, "capabilities",
        f"{R4}/http.html#capabilities", "What this server can do", (200, 304), None, (MODE, *PARTS, IF_NONE_MATCH),
        answer="CapabilityStatement",
    )  # fmt: skip
    yield Interaction(
        "history-system", "history-system", Kind.INTERACTION, "GET", f"{BASE}/_history", "system/*.r",
        "history-system", f"{R4}/http.html#history", "All versions of everything, newest first", (200,), None,
        (*PARTS, *_PAGED), answer="Bundle",
    )  # fmt: skip
    yield Interaction(
        "transaction", "transaction", Kind.INTERACTION, "POST", BASE, "system/*.cruds", "transaction",
        f"{R4}/http.html#transaction", "Do many things at once: all or none (transaction), or each by itself (batch)",
        (200, 403, 404, 409, 410, 412, 422), None, (*SHOWN, RETURN), body="Bundle", answer="Bundle",
    )  # fmt: skip
