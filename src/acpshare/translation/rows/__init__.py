"""Rows: each joins items of a form and an element of the plan, in both directions."""

from acpshare.translation.rows.base import Reading, Row, Said, Unsaid, Writing
from acpshare.translation.rows.grouped import ListRow, ResidueRow, SignatureRow, by_link
from acpshare.translation.rows.simple import CodeRow, Codes, CodesRow, NhsNumberRow, SameRow, ScaleRow, nhs_number
from acpshare.translation.rows.statement import StatementRow

__all__ = [
    "CodeRow",
    "Codes",
    "CodesRow",
    "ListRow",
    "NhsNumberRow",
    "Reading",
    "ResidueRow",
    "Row",
    "Said",
    "SameRow",
    "ScaleRow",
    "SignatureRow",
    "StatementRow",
    "Unsaid",
    "Writing",
    "by_link",
    "nhs_number",
]
