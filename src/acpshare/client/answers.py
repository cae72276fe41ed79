"""What a server answered, as values: a resource with its version, a page of a Bundle, or a refusal with its issues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.outcome import Malformed, TooLarge

LARGEST = 200_000_000
"""Bytes of an answer that are still read as one resource."""


@dataclass(frozen=True, slots=True)
class OutcomeIssue:
    """One issue of an OperationOutcome. https://hl7.org/fhir/R4/operationoutcome.html"""

    severity: str
    code: str
    diagnostics: str = ""
    expression: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    """The codings of `details`, as system and code: an NHS Spine error code stands here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A success. `resource` is None where the server sent none (`Prefer: return=minimal`, 204, 304).

    Numbers keep their text: `resource["valueDecimal"]` of `72.50` is a Decimal that is written as `72.50` again.
    """

    status: int
    resource: JsonObject | None
    version_id: str | None = None
    last_modified: datetime | None = None
    location: str | None = None
    request_id: str | None = None

    @property
    def etag(self) -> str | None:
        """What `if_match` takes."""
        return None if self.version_id is None else f'W/"{self.version_id}"'

    @property
    def created(self) -> bool:
        return self.status == httpx.codes.CREATED

    @property
    def id(self) -> str | None:
        """The logical id of the resource, from itself or from where the server says that it is."""
        if self.resource is not None and isinstance(self.resource.get("id"), str):
            return str(self.resource["id"])
        parts = (self.location or "").partition("/_history/")[0].rsplit("/", 1)
        return parts[1] if len(parts) == 2 and parts[1] else None

    @property
    def body(self) -> JsonObject:
        """The resource. Raises LookupError when the server sent none."""
        if self.resource is None:
            raise LookupError(f"the server answered {self.status} without a resource")
        return self.resource


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a searchset or a history. https://hl7.org/fhir/R4/bundle.html"""

    bundle: JsonObject

    @property
    def total(self) -> int | None:
        total = self.bundle.get("total")
        return total if isinstance(total, int) else None

    @property
    def next(self) -> str | None:
        """The address of the next page."""
        links = self.bundle.get("link", ())
        return next((str(link["url"]) for link in links if link.get("relation") == "next"), None)

    def resources(self, mode: str | None = "match") -> Iterator[JsonObject]:
        """The resources that match (or `include`, `outcome`; None for all)."""
        for entry in self.bundle.get("entry", ()):
            if "resource" in entry and mode in (None, entry.get("search", {}).get("mode", mode)):
                yield entry["resource"]


class Refused(Exception):
    """The server refused. The text names what it said was wrong, and holds nothing else of the answer."""

    def __init__(
        self, status: int, issues: tuple[OutcomeIssue, ...], *, request_id: str | None, retry_after: float | None
    ) -> None:
        said = "; ".join(issue.diagnostics or issue.code for issue in issues) or "without an OperationOutcome"
        super().__init__(f"{status}: {said}")
        self.status = status
        self.issues = issues
        self.request_id = request_id
        self.retry_after = retry_after
        """Seconds after which the server wants to be asked again, where it says so."""


def answer_of(response: httpx.Response) -> Answer:
    """A success as an Answer. Raises Refused for everything else."""
    refuse(response)
    modified = response.headers.get("last-modified")
    return Answer(
        status=response.status_code,
        resource=resource_in(response),
        version_id=_version(response.headers.get("etag")),
        last_modified=parsedate_to_datetime(modified) if modified else None,
        location=response.headers.get("location"),
        request_id=response.headers.get("x-request-id"),
    )


def page_of(response: httpx.Response) -> Page:
    return Page(answer_of(response).body)


def refuse(response: httpx.Response) -> None:
    """Raises Refused unless the answer is a success, or 304: what the client has is still so."""
    if response.is_success or response.status_code == httpx.codes.NOT_MODIFIED:
        return
    after = response.headers.get("retry-after", "")
    raise Refused(
        response.status_code,
        issues_in(resource_in(response)),
        request_id=response.headers.get("x-request-id"),
        retry_after=float(after) if after.isdecimal() else None,
    )


def resource_in(response: httpx.Response) -> JsonObject | None:
    """The resource in the answer's body, if it is one."""
    if not response.content or "json" not in response.headers.get("content-type", ""):
        return None
    try:
        return parse(response.content, max_bytes=LARGEST)
    except (Malformed, TooLarge):
        return None


def issues_in(outcome: JsonObject | None) -> tuple[OutcomeIssue, ...]:
    if outcome is None or outcome.get("resourceType") != "OperationOutcome":
        return ()
    return tuple(
        OutcomeIssue(
            severity=str(issue.get("severity", "")),
            code=str(issue.get("code", "")),
            diagnostics=str(issue.get("diagnostics", "")),
            expression=tuple(issue.get("expression", ())),
            details=tuple(
                (str(coding.get("system", "")), str(coding.get("code", "")))
                for coding in issue.get("details", {}).get("coding", ())
            ),
        )
        for issue in outcome.get("issue", ())
    )


def _version(etag: str | None) -> str | None:
    return etag.removeprefix("W/").strip('"') if etag else None
