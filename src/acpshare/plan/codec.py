"""A plan as JSON text and back, exactly: how a plan is kept in the read model. Absent elements are left out."""

from __future__ import annotations

from functools import lru_cache

from pydantic import TypeAdapter

from acpshare.plan.plan import Plan

_ADAPTER = TypeAdapter(Plan)


def dump_plan(plan: Plan) -> bytes:
    """The plan as compact UTF-8 JSON."""
    return _ADAPTER.dump_json(plan, exclude_defaults=True)


@lru_cache(maxsize=32)
def load_plan(text: bytes | str) -> Plan:
    """The plan that `dump_plan` wrote. Raises pydantic.ValidationError for anything else.

    A plan never changes, and a write that concerns it reads the same text four times.
    """
    return _ADAPTER.validate_json(text)
