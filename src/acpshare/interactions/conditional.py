"""PUT, PATCH and DELETE [type]?[query]: of the one resource that a query matches.

https://hl7.org/fhir/R4/http.html#cond-update
"""

from __future__ import annotations

from collections.abc import Sequence

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.interactions import matching
from acpshare.interactions.checked import Checked, checked
from acpshare.interactions.components import Components
from acpshare.interactions.create import create_in
from acpshare.interactions.delete import delete_in
from acpshare.interactions.matching import Pairs
from acpshare.interactions.patch import Change, patch_in, read_patch
from acpshare.interactions.preconditions import require_version
from acpshare.interactions.unit import Recorded, Unit, unit
from acpshare.interactions.update import is_id, update_in
from acpshare.outcome import Conflict, IssueType, Malformed, MultipleMatches, NotFound, error
from acpshare.storage import Reading, StoredResource


def conditional_update(
    components: Components,
    type: str,
    pairs: Pairs,
    text: bytes,
    *,
    if_match: str | None = None,
    client: str = "not known",
    max_bytes: int = 5_000_000,
) -> Recorded:
    """Update what matches, or create it. Raises MultipleMatches, and what an update raises."""
    body = checked(type, parse(text, max_bytes=max_bytes), text.decode())
    with unit(components, client) as opened:
        done = conditional_update_in(opened, type, pairs, body, if_match=if_match)
    return opened.finished(done)


def conditional_update_in(
    opened: Unit, type: str, pairs: Pairs, body: Checked, *, if_match: str | None = None
) -> Recorded:
    """The same in a unit that is open."""
    target = target_of(opened.writing, type, body.resource, sole(opened, type, pairs))
    if target is None:
        require_version(opened.components, type, None, if_match)
        return create_in(opened, type, body)
    return update_in(opened, type, target, body, if_match=if_match)


def sole(opened: Unit, type: str, pairs: Pairs) -> StoredResource | None:
    """What the condition matches; nobody else acts on the same condition until the unit ends."""
    matching.lock(opened.writing, type, pairs)
    return matching.only_match(opened.components, opened.writing, type, pairs)


def target_of(reading: Reading, type: str, resource: JsonObject, found: StoredResource | None) -> str | None:
    """The id that a conditional update is of; None when the server is to give one.

    Raises Malformed when the resource has the id of another than the one that matches, Conflict when it has the id of
    one that is here and does not match: R4 leaves that open, and a wrong condition must not overwrite it.
    """
    id = resource.get("id")
    if found is not None:
        if id is not None and id != found.id:
            what = "the resource has an id, and another resource matches the condition"
            raise Malformed(error(IssueType.INVALID, what, f"{type}.id"))
        return found.id
    if id is None:
        return None
    if not isinstance(id, str) or not is_id(id):
        raise Malformed(error(IssueType.VALUE, "an id has 1 to 64 letters, digits, - and .", f"{type}.id"))
    there = reading.resource(type, id)
    if there is not None and not there.deleted:
        what = f"nothing matches the condition, yet there is a {type} of the resource's id"
        raise Conflict(error(IssueType.CONFLICT, what, f"{type}.id"))
    return id


def conditional_patch(
    components: Components,
    type: str,
    pairs: Pairs,
    media_type: str,
    text: bytes,
    *,
    if_match: str | None = None,
    client: str = "not known",
    max_bytes: int = 5_000_000,
) -> Recorded:
    """Patch what matches. Raises NotFound when nothing does, MultipleMatches, and what a patch raises."""
    change = read_patch(media_type, text, max_bytes)
    with unit(components, client) as opened:
        done = conditional_patch_in(opened, type, pairs, change, if_match=if_match)
    return opened.finished(done)


def conditional_patch_in(
    opened: Unit, type: str, pairs: Pairs, change: Change, *, if_match: str | None = None
) -> Recorded:
    """The same in a unit that is open."""
    found = sole(opened, type, pairs)
    if found is None:
        what = f"no {type} matches the condition; nothing was changed"
        raise NotFound(error(IssueType.NOT_FOUND, what, type, spine="RESOURCE_NOT_FOUND"))
    return patch_in(opened, type, found.id, change, if_match=if_match)


def conditional_delete(
    components: Components, type: str, pairs: Pairs, *, if_match: str | None = None, client: str = "not known"
) -> Sequence[Recorded]:
    """Delete what matches; nothing may. Raises MultipleMatches for more than are allowed, and what a delete raises."""
    with unit(components, client) as opened:
        done = conditional_delete_in(opened, type, pairs, if_match=if_match)
    return [opened.finished(each) for each in done]


def conditional_delete_in(opened: Unit, type: str, pairs: Pairs, *, if_match: str | None = None) -> Sequence[Recorded]:
    """The same in a unit that is open."""
    matching.lock(opened.writing, type, pairs)
    most = opened.components.most_deletes
    found = matching.matching(opened.components, opened.writing, type, pairs, most=most)
    require_few(opened.components, type, found)
    deleted = [delete_in(opened, type, each.id, if_match=if_match) for each in found]
    return [each for each in deleted if each is not None]


def require_few(components: Components, type: str, found: Sequence[StoredResource]) -> None:
    """Raises MultipleMatches for more than may be deleted at once, or for what is of two people (SR18)."""
    most = components.most_deletes
    if len(found) > most:
        what = f"more than {most} {type} match the condition; nothing was deleted"
        raise MultipleMatches(error(IssueType.MULTIPLE_MATCHES, what, type))
    if len({each.person for each in found}) > 1:
        what = f"the {type} that match are of more than one person; nothing was deleted"
        raise MultipleMatches(error(IssueType.MULTIPLE_MATCHES, what, type, rule="SR18"))
