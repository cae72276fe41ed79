"""What a client prefers to get back from a write. https://hl7.org/fhir/R4/http.html#ops"""

from __future__ import annotations

from enum import StrEnum


class Return(StrEnum):
    MINIMAL = "minimal"
    REPRESENTATION = "representation"
    OPERATION_OUTCOME = "OperationOutcome"


def preferred_return(header: str | None) -> Return:
    """The preference; a header that says nothing known is no error: https://www.rfc-editor.org/rfc/rfc7240#section-2"""
    for part in (header or "").replace(";", ",").split(","):
        name, _, value = part.partition("=")
        if name.strip().lower() == "return":
            for known in Return:
                if value.strip().strip('"').lower() == known.lower():
                    return known
    return Return.REPRESENTATION
