"""PUT [type]/[id]: another version of a resource, or a new one under the client's own id.

https://hl7.org/fhir/R4/http.html#update
"""

from __future__ import annotations

import re

from acpshare.fhir.json_text import JsonObject, dump, parse
from acpshare.interactions.checked import Checked, checked
from acpshare.interactions.components import Components
from acpshare.interactions.create import create_in, with_issues
from acpshare.interactions.definitions import refuse_published
from acpshare.interactions.meanings import meaning_of
from acpshare.interactions.preconditions import require_absent, require_version
from acpshare.interactions.unit import Recorded, Unit, unit
from acpshare.outcome import IssueType, Malformed, error, information
from acpshare.storage import StoredResource

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)


def update(
    components: Components,
    type: str,
    id: str,
    text: bytes,
    *,
    if_match: str | None = None,
    if_none_match: str | None = None,
    client: str = "not known",
    max_bytes: int = 5_000_000,
) -> Recorded:
    """Keep another version, or the first one: then `is_new`. What says nothing new makes no version.

    Raises Malformed, Invalid, Conflict, VersionConflict or Forbidden; then nothing is stored.
    """
    resource = parse(text, max_bytes=max_bytes)
    require_own_id(type, id, resource)
    body = checked(type, resource, text.decode())
    with unit(components, client) as opened:
        done = update_in(opened, type, id, body, if_match=if_match, if_none_match=if_none_match)
    return opened.finished(done)


def require_own_id(type: str, id: str, resource: JsonObject) -> None:
    """Raises Malformed when the address and the resource are not of one."""
    issues = []
    if not is_id(id):
        issues.append(error(IssueType.VALUE, "an id has 1 to 64 letters, digits, - and .", f"{type}.id"))
    if resource.get("resourceType") != type:
        issues.append(error(IssueType.INVALID, f"the address is of a {type}, the body is not", type))
    elif resource.get("id") != id:
        issues.append(error(IssueType.INVALID, "the resource's id is not the one of the address", f"{type}.id"))
    if issues:
        raise Malformed(*issues)


def is_id(text: str) -> bool:
    """https://hl7.org/fhir/R4/datatypes.html#id"""
    return _ID.fullmatch(text) is not None and text not in (".", "..")


def update_in(
    opened: Unit,
    type: str,
    id: str,
    body: Checked,
    *,
    if_match: str | None = None,
    if_none_match: str | None = None,
) -> Recorded:
    """The same in a unit that is open."""
    refuse_published(opened.components, type, id)
    before = opened.held(type, id, body.resource)
    require_version(opened.components, type, before, if_match, is_update=True)
    require_absent(type, before, if_none_match)
    return changed(opened, before, type, id, body)


def changed(
    opened: Unit, before: StoredResource | None, type: str, id: str, body: Checked, interaction: str = "update"
) -> Recorded:
    """The next version of what is held."""
    if before is None or before.deleted:
        return create_in(opened, type, body, id=id)
    if same(parse(before.text or b"{}"), body.resource):
        what = "this says what is on record already; no version was made"
        return Recorded(before, is_new=False, issues=(information(IssueType.INFORMATIONAL, what),))
    done = with_issues(meaning_of(type).update(opened, before, body.resource, body.text), body)
    if done.stored.version_id != before.version_id or done.stored.type != type:
        opened.note(interaction, done)
    return done


def same(before: JsonObject, after: JsonObject) -> bool:
    """Whether two resources say the same, but for what the server itself writes; 1.0 is not 1.00."""
    return _said(before) == _said(after)


def _said(resource: JsonObject) -> str:
    meta = resource.get("meta")
    labels = {k: v for k, v in meta.items() if k not in ("versionId", "lastUpdated")} if isinstance(meta, dict) else {}
    content = {name: value for name, value in resource.items() if name not in ("id", "meta")}
    return dump([labels, _ordered(content)])


def _ordered(value: object) -> object:
    """With members in one order: theirs means nothing in JSON."""
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_ordered(each) for each in value]
    return value
