"""What a page brings with it: found by the index of references in both directions, never by reading a text.

https://hl7.org/fhir/R4/search.html#include
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from sqlalchemy import CompoundSelect, Select, and_, or_, select, union

from acpshare.search.query import Include
from acpshare.storage.includes import MOST_INCLUDED
from acpshare.storage.sql.search.criteria import REFERENCES, kept
from acpshare.storage.sql.search.joins import Then
from acpshare.storage.sql.search.values import Condition
from acpshare.storage.sql.tables import resource

Keys: TypeAlias = Select[tuple[int]] | CompoundSelect[tuple[int]]


def next_step(includes: Sequence[Include], keys: Sequence[int]) -> Keys:
    """The keys of what resources of these keys lead to, and of what leads to them."""
    forward = [each for each in includes if not each.reverse]
    backward = [each for each in includes if each.reverse]
    steps = [_led_to(forward, keys)] if forward else []
    steps += [_leading(each, keys) for each in backward]
    return steps[0] if len(steps) == 1 else union(*steps)


def _led_to(includes: Sequence[Include], keys: Sequence[int]) -> Select[tuple[int]]:
    reference, target = REFERENCES.alias(), resource.alias()
    to_any = [each.parameter for each in includes if each.target is None]
    asked: list[Condition] = [reference.c.parameter.in_(to_any)] if to_any else []
    asked += [
        and_(reference.c.parameter == each.parameter, reference.c.type == each.target)
        for each in includes
        if each.target is not None
    ]
    there = (target.c.type == reference.c.type, target.c.id == reference.c.id, kept(target))
    return (
        select(target.c.key)
        .distinct()
        .select_from(Then(reference, target))
        .where(reference.c.key.in_(keys), or_(*asked), *there)
    )


def _leading(include: Include, keys: Sequence[int]) -> Select[tuple[int]]:
    """No more of them than are too many."""
    this, reference = resource.alias(), REFERENCES.alias()
    leads = (
        reference.c.parameter == include.parameter,
        reference.c.id == this.c.id,
        reference.c.type == this.c.type,
    )
    of_type = () if include.target is None else (this.c.type == include.target,)
    few = (
        select(reference.c.key)
        .distinct()
        .select_from(Then(this, reference))
        .where(this.c.key.in_(keys), *of_type, *leads)
        .limit(MOST_INCLUDED + len(keys) + 1)
        .subquery()
    )
    return select(few.c.key)
