"""The plan (hub): frozen, typed, documented; no FHIR, no forms, no input or output."""

from acpshare.plan.catalogue import CATALOGUE, Element, Kind, changed, get, is_stated, put, stated
from acpshare.plan.plan import Plan

__all__ = ["CATALOGUE", "Element", "Kind", "Plan", "changed", "get", "is_stated", "put", "stated"]
