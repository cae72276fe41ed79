"""Every part of a plan that is a resource of its own, in the order in which they are written."""

from __future__ import annotations

from collections.abc import Mapping

from acpshare.fhir.plan import communications, goals, instruments, observations, people
from acpshare.fhir.plan.parts import Part

PARTS: tuple[Part, ...] = (
    *instruments.PARTS,
    *goals.PARTS,
    *observations.PARTS,
    *communications.PARTS,
    *people.PARTS,
)
BY_MARK: Mapping[tuple[str, str], Part] = {(part.type, part.mark): part for part in PARTS}
"""A part by its resource type and its mark without an index."""
