"""The code of the client's page runs as it stands, against the demo's own service."""

from __future__ import annotations

import re
from typing import Any

from tests.support.service import ROOT, Service, golden

PAGE = ROOT / "docs" / "how-to" / "use-the-python-client.md"


def test_the_page_runs_from_its_first_line_to_its_last(service: Service) -> None:
    assert service.record(golden("respect-v3", "care-home-resident")).status_code == 201
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    code = "\n".join(blocks).replace("http://127.0.0.1:8000", f"http://127.0.0.1:{service.port}")
    names: dict[str, Any] = {"__name__": "page"}
    exec(compile(code, str(PAGE), "exec"), names)  # noqa: S102 - our own page
    assert names["plans"]
    assert names["changed"].version_id == "2"
