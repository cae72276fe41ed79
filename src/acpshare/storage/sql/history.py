"""The history of a type and of the whole system: an index read backwards, from where the last page ended.

https://hl7.org/fhir/R4/http.html#history
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, select, tuple_

from acpshare.storage.rows import VersionPosition
from acpshare.storage.sql.statements import COLUMNS
from acpshare.storage.sql.tables import Instant, resource_version

_ORDER = tuple(resource_version.c[name] for name in ("last_updated", "type", "id", "version_id"))


def page(
    type: str | None, since: datetime | None, until: datetime | None, after: VersionPosition | None, count: int
) -> tuple[Select[Any], dict[str, Any]]:
    """The statement and what it is given."""
    given: dict[str, Any] = {"type": type, "since": since, "until": until}
    asked = frozenset(name for name, value in given.items() if value is not None)
    values = {name: given[name] for name in asked} | {"count": count}
    if after is not None:
        asked |= {"after"}
        values |= {
            "after_last_updated": after.last_updated,
            "after_type": after.type,
            "after_id": after.id,
            "after_version_id": after.version_id,
        }
    return _statement(asked), values


@cache
def _statement(asked: frozenset[str]) -> Select[Any]:
    version = resource_version.c
    conditions = {
        "type": version.type == bindparam("type"),
        "since": version.last_updated >= bindparam("since", type_=Instant),
        "until": version.last_updated <= bindparam("until", type_=Instant),
        "after": tuple_(*_ORDER) < tuple_(*(bindparam(f"after_{each.name}", type_=each.type) for each in _ORDER)),
    }
    return (
        select(*COLUMNS)
        .where(*(conditions[name] for name in sorted(asked)))
        .order_by(*(each.desc() for each in _ORDER))
        .limit(bindparam("count", type_=Integer))
    )
