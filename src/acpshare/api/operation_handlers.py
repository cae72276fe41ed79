"""Which handler answers which operation, by the interaction's code or name."""

from __future__ import annotations

from acpshare.api import operations
from acpshare.api.door import Handler

HANDLERS: dict[str, Handler] = {
    "populate": operations.populate,
    "transform": operations.transform,
    "validate": operations.validate,
}
