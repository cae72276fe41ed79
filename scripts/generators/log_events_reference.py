"""docs/reference/log-events.md: everything that the service logs, from the catalogue."""

from __future__ import annotations

from acpshare.observability.events import CATALOGUE

_HEAD = """\
# Log events

One JSON object a line, on standard error. No other event is written, and no field but these: no address with its
query, no body, no header, no NHS number, nothing that a form said. `tests/contract/http/test_nothing_leaks.py` holds
the service to that. This page is made from `acpshare.observability.events`.

| event | level | fields | meaning |
| --- | --- | --- | --- |
"""


def generate() -> dict[str, str]:
    rows = [
        f"| `{event.name}` | {event.level} | {' '.join(f'`{field}`' for field in event.fields)} | {event.meaning} |"
        for event in CATALOGUE.values()
    ]
    return {"docs/reference/log-events.md": _HEAD + "\n".join(rows) + "\n"}
