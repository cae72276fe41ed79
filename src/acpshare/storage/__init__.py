"""The store: what was received, the plans, the views made of them, the audit chain and the outbox.

`storage.memory.MemoryStore` and `storage.sql.SqlStore` keep one contract (tests/contract/storage).
"""

from acpshare.storage.chain import faults
from acpshare.storage.jobs import Job, Jobs, JobState
from acpshare.storage.protocols import ByKey, Reading, Store, Writing
from acpshare.storage.rows import (
    AuditFault,
    AuditRow,
    Counts,
    CurrentView,
    Head,
    IdentifierRow,
    OutboxEvent,
    PlanRow,
    PlanState,
    Remembered,
    SearchPage,
    StoredResource,
    VersionPosition,
)

__all__ = [
    "AuditFault",
    "AuditRow",
    "ByKey",
    "Counts",
    "CurrentView",
    "Head",
    "IdentifierRow",
    "Job",
    "JobState",
    "Jobs",
    "OutboxEvent",
    "PlanRow",
    "PlanState",
    "Reading",
    "Remembered",
    "SearchPage",
    "Store",
    "StoredResource",
    "VersionPosition",
    "Writing",
    "faults",
]
