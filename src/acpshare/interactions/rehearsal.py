"""What would become of a change, found by making it in a transaction that is then undone: nothing is stored.

https://hl7.org/fhir/R4/resource-operation-validate.html
"""

from __future__ import annotations

from collections.abc import Callable

from acpshare.fhir.json_text import JsonObject, dump
from acpshare.interactions.checked import Checked
from acpshare.interactions.components import Components
from acpshare.interactions.create import create_in
from acpshare.interactions.definitions import refuse_published
from acpshare.interactions.delete import delete_in
from acpshare.interactions.registry.types import WRITABLE
from acpshare.interactions.unit import Recorded, Unit, unit
from acpshare.interactions.update import changed, require_own_id
from acpshare.outcome import Failure, Issue, IssueType, error


class _Undone(Exception):
    """The rehearsal is over."""


def create_rehearsed(components: Components, type: str, resource: JsonObject) -> tuple[Issue, ...]:
    """What a create would say, or why it would be refused."""
    body = Checked(resource, dump(resource))
    return _rehearsed(components, type, lambda opened: create_in(opened, type, body))


def update_rehearsed(components: Components, type: str, id: str, resource: JsonObject) -> tuple[Issue, ...]:
    """What an update under this id would say, or why it would be refused."""

    def act(opened: Unit) -> Recorded:
        require_own_id(type, id, resource)
        refuse_published(components, type, id)
        return changed(opened, opened.held(type, id), type, id, Checked(resource, dump(resource)))

    return _rehearsed(components, type, act)


def delete_rehearsed(components: Components, type: str, id: str) -> tuple[Issue, ...]:
    """What a delete would say, or why it would be refused."""
    return _rehearsed(components, type, lambda opened: delete_in(opened, type, id))


def _rehearsed(components: Components, type: str, act: Callable[[Unit], Recorded | None]) -> tuple[Issue, ...]:
    if type not in WRITABLE:
        return (
            error(IssueType.NOT_SUPPORTED, f"a {type} is published by the service, and changed by no client", type),
        )
    said: tuple[Issue, ...] = ()
    try:
        with unit(components, "") as opened:
            done = act(opened)
            said = done.issues if done is not None else ()
            raise _Undone
    except _Undone:
        return said
    except Failure as refusal:
        return refusal.issues
