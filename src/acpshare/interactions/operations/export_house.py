"""Where exports are kept, for how long, and how many may be under way at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ExportHouse:
    folder: Path = Path("var/export")
    most: int = 4
    kept: timedelta = timedelta(hours=24)
