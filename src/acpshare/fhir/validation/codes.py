"""Required bindings of Coding and CodeableConcept: at least one coding from the value set.

https://hl7.org/fhir/R4/terminologies.html#required
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from acpshare.fhir.validation.definitions import Binding
from acpshare.fhir.validation.report import Place, Report
from acpshare.outcome import IssueType


def coded_check(binding: Binding, *, is_concept: bool) -> Callable[[dict[str, Any], Place, Report], None]:
    words = "; ".join(f"{', '.join(sorted(codes))} of {system}" for system, codes in binding.systems.items())

    def check(value: dict[str, Any], place: Place, report: Report) -> None:
        codings = value.get("coding", ()) if is_concept else (value,)
        if not any(_codings_in(codings, binding)):
            report.error(IssueType.CODE_INVALID, f"{place[1]} must have a coding that is one of: {words}", place)

    return check


def _codings_in(codings: object, binding: Binding) -> Iterator[bool]:
    if not isinstance(codings, (list, tuple)):
        return
    for coding in codings:
        if isinstance(coding, dict):
            system, code = coding.get("system"), coding.get("code")
            yield isinstance(system, str) and isinstance(code, str) and code in binding.systems.get(system, ())
