"""FHIR's invariants as plain functions, by the specification's keys: each says whether an object keeps the rule.

The statement and severity of each rule come from the definitions; only the reading of it is written here.
https://hl7.org/fhir/R4/conformance-rules.html#constraints
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from acpshare.fhir.validation.rules.clinical import CARE, FORMS
from acpshare.fhir.validation.rules.datatypes import DATATYPES
from acpshare.fhir.validation.rules.exchange import CAPABILITIES, EVERY, EXCHANGE, TERMINOLOGY
from acpshare.fhir.validation.rules.structures import STRUCTURES

Check = Callable[[dict[str, Any]], bool]

CHECKS: Final[dict[str, Check]] = {
    **DATATYPES,
    **EVERY,
    **CARE,
    **FORMS,
    **EXCHANGE,
    **TERMINOLOGY,
    **CAPABILITIES,
    **STRUCTURES,
}

BY_THE_WALK: Final = frozenset({"dom-3", "eld-3", "ref-1", "txt-1", "txt-2"})
"""Rules that need more than one object to answer, or are of a primitive: kept where they can be seen."""

NOT_CHECKED: Final[dict[str, str]] = {
    "ctm-1": "needs the participant's reference followed to its resource",
    "dom-6": "advice that every resource should have narrative; it would be said of nearly everything received",
    **dict.fromkeys(
        ("ppc-2", "ppc-3", "ppc-4", "ppc-5"),
        "they name the system 'something', which no Consent uses, and never fire",
    ),
}
"""Rules of the resource types that acpshare keeps, deliberately left out, with the reason."""
