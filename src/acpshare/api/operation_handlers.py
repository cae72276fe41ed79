"""Which handler answers which operation, by the interaction's code or name."""

from __future__ import annotations

from acpshare.api import export, operations, record_operations, terminology
from acpshare.api.door import Handler

HANDLERS: dict[str, Handler] = {
    "populate": operations.populate,
    "transform": operations.transform,
    "validate": operations.validate,
    "everything": record_operations.everything,
    "extract": record_operations.extract,
    "translate": terminology.translate,
    "expand": terminology.expand,
    "lookup": terminology.lookup,
    "export": export.kick_off,
    "export-status": export.status,
    "export-cancel": export.cancel,
    "export-file": export.file,
    **{
        f"validate-code-{type}-{level}-{method}": handler
        for type, handler in (
            ("ValueSet", terminology.validate_in_value_set),
            ("CodeSystem", terminology.validate_in_code_system),
        )
        for level in ("type", "instance")
        for method in ("get", "post")
    },
}
