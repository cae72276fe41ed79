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

# fmt: off
_OTHER_TYPES = (
    "TestReport/inv-1", "TestReport/inv-2", "ait-1", "app-1", "app-2", "app-3", "app-4", "apr-1", "ces-1", "evv-1",
    "fhs-1", "fhs-2", "ig-1", "ig-2", "imm-1", "imr-1", "ipn-1", "lnk-1", "mad-1", "md-1", "mdd-1", "msq-3", "msq-5",
    "msq-6", "nor-1", "nsd-1", "nsd-2", "ras-1", "ras-2", "rqg-1", "tcp-1", "tcp-2", "tcp-3", "tcp-4", "tcp-5",
    "tst-1", "tst-2", "tst-3", "tst-4", "tst-5", "tst-6", "tst-7", "tst-8", "tst-9", "tst-10", "tst-11", "tst-12",
    "tst-13",
)
# fmt: on

NOT_CHECKED: Final[dict[str, str]] = {
    "ctm-1": "needs the participant's reference followed to its resource",
    "dom-6": "advice that every resource should have narrative; it would be said of nearly everything received",
    **dict.fromkeys(
        ("ppc-2", "ppc-3", "ppc-4", "ppc-5"),
        "they name the system 'something', which no Consent uses, and never fire",
    ),
    **dict.fromkeys(_OTHER_TYPES, "a rule of a resource type that acpshare does not keep; its structure is checked"),
}
"""Rules that are left out, with the reason."""
