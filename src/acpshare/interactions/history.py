"""https://hl7.org/fhir/R4/http.html#history: versions of one resource, of a type, of everything, newest first.

The stored texts go into the Bundle as they are; a page ends with a link that says where the next one begins.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from acpshare.fhir.json_text import dump
from acpshare.interactions.components import Components
from acpshare.interactions.read import present
from acpshare.interactions.restricted import shown_page
from acpshare.outcome import Issue, IssueType, Malformed, error
from acpshare.search.dates import date_range
from acpshare.storage import Reading, StoredResource
from acpshare.storage.checks import PAGE_BYTES
from acpshare.storage.rows import VersionPosition

PAGE = 50
LARGEST_PAGE = 1_000
LARGEST = PAGE_BYTES
"""Bytes after which a page ends."""
STEP = 51
"""Versions that are fetched together."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = (
    (end - _EPOCH) // timedelta(microseconds=1)
    for end in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
)
"""An offset can lead out of the years that there are."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of a history, as they were written."""

    count: str | None = None
    since: str | None = None
    cursor: str | None = None
    total_only: bool = False


@dataclass(frozen=True, slots=True)
class _Range:
    count: int
    since: datetime | None
    after: VersionPosition | None


def history_instance(components: Components, type: str, id: str, asked: Asked) -> bytes:
    """The versions of one resource. Raises NotFound or Malformed."""
    wanted = _understood(asked)
    url = f"{components.base_url}/{type}/{id}/_history"
    with components.store.read() as reading:
        newest = reading.history(type, id, count=1)
        if not newest:
            present(None, type)
        total = newest[0].version_id if wanted.since is None else None
        if asked.total_only:
            counted = total if total is not None else sum(1 for _ in _versions_of(reading, type, id, wanted))
            return _bundle(components, (), _links(url, asked, (), more=False), counted)
        page, more = _page(_versions_of(reading, type, id, wanted), wanted.count)
        page = shown_page(components, reading, page, is_current=False)
    return _bundle(components, page, _links(url, asked, page, more=more), total)


def history_of(components: Components, type: str | None, asked: Asked) -> bytes:
    """The versions of all resources (of a type). Raises Malformed."""
    if asked.total_only:
        what = "versions are counted of one resource only: _summary=count is for [type]/[id]/_history"
        raise Malformed(error(IssueType.NOT_SUPPORTED, what, "_summary", spine="INVALID_VALUE"))
    wanted = _understood(asked)
    with components.store.read() as reading:
        page, more = _page(_versions_of_all(reading, type, wanted), wanted.count)
        page = shown_page(components, reading, page, is_current=False)
    url = f"{components.base_url}/{type}/_history" if type else f"{components.base_url}/_history"
    return _bundle(components, page, _links(url, asked, page, more=more), None)


def _versions_of(reading: Reading, type: str, id: str, wanted: _Range) -> Iterator[StoredResource]:
    before = None if wanted.after is None else wanted.after.version_id
    while found := reading.history(type, id, before=before, count=min(wanted.count + 1, STEP)):
        for each in found:
            if wanted.since is not None and each.last_updated < wanted.since:
                return
            yield each
        before = found[-1].version_id


def _versions_of_all(reading: Reading, type: str | None, wanted: _Range) -> Iterator[StoredResource]:
    after = wanted.after
    while found := reading.history_of(type, since=wanted.since, after=after, count=min(wanted.count + 1, STEP)):
        yield from found
        last = found[-1]
        after = VersionPosition(last.last_updated, last.type, last.id, last.version_id)


def _page(versions: Iterator[StoredResource], count: int) -> tuple[Sequence[StoredResource], bool]:
    """As many as were asked for, or fewer where they are large; and whether there are more."""
    page: list[StoredResource] = []
    size = 0
    for each in versions:
        if len(page) == count or size > LARGEST:
            return page, True
        page.append(each)
        size += len(each.text or b"")
    return page, False


def _understood(asked: Asked) -> _Range:
    issues: list[Issue] = []
    count = PAGE
    if asked.count is not None:
        if asked.count.isascii() and asked.count.isdecimal() and len(asked.count) < 20 and int(asked.count) > 0:
            count = min(int(asked.count), LARGEST_PAGE)
        else:
            issues.append(_wrong("_count", "is a whole number above 0"))
    since = None
    if asked.since is not None:
        range = date_range(asked.since)
        if range is None:
            issues.append(_wrong("_since", "is an instant, such as 2026-11-22T12:00:00Z"))
        else:
            since = _EPOCH + timedelta(microseconds=min(max(range[0], _FIRST), _LAST))
    after = None
    if asked.cursor is not None:
        after = _position(asked.cursor)
        if after is None:
            issues.append(_wrong("_cursor", "is taken from a link of this service, unchanged"))
    if issues:
        raise Malformed(*issues)
    return _Range(count, since, after)


def _wrong(name: str, what: str) -> Issue:
    return error(IssueType.VALUE, f"{name} {what}", name, spine="INVALID_VALUE")


def _cursor(last: StoredResource) -> str:
    place = [(last.last_updated - _EPOCH) // timedelta(microseconds=1), last.type, last.id, last.version_id]
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")


def _position(cursor: str) -> VersionPosition | None:
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        instant, type, id, version_id = place
        if [each.__class__ for each in place] != [int, str, str, int] or not 0 < version_id < 2**31:
            return None
        return VersionPosition(_EPOCH + timedelta(microseconds=instant), type, id, version_id)
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        return None


def _links(url: str, asked: Asked, page: Sequence[StoredResource], *, more: bool) -> list[dict[str, str]]:
    given = [(name, value) for name, value in (("_count", asked.count), ("_since", asked.since)) if value is not None]

    def address(cursor: str | None) -> str:
        pairs = given if cursor is None else [*given, ("_cursor", cursor)]
        return f"{url}?{urlencode(pairs)}" if pairs else url

    links = [{"relation": "self", "url": address(asked.cursor)}, {"relation": "first", "url": address(None)}]
    if more and page:
        links.append({"relation": "next", "url": address(_cursor(page[-1]))})
    return links


def _bundle(
    components: Components, page: Sequence[StoredResource], links: list[dict[str, str]], total: int | None
) -> bytes:
    counted = "" if total is None else f'"total":{total},'
    head = f'{{"resourceType":"Bundle","type":"history",{counted}"link":{dump(links)}'
    if not page:
        return f"{head}}}".encode()
    entries = b",".join(_entry(components.base_url, version) for version in page)
    return b"".join((head.encode(), b',"entry":[', entries, b"]}"))


def _entry(base_url: str, version: StoredResource) -> bytes:
    """One entry, with the resource's own text left as it is."""
    method = "DELETE" if version.deleted else "POST" if version.version_id == 1 else "PUT"
    path = version.type if method == "POST" else f"{version.type}/{version.id}"
    response = {
        "status": {"DELETE": "204", "POST": "201", "PUT": "200"}[method],
        "etag": f'W/"{version.version_id}"',
        "lastModified": version.last_updated.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    address = dump(f"{base_url}/{version.type}/{version.id}").encode()
    resource = b"" if version.text is None else b'"resource":' + version.text + b","
    said = f'"request":{dump({"method": method, "url": path})},"response":{dump(response)}}}'.encode()
    return b'{"fullUrl":' + address + b"," + resource + said
