"""$validate: everything that is to be said about a resource, and what would become of it, storing nothing.

https://hl7.org/fhir/R4/resource-operation-validate.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.fhir.validation.profiles import check_profiles
from acpshare.interactions.checked import problems
from acpshare.interactions.components import Components
from acpshare.interactions.intake import TYPE, examine
from acpshare.interactions.meant import is_form
from acpshare.interactions.operation_outcome import operation_outcome
from acpshare.interactions.parameters import Parameters
from acpshare.interactions.read import present
from acpshare.interactions.rehearsal import create_rehearsed, delete_rehearsed, update_rehearsed
from acpshare.outcome import Issue, IssueType, Malformed, error

_NAMES: Final = frozenset({"resource", "mode", "profile"})
MODES: Final = ("create", "update", "delete", "profile")
"""What is asked about, beside the content: https://hl7.org/fhir/R4/valueset-resource-validation-mode.html"""


@dataclass(frozen=True, slots=True)
class _Asked:
    resource: JsonObject | None
    mode: str | None
    profile: str | None


def validate(
    components: Components,
    type: str,
    body: bytes,
    max_bytes: int,
    *,
    id: str | None = None,
    query: Mapping[str, str] | None = None,
) -> JsonObject:
    """The OperationOutcome. With an `id`, of the resource that is stored there when the body has none.

    A filled form is also held against its own definition and the safety rules. Raises Malformed, NotFound or Gone.
    """
    asked = _asked(body, query or {}, max_bytes)
    _require_sense(asked, id)
    if asked.mode == "delete":
        return operation_outcome(delete_rehearsed(components, type, str(id)))
    resource = asked.resource if asked.resource is not None else _stored(components, type, id)
    issues = list(_content(components, type, resource))
    if resource.get("resourceType") == type:
        issues += check_profiles(resource, [asked.profile] if asked.profile else ())
    if asked.mode in ("create", "update") and not any(issue.is_error for issue in issues):
        issues += _kept(components, type, resource, id, asked.mode)
    return operation_outcome(dict.fromkeys(issues))


def _require_sense(asked: _Asked, id: str | None) -> None:
    what = None
    if asked.mode is not None and asked.mode not in MODES:
        what = f"mode is one of: {', '.join(MODES)}"
    elif asked.mode in ("delete", "profile") and id is None:
        what = f"mode {asked.mode} is asked at the address of a resource"
    elif asked.mode == "profile" and (asked.profile is None or asked.resource is not None):
        what = "mode profile is of a stored resource, and names a profile"
    if what is not None:
        raise Malformed(error(IssueType.VALUE, what, "Parameters.mode"))


def _asked(body: bytes, query: Mapping[str, str], max_bytes: int) -> _Asked:
    """What stands in the body as Parameters, in the address, or both: then it must be the same."""
    given = parse(body, max_bytes=max_bytes) if body else {"resourceType": "Parameters"}
    resource: JsonObject | None = given
    mode = profile = None
    if given.get("resourceType") == "Parameters":
        parameters = Parameters(given, _NAMES)
        resource = parameters.resource("resource")
        mode = parameters.text("mode", "valueCode", "valueString")
        profile = parameters.text("profile", "valueUri", "valueCanonical", "valueUrl", "valueString")
    mode, profile = _one("mode", mode, query), _one("profile", profile, query)
    return _Asked(resource, mode, profile)


def _one(name: str, in_body: str | None, query: Mapping[str, str]) -> str | None:
    in_address = query.get(name)
    if in_body is not None and in_address is not None and in_body != in_address:
        what = f"{name} is given in the address and in the body, and differs"
        raise Malformed(error(IssueType.INVALID, what, f"Parameters.{name}"))
    return in_body or in_address


def _stored(components: Components, type: str, id: str | None) -> JsonObject:
    if id is None:
        what = "the body is the resource, or Parameters whose parameter resource holds it"
        raise Malformed(error(IssueType.REQUIRED, what, "Parameters.resource"))
    with components.store.read() as reading:
        stored = present(reading.resource(type, id), type)
    return parse(stored.text or b"{}")


def _content(components: Components, type: str, resource: JsonObject) -> Iterable[Issue]:
    """What keeping the resource would say of its content."""
    if type != TYPE or resource.get("resourceType") != TYPE or not is_form(components, resource):
        return problems(type, resource)
    intake, issues = examine(components, resource)
    return issues if intake is None else (*issues, *intake.translation.issues)


def _kept(components: Components, type: str, resource: JsonObject, id: str | None, mode: str) -> tuple[Issue, ...]:
    """What a create, or an update under this id, would say of such a resource."""
    if mode == "create":
        return create_rehearsed(components, type, resource)
    own = resource.get("id")
    return update_rehearsed(components, type, id or (own if isinstance(own, str) else ""), resource)
