"""What a client prefers: how much a write answers, and how a search takes what it does not know.

https://hl7.org/fhir/R4/http.html#ops and https://hl7.org/fhir/R4/search.html#errors
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum


class Return(StrEnum):
    MINIMAL = "minimal"
    REPRESENTATION = "representation"
    OPERATION_OUTCOME = "OperationOutcome"


def preferred_return(header: str | None, otherwise: Return = Return.REPRESENTATION) -> Return:
    """The preference; a header that says nothing known is no error: https://www.rfc-editor.org/rfc/rfc7240#section-2"""
    for name, value in _preferences(header):
        if name == "return":
            for known in Return:
                if value == known.lower():
                    return known
    return otherwise


def is_lenient(header: str | None) -> bool:
    """Whether an unknown parameter is to be warned of, not refused. A misspelt one must never mean "everybody"."""
    return ("handling", "lenient") in _preferences(header)


def _preferences(header: str | None) -> Iterator[tuple[str, str]]:
    for part in (header or "").replace(";", ",").split(","):
        name, _, value = part.partition("=")
        yield name.strip().lower(), value.strip().strip('"').lower()
