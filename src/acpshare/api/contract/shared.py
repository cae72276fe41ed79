"""Components of the contract: what is said more than once stands once. https://spec.openapis.org/oas/v3.1.0#components-object"""

from __future__ import annotations

import json
import re
from typing import Any

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]")


class Shared:
    """Components by kind (`parameters`, `responses`, `requestBodies`), each under a name made from what it is."""

    def __init__(self) -> None:
        self.components: dict[str, dict[str, Any]] = {}
        self._names: dict[str, str] = {}

    def reference(self, kind: str, name: str, made: dict[str, Any]) -> dict[str, str]:
        """A reference to a component that says this, which is made if there is none."""
        said = kind + json.dumps(made, sort_keys=True)
        if said not in self._names:
            self._names[said] = self._free(kind, _NOT_IN_A_NAME.sub("_", name))
            self.components[kind][self._names[said]] = made
        return {"$ref": f"#/components/{kind}/{self._names[said]}"}

    def _free(self, kind: str, name: str) -> str:
        taken = self.components.setdefault(kind, {})
        numbers = (name if number == 1 else f"{name}.{number}" for number in range(1, len(taken) + 2))
        return next(each for each in numbers if each not in taken)
