"""DELETE [type]/[id]: a version that says: deleted. Earlier ones stay in the history.

https://hl7.org/fhir/R4/http.html#delete
"""

from __future__ import annotations

from acpshare.interactions.components import Components
from acpshare.interactions.definitions import refuse_published
from acpshare.interactions.meanings import meaning_of
from acpshare.interactions.preconditions import require_version
from acpshare.interactions.read import present
from acpshare.interactions.unit import Recorded, Unit, unit


def delete(
    components: Components, type: str, id: str, *, if_match: str | None = None, client: str = "not known"
) -> Recorded | None:
    """Delete it; None when that was done before. Raises NotFound, Conflict, VersionConflict or Forbidden."""
    with unit(components, client) as opened:
        done = delete_in(opened, type, id, if_match=if_match)
    return None if done is None else opened.finished(done)


def delete_in(opened: Unit, type: str, id: str, *, if_match: str | None = None) -> Recorded | None:
    """The same in a unit that is open."""
    refuse_published(opened.components, type, id)
    before = opened.held(type, id)
    if before is None:
        present(before, type)
        return None
    if before.deleted:
        return None
    require_version(opened.components, type, before, if_match)
    done = meaning_of(type).delete(opened, before)
    opened.note("delete", done)
    return done
