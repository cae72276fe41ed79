"""The NHS number: ten digits with a right check digit, wherever an Identifier names its system.

https://digital.nhs.uk/services/nhs-number
"""

from __future__ import annotations

from typing import Any

from stdnum.gb import nhs

from acpshare.fhir.validation.report import Place, Report
from acpshare.outcome import IssueType

NHS_NUMBER_SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"
INVALID_NHS_NUMBER = "INVALID_NHS_NUMBER"
LENGTH = 10


def is_nhs_number(value: object) -> bool:
    """Whether this is an NHS number as stored: ten ASCII digits, a right check digit, and not one digit ten times."""
    if type(value) is not str or len(value) != LENGTH or not (value.isascii() and value.isdigit()):
        return False
    return len(set(value)) > 1 and nhs.is_valid(value)


def check_identifier(identifier: dict[str, Any], place: Place, report: Report) -> None:
    if identifier.get("system") != NHS_NUMBER_SYSTEM or "value" not in identifier:
        return
    if not is_nhs_number(identifier["value"]):
        report.error(
            IssueType.VALUE,
            "an NHS number must be ten digits without spaces, with a right check digit",
            (place, "value", None),
            INVALID_NHS_NUMBER,
        )
