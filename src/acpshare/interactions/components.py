"""What interactions are given to work with: made once by `bootstrap`, replaced piece by piece in tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from acpshare.interactions.operations.export_house import ExportHouse
from acpshare.interactions.operations.terminology import Terminology
from acpshare.storage import Store
from acpshare.translation import Mappings

if TYPE_CHECKING:
    from acpshare.interactions.operations.export_worker import ExportWorker

Clock = Callable[[], datetime]
"""The moment, in UTC."""
Ids = Callable[[], str]
"""A new resource id each time: https://hl7.org/fhir/R4/datatypes.html#id"""


@dataclass(frozen=True)
class Components:
    """`synthetic_only` is the demo's rule: no NHS number but test numbers; otherwise those are refused."""

    store: Store
    mappings: Mappings
    definitions: Mapping[tuple[str, str], bytes]
    clock: Clock
    ids: Ids
    zone: ZoneInfo
    base_url: str
    version: str
    synthetic_only: bool
    require_if_match: bool = False
    """Whether an update of what is here already must name the version that it is made of."""
    most_entries: int = 1_000
    """Entries of one Bundle."""
    most_deletes: int = 1
    """How many resources one conditional delete may delete, all of one person."""
    ods_code: str | None = None
    """The ODS code of the organisation that keeps the plans, for pointers to them."""
    practice_setting: str | None = None
    """`code|display`: in which setting the plans are made, for pointers to them."""
    exports: ExportHouse = field(default_factory=ExportHouse)
    quick_reads: bool = True
    """Whether a read by key is so short that it may keep everybody waiting: of a file, not of a server."""

    def today(self) -> date:
        """The day by the service's own calendar."""
        return self.clock().astimezone(self.zone).date()

    @cached_property
    def started(self) -> datetime:
        return self.clock()

    @cached_property
    def terminology(self) -> Terminology:
        """What the published code systems, value sets and concept maps say."""
        return Terminology(self.definitions)

    @cached_property
    def export_worker(self) -> ExportWorker:
        from acpshare.interactions.operations.export_worker import ExportWorker  # noqa: PLC0415  it works with all this

        return ExportWorker(self)
