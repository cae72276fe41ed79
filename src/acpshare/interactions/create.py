"""POST [type]: a resource under an id of the server's own, or what a condition found instead.

https://hl7.org/fhir/R4/http.html#create
"""

from __future__ import annotations

from dataclasses import replace

from acpshare.fhir.json_text import parse
from acpshare.interactions import matching, once
from acpshare.interactions.checked import Checked, checked
from acpshare.interactions.components import Components
from acpshare.interactions.intake import TYPE as RESPONSE
from acpshare.interactions.matching import Pairs
from acpshare.interactions.meanings import meaning_of
from acpshare.interactions.meant import is_form
from acpshare.interactions.record import record_resource
from acpshare.interactions.unit import Recorded, Unit, unit
from acpshare.outcome import IssueType, information
from acpshare.storage import StoredResource


def create(
    components: Components,
    type: str,
    text: bytes,
    *,
    if_none_exist: str | None = None,
    client: str = "not known",
    max_bytes: int = 5_000_000,
) -> Recorded:
    """Keep a new resource. `is_new` is false when the condition was met by what is here already.

    Raises Malformed, Invalid, Conflict, Duplicate or MultipleMatches; then nothing is stored.
    """
    resource = parse(text, max_bytes=max_bytes)
    if resource.get("resourceType") == type == RESPONSE and is_form(components, resource):
        return record_resource(components, resource, text, if_none_exist=if_none_exist, client=client)
    body = checked(type, resource, text.decode())
    condition = None if if_none_exist is None else matching.pairs_of(if_none_exist, "If-None-Exist")
    with unit(components, client) as opened:
        done = create_in(opened, type, body, condition)
    return opened.finished(done)


def create_in(
    opened: Unit, type: str, body: Checked, condition: Pairs | None = None, id: str | None = None
) -> Recorded:
    """The same in a unit that is open; under an `id` that was given out before."""
    if condition is not None:
        once.lock(opened.writing, once.keys_of(type, body.resource, None)[0] if type in once.KEYED else ())
        matching.lock(opened.writing, type, condition)
        found = matching.only_match(opened.components, opened.writing, type, condition)
        if found is not None:
            return existing(found)
    id = opened.new_id(type) if id is None else id
    done = with_issues(meaning_of(type).create(opened, body.resource, body.text, id), body)
    if done.is_new:
        opened.note("create", done)
    return done


def existing(found: StoredResource) -> Recorded:
    """What a condition found instead of making it."""
    what = f"there is such a {found.type} already; nothing was stored"
    return Recorded(found, is_new=False, issues=(information(IssueType.INFORMATIONAL, what),))


def with_issues(done: Recorded, body: Checked) -> Recorded:
    """The same, with what the check noticed."""
    return replace(done, issues=tuple(dict.fromkeys((*done.issues, *body.issues)))) if body.issues else done
