"""How far an export is: all that a worker needs to go on where another was stopped."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from acpshare.fhir.json_text import dump
from acpshare.interactions.operations.export_files import File, Files, one_line
from acpshare.interactions.operations.export_source import Page, Place
from acpshare.storage import StoredResource


@dataclass(frozen=True, slots=True)
class Progress:
    """`cut` is the transaction time, None before anything was read. `seen` counts what was looked at, of `total`."""

    cut: datetime | None = None
    portion: int = 0
    portions: int = 1
    last: tuple[str, str] = ("", "")
    seen: int = 0
    total: int = 0
    files: tuple[File, ...] = ()

    @property
    def place(self) -> Place:
        return Place(self.portion, self.last)

    @property
    def percent(self) -> int:
        """Of the whole; 100 only when it is complete."""
        by_portion = self.portion / max(self.portions, 1)
        by_number = self.seen / self.total if self.total else by_portion
        return min(99, int(100 * max(by_portion, by_number) if self.total else 100 * by_portion))

    def after(self, page: Page, files: Files) -> Progress:
        """Write a page, and be behind it."""
        lines: dict[str, list[bytes]] = {}
        for stored in page.kept:
            lines.setdefault(stored.type, []).append(one_line(stored.text or b""))
        for type, listed in lines.items():
            files.add("output", type, listed)
        if page.deleted:
            files.add("deleted", "Bundle", [_deletions(page.deleted)])
        place = page.next
        return replace(self, portion=place.portion, last=place.after, seen=self.seen + page.seen)

    def dump(self) -> bytes:
        said = asdict(self) | {"cut": self.cut.isoformat() if self.cut is not None else None}
        return json.dumps(said).encode()

    @classmethod
    def load(cls, text: bytes) -> Progress:
        if not text:
            return cls()
        said = json.loads(text)
        return cls(
            datetime.fromisoformat(said["cut"]) if said["cut"] is not None else None,
            said["portion"],
            said["portions"],
            (said["last"][0], said["last"][1]),
            said["seen"],
            said["total"],
            tuple(File(**each) for each in said["files"]),
        )


def _deletions(deleted: Iterable[StoredResource]) -> bytes:
    """https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---complete-status: what is to be deleted elsewhere"""
    entries = [{"request": {"method": "DELETE", "url": f"{each.type}/{each.id}"}} for each in deleted]
    return dump({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode()
