"""Every call as a value: the request to send, and how its answer is read. Both clients send these; neither has more.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar
from urllib.parse import quote

import httpx

from acpshare.client.answers import Answer, Page, answer_of, page_of, refuse
from acpshare.client.bulk import ExportStatus, started_at, status_of
from acpshare.fhir.json_text import JsonObject, JsonValue, dump

FHIR_JSON = "application/fhir+json"
JSON_PATCH = "application/json-patch+json"
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"

T = TypeVar("T")
Criteria: TypeAlias = Mapping[str, str | Sequence[str]] | Sequence[tuple[str, str]]
"""Search parameters: a sequence of values, or a name that stands twice, is an AND; `a,b` in one value an OR."""


class Return(StrEnum):
    """https://hl7.org/fhir/R4/http.html#ops"""

    MINIMAL = "minimal"
    REPRESENTATION = "representation"
    OPERATION_OUTCOME = "OperationOutcome"


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """`path` is below the base address, or a whole address that a server gave."""

    method: str
    path: str
    read: Callable[[httpx.Response], T]
    params: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None

    @property
    def is_safe(self) -> bool:
        """Whether it may be sent again when the server was too busy for it."""
        return self.method in ("GET", "HEAD")


def read(type: str, id: str, *, if_none_match: str | None = None) -> Call[Answer]:
    return Call("GET", _path(type, id), answer_of, headers=_given({"If-None-Match": if_none_match}))


def vread(type: str, id: str, version_id: str) -> Call[Answer]:
    return Call("GET", _path(type, id, "_history", version_id), answer_of)


def create(resource: JsonObject, *, if_none_exist: str | None = None, prefer: Return | None = None) -> Call[Answer]:
    headers = _given({"If-None-Exist": if_none_exist, "Prefer": _prefer(prefer)})
    return _sent("POST", _path(str(resource["resourceType"])), resource, headers)


def update(
    resource: JsonObject, *, if_match: str | None = None, where: Criteria | None = None, prefer: Return | None = None
) -> Call[Answer]:
    """By its own id, or whatever is found by `where` (a conditional update)."""
    type = str(resource["resourceType"])
    path = _path(type) if where is not None else _path(type, str(resource["id"]))
    headers = _given({"If-Match": if_match, "Prefer": _prefer(prefer)})
    return _sent("PUT", path, resource, headers, _pairs(where or ()))


def patch(
    type: str, id: str, changes: JsonObject | Sequence[JsonObject], *, if_match: str | None = None,
    prefer: Return | None = None,
) -> Call[Answer]:  # fmt: skip
    """`changes` is a list of JSON Patch operations, or a Parameters resource (FHIRPath Patch)."""
    content_type = FHIR_JSON if isinstance(changes, dict) else JSON_PATCH
    headers = _given({"If-Match": if_match, "Prefer": _prefer(prefer), "Content-Type": content_type})
    return _sent("PATCH", _path(type, id), changes, headers)


def delete(type: str, id: str, *, if_match: str | None = None) -> Call[Answer]:
    return Call("DELETE", _path(type, id), answer_of, headers=_given({"If-Match": if_match}))


def search(type: str, criteria: Criteria = (), *, by_post: bool = False) -> Call[Page]:
    """`by_post` keeps what is searched for out of the address, and so out of every log on the way."""
    pairs = _pairs(criteria)
    if not by_post:
        return Call("GET", _path(type), page_of, pairs)
    form = str(httpx.QueryParams(pairs)).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Call("POST", _path(type, "_search"), page_of, headers=headers, content=form)


def page(url: str) -> Call[Page]:
    return Call("GET", url, page_of)


def history(type: str | None = None, id: str | None = None, criteria: Criteria = ()) -> Call[Page]:
    """Of one resource, of a type, or of everything."""
    parts = [part for part in (type, id) if part is not None]
    return Call("GET", _path(*parts, "_history"), page_of, _pairs(criteria))


def bundle(entries: JsonObject) -> Call[Answer]:
    """A batch or a transaction."""
    return _sent("POST", "", entries, {})


def operation(
    name: str, type: str | None = None, id: str | None = None, *, parameters: JsonObject | None = None,
    criteria: Criteria = (),
) -> Call[Answer]:  # fmt: skip
    """`name` as `$populate`. With `parameters` (a Parameters, or the resource that it works on) by POST."""
    parts = [part for part in (type, id) if part is not None]
    path = _path(*parts, name if name.startswith("$") else f"${name}")
    if parameters is None:
        return Call("GET", path, answer_of, _pairs(criteria))
    return _sent("POST", path, parameters, {}, _pairs(criteria))


def emergency_view(nhs_number: str) -> Call[Answer]:
    """What a crew needs to know, with the NHS number in the body so that no log holds it."""
    identifier = {"system": NHS_NUMBER, "value": nhs_number}
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "identifier", "valueIdentifier": identifier}]}
    return operation("$emergency-view", "Patient", parameters=parameters)


def capabilities() -> Call[Answer]:
    return Call("GET", "metadata", answer_of)


def start_export(type: str | None = None, id: str | None = None, criteria: Criteria = ()) -> Call[str]:
    """Bulk export of everything, of patients, or of a group; the answer is the address of its status."""
    parts = [part for part in (type, id) if part is not None]
    headers = {"Prefer": "respond-async"}
    return Call("GET", _path(*parts, "$export"), started_at, _pairs(criteria), headers)


def export_status(url: str) -> Call[ExportStatus]:
    return Call("GET", url, status_of, headers={"Accept": "application/json"})


def export_file(url: str) -> Call[None]:
    """An NDJSON file, to be read while it arrives."""
    return Call("GET", url, refuse, headers={"Accept": "application/fhir+ndjson"})


def _sent(
    method: str, path: str, body: JsonValue, headers: Mapping[str, str], params: tuple[tuple[str, str], ...] = ()
) -> Call[Answer]:
    typed = {"Content-Type": FHIR_JSON, **headers}
    return Call(method, path, answer_of, params, typed, dump(body).encode())


def _path(*parts: str) -> str:
    return "/".join(quote(part, safe="$-._~") for part in parts)


def _pairs(criteria: Criteria) -> tuple[tuple[str, str], ...]:
    if not isinstance(criteria, Mapping):
        return tuple(criteria)
    return tuple(
        (name, value)
        for name, values in criteria.items()
        for value in ((values,) if isinstance(values, str) else values)
    )


def _prefer(wanted: Return | None) -> str | None:
    return None if wanted is None else f"return={wanted}"


def _given(headers: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value is not None}
