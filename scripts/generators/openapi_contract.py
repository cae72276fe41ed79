"""openapi/acpshare.json: the HTTP contract, from the registry."""

from __future__ import annotations

import json

from acpshare.api.contract import contract
from acpshare.bootstrap import VERSION


def generate() -> dict[str, str]:
    return {"openapi/acpshare.json": json.dumps(contract(VERSION), indent=1, ensure_ascii=False) + "\n"}
