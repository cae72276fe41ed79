"""Forms as printed and forms as filled in: pure types."""

from acpshare.forms.definition import Ages, EnableWhen, FormDefinition, Item, ItemType, Mark, Option
from acpshare.forms.response import Answer, AnswerType, FormResponse, Residue, ResponseItem

__all__ = [
    "Ages",
    "Answer",
    "AnswerType",
    "EnableWhen",
    "FormDefinition",
    "FormResponse",
    "Item",
    "ItemType",
    "Mark",
    "Option",
    "Residue",
    "ResponseItem",
]
