"""Long work that outlives a request and a process: what was asked for, who is at it, and how far it is.

A job belongs to one worker at a time, by a lease that the worker renews whenever it keeps how far it is. One that was
killed lets its lease run out, and another goes on where it was. https://hl7.org/fhir/R4/async.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from threading import Lock
from typing import Protocol


class JobState(StrEnum):
    UNFINISHED = "unfinished"
    """Waiting, or being worked at."""
    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """`request` never changes; `progress` is as the worker last kept it."""

    id: str
    client: str
    requested: datetime
    request: bytes
    progress: bytes = b""
    state: JobState = JobState.UNFINISHED
    expires: datetime | None = None
    """When what it made is taken away; None while it is unfinished."""
    worker: str | None = None
    leased_until: datetime | None = None


class Jobs(Protocol):
    def add(self, job: Job, most: int) -> bool:
        """Take a job on, unless `most` are unfinished already."""

    def get(self, id: str) -> Job | None: ...

    def every(self) -> Sequence[Job]:
        """All of them, the oldest first."""

    def claim(self, worker: str, now: datetime, until: datetime) -> Job | None:
        """The oldest unfinished job that nobody has a lease of, leased to this worker from now on."""

    def keep(self, job: Job) -> bool:
        """Keep the state, progress, expiry and lease of a job; not if it is another worker's now, or gone."""

    def remove(self, id: str) -> bool:
        """Forget a job; whether it was there."""

    def settled(self, since: float) -> bool:
        """Whether every write that was under way when the worker began to ask is over.

        `since` is how many seconds ago that was. Only then is everything recorded up to that moment to be seen.
        """


class MemoryJobs(Jobs):
    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()

    def add(self, job: Job, most: int) -> bool:
        with self._lock:
            if sum(each.state is JobState.UNFINISHED for each in self._jobs.values()) >= most:
                return False
            self._jobs[job.id] = job
            return True

    def get(self, id: str) -> Job | None:
        return self._jobs.get(id)

    def every(self) -> Sequence[Job]:
        return sorted(self._jobs.values(), key=lambda job: (job.requested, job.id))

    def claim(self, worker: str, now: datetime, until: datetime) -> Job | None:
        with self._lock:
            for job in self.every():
                if job.state is JobState.UNFINISHED and (job.leased_until is None or job.leased_until <= now):
                    self._jobs[job.id] = replace(job, worker=worker, leased_until=until)
                    return self._jobs[job.id]
        return None

    def keep(self, job: Job) -> bool:
        with self._lock:
            known = self._jobs.get(job.id)
            if known is None or known.worker != job.worker:
                return False
            self._jobs[job.id] = job
            return True

    def remove(self, id: str) -> bool:
        with self._lock:
            return self._jobs.pop(id, None) is not None

    def settled(self, since: float) -> bool:  # noqa: ARG002  a write in memory is over when the next reading begins
        return True
