"""One entry of a batch or transaction: what it asks for, read with everything that is wrong with it.

https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.request
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.validation.report import Place
from acpshare.interactions.components import Components
from acpshare.interactions.matching import Pairs, pairs_of
from acpshare.interactions.registry.types import RESOURCE_TYPES, WRITABLE
from acpshare.interactions.update import is_id
from acpshare.outcome import Failure, Issue, IssueType, Malformed, error

READS = ("GET", "HEAD")
METHODS = (*READS, "POST", "PUT", "PATCH", "DELETE")
_HEADERS = {
    "If-Match": "ifMatch",
    "If-None-Match": "ifNoneMatch",
    "If-None-Exist": "ifNoneExist",
    "Content-Type": "resource",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What one entry asks for.

    `pairs` are the query: the condition of a POST (ifNoneExist), PUT, PATCH or DELETE, the search of a GET.
    """

    number: int
    method: str
    type: str
    id: str | None
    version: str | None
    pairs: Pairs | None
    full_url: str | None
    resource: JsonObject | None
    if_match: str | None
    if_none_match: str | None

    @property
    def place(self) -> Place:
        return (((None, "Bundle", None), "entry", self.number), "resource", None)

    @property
    def body(self) -> JsonObject:
        """The resource of an entry that has one, as it was made sure."""
        return self.resource if self.resource is not None else {}

    @property
    def makes(self) -> bool:
        """Whether a resource of its own may come of it, to which others can refer."""
        return self.method in ("POST", "PUT")


def at(number: int) -> str:
    return f"Bundle.entry[{number}]"


def located(failure: Failure, number: int) -> Failure:
    """The same failure, naming the entry in every place."""
    return type(failure)(*(located_issue(issue, number) for issue in failure.issues))


def located_issue(issue: Issue, number: int) -> Issue:
    return replace(issue, expression=tuple(_located(place, number) for place in issue.expression) or (at(number),))


def _located(place: str, number: int) -> str:
    if place.startswith("Bundle"):
        return place
    if place in _HEADERS:
        return f"{at(number)}.request.{_HEADERS[place]}"
    head, dot, rest = place.partition(".")
    if head in RESOURCE_TYPES or head == "Parameters":
        return f"{at(number)}.resource{dot}{rest}"
    return f"{at(number)}.request.url"


def read_entry(components: Components, number: int, entry: Any) -> Entry:
    """Raises Malformed, with everything that is wrong with what the entry asks for."""
    reader = _Reader(components, number)
    found = reader.entry(entry if isinstance(entry, dict) else {})
    if reader.issues or found is None:
        raise Malformed(*reader.issues)
    return found


class _Reader:
    def __init__(self, components: Components, number: int) -> None:
        self.base_url = components.base_url
        self.number = number
        self.issues: list[Issue] = []

    def entry(self, entry: JsonObject) -> Entry | None:
        request = entry.get("request")
        if not isinstance(request, dict):
            self.wrong(IssueType.REQUIRED, "request says what to do with the entry, and is missing", "request")
            return None
        method, url = request.get("method"), request.get("url")
        if method not in METHODS:
            self.wrong(IssueType.VALUE, f"method must be one of {', '.join(METHODS)}", "request.method")
        if not isinstance(url, str) or not url:
            self.wrong(IssueType.REQUIRED, "url says what the request is about, and is missing", "request.url")
        if self.issues:
            return None
        resource = entry.get("resource")
        full_url = entry.get("fullUrl")
        found = self.address(str(method), str(url))
        if found is None:
            return None
        found = replace(
            found,
            full_url=full_url if isinstance(full_url, str) else None,
            resource=resource if isinstance(resource, dict) else None,
            pairs=self.condition(request, found),
            if_match=_text(request, "ifMatch"),
            if_none_match=_text(request, "ifNoneMatch"),
        )
        self.about_resource(found)
        return found

    def address(self, method: str, url: str) -> Entry | None:
        path, mark, query = url.removeprefix(f"{self.base_url}/").removeprefix("/").partition("?")
        segments = [unquote(segment) for segment in path.split("/")]
        type, id = segments[0], segments[1] if len(segments) > 1 else None
        pairs = self.query(query) if mark else None
        types = RESOURCE_TYPES if method in READS else WRITABLE
        if type not in types:
            self.wrong(IssueType.NOT_SUPPORTED, "url begins with no resource type that is kept here", "request.url")
        elif not _is_address(method, segments, has_query=mark == "?"):
            self.wrong(IssueType.NOT_SUPPORTED, f"url is not what {method} in a Bundle can be about", "request.url")
        elif id is not None and not is_id(id):
            self.wrong(IssueType.VALUE, "the id has 1 to 64 letters, digits, - and .", "request.url")
        version = segments[3] if len(segments) == 4 else None
        if self.issues:
            return None
        return Entry(self.number, method, type, id, version, pairs, None, None, None, None)

    def query(self, query: str) -> Pairs:
        try:
            return pairs_of(query, f"{at(self.number)}.request.url") if query else ()
        except Malformed as failure:
            self.issues += failure.issues
            return ()

    def condition(self, request: JsonObject, entry: Entry) -> Pairs | None:
        said = request.get("ifNoneExist")
        if entry.method != "POST" or not isinstance(said, str):
            return entry.pairs
        try:
            return pairs_of(said, f"{at(self.number)}.request.ifNoneExist")
        except Malformed as failure:
            self.issues += failure.issues
            return None

    def about_resource(self, entry: Entry) -> None:
        resource = entry.resource
        if entry.method in (*READS, "DELETE"):
            return
        if resource is None:
            self.wrong(IssueType.REQUIRED, f"{entry.method} needs a resource", "resource")
        elif entry.method == "PATCH":
            if resource.get("resourceType") not in ("Parameters", "Binary"):
                what = "a patch is Parameters (FHIRPath Patch), or a Binary of type application/json-patch+json"
                self.wrong(IssueType.STRUCTURE, what, "resource")
        elif resource.get("resourceType") != entry.type:
            self.wrong(IssueType.INVALID, f"url is of a {entry.type}, the resource is not", "resource")
        elif entry.method == "PUT" and entry.id is not None and resource.get("id") != entry.id:
            self.wrong(IssueType.INVALID, "the resource's id is not the one of url", "resource.id")

    def wrong(self, code: IssueType, what: str, where: str) -> None:
        self.issues.append(error(code, what, f"{at(self.number)}.{where}"))


def _is_address(method: str, segments: list[str], *, has_query: bool) -> bool:
    if method == "POST":
        return len(segments) == 1 and not has_query
    if method in READS:
        is_version = len(segments) == 4 and segments[2] == "_history"
        return is_version or len(segments) in (1, 2)
    return len(segments) == (1 if has_query else 2)


def _text(request: JsonObject, name: str) -> str | None:
    said = request.get(name)
    return said if isinstance(said, str) else None


def listed(numbers: Iterable[int]) -> str:
    return " and ".join(at(number) for number in numbers)
